/// A 256-bit digest, as 64 lower-case hexadecimal digits in text.
public struct Digest256: Hashable, Sendable, CustomStringConvertible {
  private var words: [UInt64]

  /// The digest before anything was digested.
  public static let zero = Digest256(words: [0, 0, 0, 0])

  private init(words: [UInt64]) { self.words = words }

  /// 32 bytes, the most significant first.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    words = (0..<4).map { word in bytes[word * 8..<word * 8 + 8].reduce(0) { $0 << 8 | UInt64($1) } }
  }

  /// Reads the text back.
  public init?(_ text: String) {
    let digits = Array(text.utf8)
    guard digits.count == 64 else { return nil }
    var words: [UInt64] = []
    for word in 0..<4 {
      guard let value = UInt64(String(decoding: digits[word * 16..<word * 16 + 16], as: UTF8.self), radix: 16) else {
        return nil
      }
      words.append(value)
    }
    self.words = words
  }

  public var description: String {
    words.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  public var bytes: [UInt8] {
    words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - $0 * 8)) } }
  }

  /// The next link of a chain: BLAKE2b-256 over the previous link, a frame's checksum and what it made public.
  public func chained(_ checksum: Digest128, _ published: [UInt8] = []) -> Digest256 {
    var input = bytes
    for word in [checksum.high, checksum.low] {
      input += (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - $0 * 8)) }
    }
    input += published
    return Digest256(bytes: BLAKE2b.digest256(input.span)) ?? .zero
  }
}
