import Foundation
import Glibc

/// A TCP connection to this machine, for what no HTTP client would send.
public final class PlainSocket {
  public struct Failure: Error {
    public var reason: String
  }

  private let descriptor: Int32
  private var rest: [UInt8] = []

  public init(_ port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else { throw Failure(reason: String(cString: strerror(errno))) }
  }

  deinit { close(descriptor) }

  public func send(_ text: String) throws {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      // Whoever refuses a request need not read all of it.
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }

  /// False at the end.
  private func receive() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
    guard count > 0 else { return false }
    rest += buffer.prefix(count)
    return true
  }

  /// Everything up to the end of the connection.
  public func readAllBytes() throws -> [UInt8] {
    while receive() {}
    defer { rest = [] }
    return rest
  }

  /// The same as text.
  public func readToEnd() throws -> String { String(decoding: try readAllBytes(), as: UTF8.self) }

  /// Everything up to and with a text.
  public func read(until text: String) throws -> String {
    let wanted = Array(text.utf8)
    while true {
      let all = String(decoding: rest, as: UTF8.self)
      if rest.count >= wanted.count, let found = all.range(of: text) {
        let part = String(all[..<found.upperBound])
        rest.removeFirst(part.utf8.count)
        return part
      }
      guard receive() else { throw Failure(reason: "the connection ended before \(text.debugDescription): \(all)") }
    }
  }

  /// One answer whose length is told.
  public func readAnswer() throws -> String {
    let head = try read(until: "\r\n\r\n")
    let length =
      head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
      .flatMap { Int($0.split(separator: ":")[1].trimmingCharacters(in: .whitespaces)) } ?? 0
    while rest.count < length { guard receive() else { throw Failure(reason: "the answer was cut") } }
    defer { rest.removeFirst(length) }
    return head + String(decoding: rest.prefix(length), as: UTF8.self)
  }
}
