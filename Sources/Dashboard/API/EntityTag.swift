import Wire

/// What tells two answers apart (RFC 9110, ETag): the same bytes have the same tag, in every process.
struct EntityTag: Hashable, Sendable, CustomStringConvertible {
  private let digest: Digest128

  init(of bytes: [UInt8]) { digest = XXH3.digest128(bytes.span) }

  /// With its quotes.
  var description: String { "\"\(digest)\"" }

  /// Whether `If-None-Match` names this tag.
  func isNamed(in header: String) -> Bool {
    header.split(separator: ",").contains { part in
      var tag = part.drop { $0 == " " || $0 == "\t" }
      while tag.last == " " || tag.last == "\t" { tag.removeLast() }
      // Compared weakly: the same content is what a reader of a cache wants to know about.
      return tag == "*" || tag == description || tag == "W/\(description)"
    }
  }
}
