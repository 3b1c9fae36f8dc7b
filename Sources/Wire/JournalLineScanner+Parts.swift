import Hotspots
import Incidents

// The parts of a journal line. Each steps over what it reads, quotes at the end included, and answers nil, having moved
// at most to the fault, when something else stands there.
extension Span<UInt8> {
  /// 16 hexadecimal digits, small letters.
  @inline(__always)
  func hex(at position: inout Int) -> UInt64? {
    guard count - position >= 16, let high = eightHexDigits(at: position), let low = eightHexDigits(at: position + 8)
    else { return nil }
    position += 16
    return UInt64(high) << 32 | UInt64(low)
  }

  /// Eight digits at once, one a byte of a word; the caller has seen that they are there.
  @inline(__always)
  private func eightHexDigits(at position: Int) -> UInt32? {
    // Checks the bounds, and any eight bytes are a number.
    let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian
    let ones: UInt64 = 0x0101_0101_0101_0101
    let lowBits: UInt64 = 0x0F0F_0F0F_0F0F_0F0F
    // A letter has bit 6 and is nine more than its low bits say.
    let digits = ((word & lowBits) &+ (((word >> 6) & ones) &* 9)) & lowBits
    // The digits spelt again: anything that was none comes out different.
    let isLetter = ((digits &+ (ones &* 6)) >> 4) & ones
    guard digits &+ (ones &* 0x30) &+ (isLetter &* 39) == word else { return nil }
    var packed = digits.byteSwapped
    packed = (packed | packed >> 4) & 0x00FF_00FF_00FF_00FF
    packed = (packed | packed >> 8) & 0x0000_FFFF_0000_FFFF
    return UInt32(truncatingIfNeeded: packed | packed >> 16)
  }

  /// A whole number of at most 16 digits, without a leading zero.
  @inline(__always)
  func integer(at position: inout Int) -> Int64? {
    let isNegative = position < count && self[position] == UInt8(ascii: "-")
    if isNegative { position += 1 }
    let start = position
    var value: Int64 = 0
    while position < count {
      let digit = self[position] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      guard position - start < 16 else { return nil }
      value = value &* 10 &+ Int64(digit)
      position += 1
    }
    let digits = position - start
    guard digits > 0, digits == 1 || self[start] != UInt8(ascii: "0"), !(isNegative && value == 0) else { return nil }
    return isNegative ? -value : value
  }

  /// The rest of a type's name and the quote.
  @inline(__always)
  func eventType(at position: inout Int) -> JournalEventType? {
    if skip("incident.", at: &position) {
      if skip("recorded\"", at: &position) { return .incidentRecorded }
      if skip("amended\"", at: &position) { return .incidentAmended }
      if skip("cancelled\"", at: &position) { return .incidentCancelled }
      if skip("transferred\"", at: &position) { return .incidentTransferred }
      return nil
    }
    if skip("tag.breach\"", at: &position) { return .tagBreach }
    if skip("hospital.attendance\"", at: &position) { return .hospitalAttendance }
    if skip("hospital.return\"", at: &position) { return .hospitalReturn }
    return nil
  }

  /// The code of one of the areas and the quote.
  @inline(__always)
  func area(at position: inout Int) -> AreaIndex? {
    guard count - position > 9, self[position + 9] == UInt8(ascii: "\""),
      case .current(let area) = AreaTable.lookup(extracting(position..<position + 9))
    else { return nil }
    position += 10
    return area
  }

  @inline(__always)
  func unplaced(at position: inout Int) -> Unplaced? {
    if skip("unknown\"", at: &position) { return .unknown }
    if skip("notGiven\"", at: &position) { return .notGiven }
    if skip("outOfScope\"", at: &position) { return .outOfScope }
    if skip("lsoaNotPlaced\"", at: &position) { return .lsoaNotPlaced }
    if skip("tooCoarse\"", at: &position) { return .tooCoarse }
    return nil
  }

  /// A text without escapes up to the quote, which is stepped over: its range.
  @inline(__always)
  func name(at position: inout Int) -> Range<Int>? {
    let start = position
    while position < count {
      let byte = self[position]
      if byte == UInt8(ascii: "\"") {
        position += 1
        return start..<position - 1
      }
      guard byte >= 0x20, byte != UInt8(ascii: "\\") else { return nil }
      position += 1
    }
    return nil
  }

  /// What `body` makes of a text, from quote to quote.
  @inline(__always)
  func text<Result>(at position: inout Int, _ body: (Span<UInt8>) -> Result) -> Result? {
    guard position < count, self[position] == UInt8(ascii: "\"") else { return nil }
    var at = position + 1
    if let plain = name(at: &at) {
      position = at
      return body(extracting(plain))
    }
    guard let name = escapedText(at: &position) else { return nil }
    return body(name.span)
  }

  /// A day and the quote.
  func day(at position: inout Int) -> LocalDay? {
    guard let range = name(at: &position), let day = LocalDay(extracting(range).text) else { return nil }
    return day
  }

  /// Steps over the rest of an object, from within it but outside of texts, its end included; whether there is one.
  func skipRestOfObject(at position: inout Int) -> Bool {
    var depth = 1
    while position < count {
      switch self[position] {
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"): depth -= 1
      case UInt8(ascii: "\""): guard skipText(at: &position) else { return false }
      case UInt8(ascii: "\n"): return false
      default: break
      }
      position += 1
      if depth == 0 { return true }
    }
    return false
  }

  /// Steps from a text's quote to the one that ends it.
  private func skipText(at position: inout Int) -> Bool {
    position += 1
    while position < count {
      switch self[position] {
      case UInt8(ascii: "\""): return true
      case UInt8(ascii: "\\"): position += 2
      case 0..<0x20: return false
      default: position += 1
      }
    }
    return false
  }

  /// A text with escapes, from quote to quote; only those escapes that the encoder writes.
  private func escapedText(at position: inout Int) -> [UInt8]? {
    var text: [UInt8] = []
    position += 1
    while position < count {
      let byte = self[position]
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return text
      case UInt8(ascii: "\\"):
        guard let escaped = escape(at: &position) else { return nil }
        text.append(escaped)
      case 0..<0x20: return nil
      default:
        text.append(byte)
        position += 1
      }
    }
    return nil
  }

  private func escape(at position: inout Int) -> UInt8? {
    if skip("\\\"", at: &position) { return UInt8(ascii: "\"") }
    if skip("\\\\", at: &position) { return UInt8(ascii: "\\") }
    if skip("\\b", at: &position) { return 0x08 }
    if skip("\\t", at: &position) { return 0x09 }
    if skip("\\n", at: &position) { return 0x0A }
    if skip("\\f", at: &position) { return 0x0C }
    if skip("\\r", at: &position) { return 0x0D }
    guard holds("\\u00", at: position), count - position >= 6 else { return nil }
    let high = self[position + 4] &- UInt8(ascii: "0")
    let low = self[position + 5]
    guard high < 2 else { return nil }
    switch low {
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      position += 6
      return high << 4 | (low - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"):
      position += 6
      return high << 4 | (low - UInt8(ascii: "a") + 10)
    default: return nil
    }
  }
}
