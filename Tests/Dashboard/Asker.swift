import Foundation
import HTTPService
import HTTPTesting

@testable import Dashboard

/// Asks a router: directly, or through a listener and a socket.
final class Asker {
  enum Kind: CaseIterable, Sendable {
    case inProcess, socket
  }

  let kind: Kind
  private let router: Router
  private let listener: HTTPListener?

  init(_ kind: Kind, _ router: Router) throws {
    self.kind = kind
    self.router = router
    listener =
      kind == .socket
      ? try HTTPListener(on: ListeningAddress(host: .ipv4(0x7F00_0001), port: 0)) { router.answer($0) } : nil
  }

  deinit { listener?.stop() }

  func get(_ target: String) throws -> HTTPResponse { try ask("GET", target) }

  func ask(_ method: String, _ target: String, _ headers: [NamedText] = []) throws -> HTTPResponse {
    guard let listener else {
      do {
        return router.answer(try HTTPRequest(method: method, target: target, headers: headers))
      } catch {
        return HTTPResponse(error)
      }
    }
    let socket = try PlainSocket(listener.address.port)
    let host = headers.contains { $0.name == "Host" } ? [] : [NamedText("Host", "localhost")]
    let lines = (host + headers + [NamedText("Connection", "close")]).map { "\($0.name): \($0.value)\r\n" }
    try socket.send("\(method) \(target) HTTP/1.1\r\n\(lines.joined())\r\n")
    let text = try socket.readAllBytes()
    return Self.parse(text)
  }

  private static func parse(_ bytes: [UInt8]) -> HTTPResponse {
    let end = bytes.firstRange(of: Array("\r\n\r\n".utf8))
    let head = String(decoding: bytes[..<(end?.lowerBound ?? bytes.endIndex)], as: UTF8.self)
    let lines = head.components(separatedBy: "\r\n")
    let status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    let headers = lines.dropFirst().map { line in
      let sides = line.split(separator: ":", maxSplits: 1)
      return NamedText(String(sides[0]), sides[1].trimmingCharacters(in: .whitespaces))
    }
    return HTTPResponse(
      status: status, headers: headers, body: .bytes(Array(bytes[(end?.upperBound ?? bytes.endIndex)...])))
  }
}
