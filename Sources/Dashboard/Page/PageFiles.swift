import CPage
import HTTPService

/// The files of the page: compiled into the program, but for d3, which is Debian's and is read when the service starts.
public struct PageFiles: Sendable {
  /// A file ready to be sent.
  struct File: Sendable {
    var answer: Answer
  }

  /// Where Debian's package node-d3 puts it.
  public static let debianD3 = "/usr/share/nodejs/d3/dist/d3.min.js"

  /// The page's own modules, of which `main.js` loads the others.
  static let scripts = [
    "main.js", "state.js", "words.js", "api.js", "stream.js", "signals.js", "map.js", "area.js", "chart.js",
    "sources.js",
  ]

  private var files: [[String]: File] = [:]
  /// The description of the API.
  let openAPI: [UInt8]

  /// - Parameters:
  ///   - d3: the library's bytes; nil where it is not installed: then the page shows its tables, and says what is missing
  ///     where charts would be.
  ///   - hasPage: false leaves the API alone.
  public init(d3: [UInt8]?, hasPage: Bool = true) {
    openAPI = EmbeddedFile.bytes(named: "openapi.json")
    guard hasPage else { return }
    add([], "index.html", "text/html; charset=utf-8", headers: [Self.policy])
    add(["page.css"], "page.css", "text/css; charset=utf-8")
    for name in Self.scripts { add([name], name, "text/javascript; charset=utf-8") }
    if let d3 { files[["d3.js"]] = Self.file(d3, "text/javascript; charset=utf-8") }
  }

  /// The file at a path; nil when there is none: only these names exist.
  subscript(path: [String]) -> File? { files[path] }

  private mutating func add(_ path: [String], _ name: String, _ type: String, headers: [NamedText] = []) {
    files[path] = Self.file(EmbeddedFile.bytes(named: name), type, headers: headers)
  }

  private static func file(_ bytes: [UInt8], _ type: String, headers: [NamedText] = []) -> File {
    File(
      answer: Answer(
        contentType: type, body: bytes, tag: EntityTag(of: bytes),
        headers: headers + [
          NamedText("Referrer-Policy", "no-referrer"), NamedText("Cross-Origin-Resource-Policy", "same-origin"),
        ]))
  }

  /// Nothing but what this host serves is loaded or asked, nothing inline runs, and nobody may frame the page.
  private static let policy = NamedText(
    "Content-Security-Policy",
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
      + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'")
}

/// A file that was compiled in.
enum EmbeddedFile {
  /// Its bytes; it is our own fault when there is none of that name.
  static func bytes(named name: String) -> [UInt8] {
    var place = 0
    while let file = unsafe bw_page_file_at(place) {
      // Constants of the program: they live as long as it does.
      if unsafe String(cString: file.pointee.name) == name {
        return unsafe Array(UnsafeBufferPointer(start: file.pointee.bytes, count: file.pointee.size))
      }
      place += 1
    }
    preconditionFailure("no file \(name) was compiled in")
  }
}
