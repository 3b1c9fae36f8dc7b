import Incidents

/// A calendar month in Europe/London.
public struct LondonMonth: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// 1970 … 2199.
  public let year: Int
  /// 1 … 12.
  public let month: Int

  private let firstDay: LocalDay
  private let lastDay: LocalDay

  /// Reads `yyyy-mm`; nil for anything else and for years outside 1970 … 2199.
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
    let next = month == 12 ? (year: year + 1, month: 1) : (year: year, month: month + 1)
    guard (1970...2199).contains(year), let first = LocalDay(year: year, month: month, day: 1),
      let firstOfNext = LocalDay(year: next.year, month: next.month, day: 1)
    else { return nil }
    self.year = year
    self.month = month
    firstDay = first
    lastDay = LocalDay(index: firstOfNext.index - 1)
  }

  public static func < (a: LondonMonth, b: LondonMonth) -> Bool { (a.year, a.month) < (b.year, b.month) }

  /// `yyyy-mm`.
  public var description: String { "\(year)-\(month < 10 ? "0" : "")\(month)" }

  /// The midnight in London with which the month begins.
  public var start: EventTime { firstDay.start }

  /// The midnight in London with which the next month begins: the month covers `start ..< end`.
  public var end: EventTime { lastDay.next.start }
}
