/// Instants as texts, after RFC 3339: `2026-03-01T21:14:05.123Z`.
public enum RFC3339 {
  public enum Failure: Error, Hashable, Sendable {
    /// Not a date and time of RFC 3339, or one that does not exist.
    case badTime
    /// A date and time that lacks only its zone.
    case timeWithoutZone
  }

  /// Reads exactly one date-time. Any number of fractional digits, cut to milliseconds; `T` and `Z` in either case; an
  /// offset is ±hh:mm. A leap second (`:60`) and instants outside the years 0000 … 9999 of UTC are `badTime`.
  public static func parse(_ text: Span<UInt8>) -> Result<EventTime, Failure> {
    guard text.count >= 19,
      let year = text.decimal(at: 0, digits: 4), let month = text.decimal(at: 5, digits: 2),
      let dayOfMonth = text.decimal(at: 8, digits: 2), let hour = text.decimal(at: 11, digits: 2),
      let minute = text.decimal(at: 14, digits: 2), let second = text.decimal(at: 17, digits: 2),
      text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"), text[10] | 0x20 == UInt8(ascii: "t"),
      text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"),
      hour < 24, minute < 60, second < 60,
      let day = LocalDay(year: year, month: month, day: dayOfMonth)
    else { return .failure(.badTime) }

    var position = 19
    var fraction = 0
    if position < text.count, text[position] == UInt8(ascii: ".") {
      guard let end = text.endOfDigits(from: position + 1), end > position + 1 else { return .failure(.badTime) }
      fraction = text.milliseconds(from: position + 1, to: end)
      position = end
    }
    guard position < text.count else { return .failure(.timeWithoutZone) }
    guard let offset = text.zoneOffset(from: position) else { return .failure(.badTime) }

    let seconds = Int(day.index) * 86_400 + hour * 3_600 + (minute - offset) * 60 + second
    let time = EventTime(milliseconds: Int64(seconds * 1_000 + fraction))
    return bounds.contains(time) ? .success(time) : .failure(.badTime)
  }

  /// Appends `yyyy-mm-ddThh:mm:ss.mmmZ`, 24 bytes. Instants outside the years 0000 … 9999 are written as the first or
  /// the last millisecond of those.
  public static func append(_ time: EventTime, to text: inout [UInt8]) {
    let milliseconds = min(max(time, bounds.lowerBound), bounds.upperBound).milliseconds
    let day = milliseconds.floorDivided(by: 86_400_000)
    let rest = Int(milliseconds - day * 86_400_000)
    LocalDay(index: Int32(truncatingIfNeeded: day)).append(to: &text)
    text.append(UInt8(ascii: "T"))
    text.append(decimal: rest / 3_600_000, digits: 2)
    text.append(UInt8(ascii: ":"))
    text.append(decimal: rest / 60_000 % 60, digits: 2)
    text.append(UInt8(ascii: ":"))
    text.append(decimal: rest / 1_000 % 60, digits: 2)
    text.append(UInt8(ascii: "."))
    text.append(decimal: rest % 1_000, digits: 3)
    text.append(UInt8(ascii: "Z"))
  }

  /// The text of `append(_:to:)`.
  public static func text(_ time: EventTime) -> String {
    var text: [UInt8] = []
    append(time, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// 0000-01-01T00:00:00.000Z … 9999-12-31T23:59:59.999Z.
  private static let bounds =
    EventTime(milliseconds: -62_167_219_200_000)...EventTime(milliseconds: 253_402_300_799_999)
}

extension Span<UInt8> {
  /// Where the digits that begin at `start` end; nil when `start` lies behind the end.
  fileprivate func endOfDigits(from start: Int) -> Int? {
    guard start <= count else { return nil }
    var end = start
    while end < count, self[end] &- UInt8(ascii: "0") < 10 { end += 1 }
    return end
  }

  /// A fraction of a second by its first three digits.
  fileprivate func milliseconds(from start: Int, to end: Int) -> Int {
    var value = 0
    for index in start..<start + 3 {
      value = value * 10 + (index < end ? Int(self[index] - UInt8(ascii: "0")) : 0)
    }
    return value
  }

  /// The zone that fills the text from `start` to its end, in minutes ahead of UTC; nil when that is no zone.
  fileprivate func zoneOffset(from start: Int) -> Int? {
    if count == start + 1, self[start] | 0x20 == UInt8(ascii: "z") { return 0 }
    guard count == start + 6, self[start + 3] == UInt8(ascii: ":"),
      let hours = decimal(at: start + 1, digits: 2), hours < 24,
      let minutes = decimal(at: start + 4, digits: 2), minutes < 60
    else { return nil }
    switch self[start] {
    case UInt8(ascii: "+"): return hours * 60 + minutes
    case UInt8(ascii: "-"): return -(hours * 60 + minutes)
    default: return nil
    }
  }
}
