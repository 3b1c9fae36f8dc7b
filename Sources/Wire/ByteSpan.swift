import Glibc

extension Span<UInt8> {
  /// Whether these bytes are the literal's.
  @inline(__always)
  func spells(_ literal: StaticString) -> Bool {
    count == literal.utf8CodeUnitCount && holds(literal, at: 0)
  }

  /// Whether the literal's bytes stand at `position`. Inlined, so that the comparison becomes a few instructions.
  @inline(__always)
  func holds(_ literal: StaticString, at position: Int) -> Bool {
    let length = literal.utf8CodeUnitCount
    guard position >= 0, length <= count - position else { return false }
    return unsafe withUnsafeBytes { bytes in
      // Within the bytes by the guard; a literal's bytes live for ever.
      guard let base = bytes.baseAddress else { return length == 0 }
      return unsafe memcmp(base + position, literal.utf8Start, length) == 0
    }
  }

  /// Steps over the literal when it stands at `position`.
  @inline(__always)
  func skip(_ literal: StaticString, at position: inout Int) -> Bool {
    guard holds(literal, at: position) else { return false }
    position += literal.utf8CodeUnitCount
    return true
  }

  /// The first place of a byte at or after `position`; nil when there is none.
  func firstIndex(of byte: UInt8, from position: Int) -> Int? {
    guard position >= 0, position < count else { return nil }
    return unsafe withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return nil }
      // memchr answers with a place in these bytes or with nothing.
      guard let found = unsafe memchr(base + position, Int32(byte), bytes.count - position) else { return nil }
      return unsafe UnsafeRawPointer(found) - base
    }
  }

  func isEqual(to other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in indices where self[index] != other[index] { return false }
    return true
  }

  var isASCII: Bool {
    var all: UInt8 = 0
    for index in indices { all |= self[index] }
    return all < 0x80
  }

  /// Whether this is well-formed UTF-8.
  var isUTF8: Bool {
    if isASCII { return true }
    return (try? UTF8Span(validating: self)) != nil
  }

  /// A copy as text, broken UTF-8 repaired, for what is not on the hot path.
  var text: String {
    var bytes: [UInt8] = []
    bytes.append(span: self)
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension [UInt8] {
  mutating func append(span: Span<UInt8>) {
    unsafe span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }

  mutating func append(literal: StaticString) {
    // A literal's bytes live for ever.
    unsafe append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
  }

  /// Appends a whole number in decimal digits.
  mutating func append(decimal value: Int64) {
    // From the last digit to the first; the longest number has 19 and a sign.
    var digits = InlineArray<20, UInt8>(repeating: UInt8(ascii: "-"))
    var start = 20
    var rest = value.magnitude
    repeat {
      start -= 1
      digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    if value < 0 { start -= 1 }
    append(span: digits.span.extracting(start..<20))
  }

  /// Appends eight bytes, the lowest first.
  mutating func append(word: UInt64) {
    // The word's own bytes, for as long as they are copied.
    unsafe Swift.withUnsafeBytes(of: word.littleEndian) { unsafe append(contentsOf: $0) }
  }

  /// Appends a text in UTF-8 as a JSON string, quotes included. Only what JSON forces to be escaped is, as shortly as it
  /// can be: no longer than the sender wrote it.
  mutating func appendJSON(_ text: Span<UInt8>) {
    append(UInt8(ascii: "\""))
    var plain = 0
    for index in text.indices {
      let byte = text[index]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
      append(span: text.extracting(plain..<index))
      plain = index + 1
      append(UInt8(ascii: "\\"))
      switch byte {
      case 0x08: append(UInt8(ascii: "b"))
      case 0x09: append(UInt8(ascii: "t"))
      case 0x0A: append(UInt8(ascii: "n"))
      case 0x0C: append(UInt8(ascii: "f"))
      case 0x0D: append(UInt8(ascii: "r"))
      case ..<0x20:
        append(literal: byte < 0x10 ? "u000" : "u001")
        let digit = byte & 15
        append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
      default: append(byte)
      }
    }
    append(span: text.extracting(plain..<text.count))
    append(UInt8(ascii: "\""))
  }
}
