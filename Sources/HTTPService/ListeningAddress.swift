import Glibc

/// A loopback address and a port to listen on. There are no keys yet, so nobody but this machine may ask.
public struct ListeningAddress: Hashable, Sendable, CustomStringConvertible {
  public enum Host: Hashable, Sendable {
    /// 127.0.0.0/8, in host byte order.
    case ipv4(UInt32)
    /// ::1
    case ipv6
  }

  public var host: Host
  /// 0: any free one.
  public var port: UInt16

  public init(host: Host, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// Reads `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`; nil when it is anything else.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
    switch text[..<colon] {
    case "localhost": host = .ipv4(0x7F00_0001)
    case "[::1]": host = .ipv6
    case let name:
      let parts = name.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
      guard parts.count == 4, parts[0] == 127 else { return nil }
      var address: UInt32 = 0
      for part in parts {
        guard let part else { return nil }
        address = address << 8 | UInt32(part)
      }
      host = .ipv4(address)
    }
    self.port = port
  }

  public var description: String {
    switch host {
    case .ipv4(let address):
      "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255):\(port)"
    case .ipv6: "[::1]:\(port)"
    }
  }

  /// Whether a `Host` header names this machine from within. Another name means that a page from elsewhere was made to
  /// believe that it lives here (DNS rebinding).
  public static func isLocal(hostHeader: String) -> Bool {
    var name = hostHeader.lowercased()
    if let colon = name.lastIndex(of: ":"), !name.hasSuffix("]") { name = String(name[..<colon]) }
    return name == "localhost" || ListeningAddress("\(name):0") != nil
  }
}
