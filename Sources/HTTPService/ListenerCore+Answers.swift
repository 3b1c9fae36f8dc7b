extension ListenerCore {
  /// The answer to a request that came whole. Faults of the request's form are answered here, those of its meaning by the
  /// handler; both as problem documents (RFC 9457).
  func respond(method: String, target: String, headers: [NamedText]) -> HTTPResponse {
    do throws(HTTPFault) {
      let request = try HTTPRequest(method: method, target: target, headers: headers)
      if let host = request.header("host"), !ListeningAddress.isLocal(hostHeader: host) {
        throw HTTPFault(
          421, "This service answers to loopback addresses only, not to the name in the Host header.",
          "Ask for 127.0.0.1 or localhost.")
      }
      return handler(request)
    } catch {
      return HTTPResponse(error, isHead: method == "HEAD", closes: true)
    }
  }

  /// The answer to a request that announces a body: there is nothing here that takes one.
  func refusal(ofBody method: String, _ target: String, _ headers: [NamedText]) -> HTTPResponse {
    var answer = respond(method: method, target: target, headers: headers)
    if answer.status < 400 {
      answer = HTTPResponse(
        HTTPFault(413, "Nothing here takes a body.", "Send the request without one."), isHead: method == "HEAD",
        closes: true)
    }
    if case .stream = answer.body { answer.body = .bytes([]) }
    if answer.header("Connection") == nil { answer.headers.append(NamedText("Connection", "close")) }
    return answer
  }
}

extension HTTPResponse {
  /// A problem document (RFC 9457): what is wrong and what to do.
  public init(_ fault: HTTPFault, isHead: Bool = false, closes: Bool = false) {
    var body = Array("{\"type\":\"about:blank\",\"title\":".utf8)
    body.appendQuoted(Self.reason(fault.status))
    body += Array(",\"status\":\(fault.status),\"detail\":".utf8)
    body.appendQuoted(fault.detail)
    body += Array(",\"action\":".utf8)
    body.appendQuoted(fault.action)
    body += Array("}\n".utf8)
    self.init(
      status: fault.status,
      headers: [
        NamedText("Content-Type", "application/problem+json"), NamedText("Cache-Control", "no-store"),
        NamedText("X-Content-Type-Options", "nosniff"),
      ] + (closes ? [NamedText("Connection", "close")] : []) + fault.headers, body: .bytes(body))
  }

  /// The phrase that goes with a status.
  public static func reason(_ status: Int) -> String {
    switch status {
    case 400: "Bad Request"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 406: "Not Acceptable"
    case 413: "Content Too Large"
    case 414: "URI Too Long"
    case 421: "Misdirected Request"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 503: "Service Unavailable"
    default: "Status \(status)"
    }
  }
}

extension [UInt8] {
  /// Appends a text as a JSON string.
  fileprivate mutating func appendQuoted(_ text: String) {
    append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        append(UInt8(ascii: "\\"))
        append(byte)
      case 0..<0x20: append(UInt8(ascii: " "))
      default: append(byte)
      }
    }
    append(UInt8(ascii: "\""))
  }
}
