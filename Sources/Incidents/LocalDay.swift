/// A calendar day in the Gregorian calendar, whichever the zone: whole days since 1970-01-01. As a local day of
/// Europe/London it covers `start ..< next.start`, which is 23, 24 or 25 hours.
public struct LocalDay: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var index: Int32

  public init(index: Int32) { self.index = index }

  public static func < (a: LocalDay, b: LocalDay) -> Bool { a.index < b.index }

  /// So many days later, or earlier; beyond the span of days the first or the last one.
  public func advanced(by days: Int32) -> LocalDay {
    let (sum, overflow) = index.addingReportingOverflow(days)
    return LocalDay(index: overflow ? (days < 0 ? .min : .max) : sum)
  }
}

// MARK: - The calendar

extension LocalDay {
  /// The day of a date in the proleptic Gregorian calendar; nil when there is no such date or the year lies outside
  /// 0 … 9999.
  public init?(year: Int, month: Int, day: Int) {
    guard (0...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
    guard day <= Self.length(ofMonth: month, year: year) else { return nil }
    index = Int32(truncatingIfNeeded: Self.dayNumber(year: year, month: month, day: day))
  }

  /// Year, month (1 … 12) and day of the month (1 … 31).
  public var date: (year: Int, month: Int, day: Int) {
    // After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March, so that the leap day
    // is the last of its year, and 146,097 days are an era of 400 years.
    let shifted = Int(index) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  /// 0 for Monday … 6 for Sunday.
  public var weekday: Int {
    // 1970-01-01 was a Thursday.
    let remainder = (Int(index) + 3) % 7
    return remainder < 0 ? remainder + 7 : remainder
  }

  static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970-01-01 of a date that is known to exist.
  static func dayNumber(year: Int, month: Int, day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}

// MARK: - Text

extension LocalDay: CustomStringConvertible {
  /// Reads `yyyy-mm-dd` and nothing else.
  public init?(_ text: String) {
    let bytes = text.utf8.span
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = bytes.decimal(at: 0, digits: 4), let month = bytes.decimal(at: 5, digits: 2),
      let day = bytes.decimal(at: 8, digits: 2)
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// `yyyy-mm-dd` (ISO 8601); a year outside 0 … 9999 takes as many digits as it needs.
  public var description: String {
    var text: [UInt8] = []
    append(to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends `yyyy-mm-dd`.
  public func append(to text: inout [UInt8]) {
    let (year, month, day) = date
    if (0...9999).contains(year) { text.append(decimal: year, digits: 4) } else { text += String(year).utf8 }
    text.append(UInt8(ascii: "-"))
    text.append(decimal: month, digits: 2)
    text.append(UInt8(ascii: "-"))
    text.append(decimal: day, digits: 2)
  }
}
