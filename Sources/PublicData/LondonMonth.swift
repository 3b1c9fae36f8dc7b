import Incidents

/// A calendar month in Europe/London.
public struct LondonMonth: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// 1996 … 2199: from then on the clocks are an hour ahead on the first days of April to October, and on no others
  /// (summer time begins on the last Sunday of March and ends on the last Sunday of October).
  public let year: Int
  /// 1 … 12.
  public let month: Int

  /// Reads `yyyy-mm`; nil for anything else and for years outside 1996 … 2199.
  init?(_ text: some Collection<UInt8>) {
    let bytes = Array(text)
    guard bytes.count == 7, bytes[4] == UInt8(ascii: "-") else { return nil }
    var digits: [Int] = []
    for place in [0, 1, 2, 3, 5, 6] {
      guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[place] else { return nil }
      digits.append(Int(bytes[place] - UInt8(ascii: "0")))
    }
    self.init(year: digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3], month: digits[4] * 10 + digits[5])
  }

  private init?(year: Int, month: Int) {
    guard (1996...2199).contains(year), (1...12).contains(month) else { return nil }
    self.year = year
    self.month = month
  }

  public static func < (a: LondonMonth, b: LondonMonth) -> Bool { (a.year, a.month) < (b.year, b.month) }

  /// `yyyy-mm`.
  public var description: String { "\(year)-\(month < 10 ? "0" : "")\(month)" }

  /// The midnight in London with which the month begins.
  public var start: EventTime { Self.midnight(year: year, month: month) }

  /// The midnight in London with which the next month begins: the month covers `start ..< end`.
  public var end: EventTime {
    month == 12 ? Self.midnight(year: year + 1, month: 1) : Self.midnight(year: year, month: month + 1)
  }

  private static func midnight(year: Int, month: Int) -> EventTime {
    let summerTime: Int64 = (4...10).contains(month) ? 3_600_000 : 0
    return EventTime(milliseconds: daysSince1970(year: year, month: month) * 86_400_000 - summerTime)
  }

  /// Days from 1970-01-01 to the first of a month, in the Gregorian calendar.
  private static func daysSince1970(year: Int, month: Int) -> Int64 {
    let whole = year - 1
    let leapDays = whole / 4 - whole / 100 + whole / 400
    let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
    let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][month - 1] + (isLeap && month > 2 ? 1 : 0)
    // 719,162 days lie between 0001-01-01 and 1970-01-01.
    return Int64(whole * 365 + leapDays + before - 719_162)
  }
}
