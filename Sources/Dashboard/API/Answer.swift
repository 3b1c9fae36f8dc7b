import HTTPService
import Wire

/// What an endpoint answers, before it is dressed for HTTP.
struct Answer {
  var contentType: String
  var body: [UInt8]
  /// Known beforehand, or nil to be computed from the body.
  var tag: EntityTag?
  var headers: [NamedText] = []

  init(contentType: String, body: [UInt8], tag: EntityTag? = nil, headers: [NamedText] = []) {
    self.contentType = contentType
    self.body = body
    self.tag = tag
    self.headers = headers
  }

  static func json(_ body: [UInt8], tag: EntityTag? = nil) -> Answer {
    Answer(contentType: "application/json", body: body, tag: tag)
  }

  /// One JSON object.
  static func json(_ write: (inout JSONWriter) -> Void) -> Answer {
    var writer = JSONWriter()
    writer.object(write)
    return .json(writer.bytes)
  }

  /// A table (RFC 4180).
  static func csv(_ table: CSVTable) -> Answer {
    Answer(contentType: "text/csv; charset=utf-8", body: table.bytes)
  }

  func response(to request: HTTPRequest) -> HTTPResponse {
    let tag = tag ?? EntityTag(of: body)
    let common = [
      NamedText("ETag", tag.description), NamedText("Cache-Control", "no-cache"), NamedText("Vary", "Accept"),
    ]
    if let known = request.header("if-none-match"), tag.isNamed(in: known) {
      return HTTPResponse(status: 304, headers: common)
    }
    return HTTPResponse(
      status: 200,
      headers: [NamedText("Content-Type", contentType), NamedText("X-Content-Type-Options", "nosniff")] + common
        + headers, body: .bytes(body))
  }
}

/// A table as comma-separated values.
struct CSVTable {
  private(set) var bytes: [UInt8] = []

  init(_ columns: [String]) { append(columns) }

  mutating func append(_ row: [String]) {
    for (place, field) in row.enumerated() {
      if place > 0 { bytes.append(UInt8(ascii: ",")) }
      // A spreadsheet would take some beginnings for a formula; what we write are names, codes and numbers, and a
      // refused row's source can be anything.
      let isFormula = field.first.map { "=@+\t\r".contains($0) } ?? false
      let text = isFormula ? "'" + field : field
      if text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) {
        bytes += Array(
          "\"\(text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\"".utf8)
      } else {
        bytes += Array(text.utf8)
      }
    }
    bytes += Array("\r\n".utf8)
  }
}
