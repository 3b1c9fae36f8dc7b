/// A name and its value, of a header or of a query.
public struct NamedText: Hashable, Sendable {
  public var name: String
  public var value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// A request as it was sent, its target taken apart: path and query are decoded, and what cannot be decoded is refused.
public struct HTTPRequest: Hashable, Sendable {
  public var method: String
  /// The parts of the path between its slashes, decoded: `/v1/areas` is `["v1", "areas"]`, `/` is empty.
  public var path: [String]
  /// In the order sent; a name may come more than once.
  public var query: [NamedText]
  /// Names in lower case, in the order sent.
  public var headers: [NamedText]

  /// How long a target may be, in bytes; longer ones are answered with 414.
  public static let longestTarget = 4_096
  /// How many bytes the headers may have in all; more are answered with 431.
  public static let mostHeaderBytes = 8_192

  /// Takes a raw target (`/v1/areas?force=…`) apart.
  public init(method: String, target: String, headers: [NamedText] = []) throws(HTTPFault) {
    self.method = method
    self.headers = headers.map { NamedText($0.name.lowercased(), $0.value) }
    guard target.utf8.count <= Self.longestTarget else {
      throw HTTPFault(414, "The address is longer than \(Self.longestTarget) bytes.", "Ask for less in one request.")
    }
    guard headers.reduce(0, { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }) <= Self.mostHeaderBytes else {
      throw HTTPFault(
        431, "The headers have more than \(Self.mostHeaderBytes) bytes.", "Send fewer or shorter headers.")
    }
    guard target.utf8.first == UInt8(ascii: "/") else {
      throw HTTPFault(400, "The target of the request is no path.", "Ask for a path that begins with a slash.")
    }
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = []
    if parts[0] != "/" {
      for part in parts[0].dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
        path.append(try Self.decode(part, plusIsSpace: false))
      }
    }
    query = []
    if parts.count == 2 {
      for pair in parts[1].split(separator: "&") {
        let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        query.append(
          NamedText(
            try Self.decode(sides[0], plusIsSpace: true),
            sides.count == 2 ? try Self.decode(sides[1], plusIsSpace: true) : ""))
      }
    }
  }

  /// The value of the first header of that name, which is given in lower case.
  public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

  /// Undoes percent encoding. Control characters are refused, NUL above all: C would end the text there.
  private static func decode(_ text: Substring, plusIsSpace: Bool) throws(HTTPFault) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(hexadecimal), let low = rest.popFirst().flatMap(hexadecimal) else {
          throw HTTPFault(
            400, "A percent sign is not followed by two hexadecimal digits.", "Write a percent sign as %25.")
        }
        bytes.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
      default: bytes.append(byte)
      }
    }
    guard let decoded = String(validating: bytes, as: UTF8.self) else {
      throw HTTPFault(400, "The address is not UTF-8.", "Encode the address as UTF-8.")
    }
    guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      throw HTTPFault(400, "The address holds a control character.", "Leave control characters out.")
    }
    return decoded
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}

/// Why a request is not answered as it was meant, and what its sender can do.
public struct HTTPFault: Error, Hashable, Sendable {
  public var status: Int
  /// What is wrong. It may be shown to anybody.
  public var detail: String
  /// What to do about it.
  public var action: String
  /// Headers that go with the status, such as `Allow`.
  public var headers: [NamedText]

  public init(_ status: Int, _ detail: String, _ action: String, headers: [NamedText] = []) {
    self.status = status
    self.detail = detail
    self.action = action
    self.headers = headers
  }
}
