/// Options of what is made up.
extension Options {
  public static let seed = Option<UInt64>.value(
    "seed", value: "N", "Which of all possible worlds: the same seed gives the same events", shownDefault: "1",
    fallback: { 1 },
    parse: { text throws(ValueError) in
      guard let seed = UInt64(text) else { throw ValueError("not a whole number from 0 to 18446744073709551615") }
      return seed
    })
  public static let from = Option<String>.text(
    "from", value: "DAY", "The first day, yyyy-mm-dd", shownDefault: "2026-02-01", fallback: { _ in "2026-02-01" })
  public static let days = Option<Int>.value(
    "days", value: "N", "How many days", shownDefault: "28", fallback: { 28 },
    parse: { text throws(ValueError) in
      guard let days = Int(text), (1...36_600).contains(days) else { throw ValueError("not a number from 1 to 36600") }
      return days
    })
  public static let rate = Option<Double?>.value(
    "rate", value: "N", "Events a second", shownDefault: "as fast as possible; demo: 2", fallback: { nil },
    parse: { text throws(ValueError) in
      // Less than one in a quarter of an hour is no pace, and its interval soon is no time.
      let rate = try Numbers.positive(text)
      guard rate >= 0.001 else { throw ValueError("less than 0.001") }
      return rate
    })
  public static let scale = Option<Double>.value(
    "scale", value: "X", "How many events, next to what is published", shownDefault: "1", fallback: { 1 },
    parse: { text throws(ValueError) in try Numbers.positive(text, atMost: 1_000) })
  public static let poison = Option<Double>.value(
    "poison", value: "PERCENT", "How many of the events are wrong", shownDefault: "0.5", fallback: { 0.5 },
    parse: { text throws(ValueError) in text == "0" ? 0 : try Numbers.positive(text, atMost: 100) })
  public static let hotspots = Option<[HotspotArgument]>.values(
    "hotspot", value: "AREA,DAY,DAYS,FACTOR",
    "FACTOR times the knife crime in an area (E09000022) from DAY on for DAYS days",
    parse: { text throws(ValueError) in try HotspotArgument(text) })
}

/// Options of the demonstration.
extension Options {
  public static let plain = Option<Bool>.flag("plain", "Print lines instead of drawing a screen")
  public static let duration = Option<Duration?>.value(
    "for", value: "TIME", "End so long after it went live: 60s, 5m, 2h", shownDefault: "when told to",
    fallback: { nil },
    parse: { text throws(ValueError) in
      let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600]
      guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()), (1...100_000).contains(count)
      else { throw ValueError("not a time; write it as 60s, 5m or 2h") }
      return .seconds(count * unit)
    })
}

/// A hotspot as it is given: its area and day are looked up later.
public struct HotspotArgument: Hashable, Sendable {
  public var area, day: String
  public var days: Int
  public var factor: Double

  init(_ text: String) throws(ValueError) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4 else { throw ValueError("not of the form AREA,DAY,DAYS,FACTOR") }
    guard let days = Int(parts[2]), (1...36_600).contains(days) else {
      throw ValueError("\"\(parts[2])\" is not a number of days")
    }
    (area, day, self.days) = (parts[0], parts[1], days)
    factor = try Numbers.positive(parts[3], atMost: 10_000)
    guard factor >= 1 else { throw ValueError("a factor under 1 makes no hotspot") }
  }
}

enum Numbers {
  static func positive(_ text: String, atMost largest: Double = 1e9) throws(ValueError) -> Double {
    guard let number = Double(text), number > 0, number <= largest else {
      throw ValueError("\"\(text)\" is not a number over 0 and up to \(largest.formattedWhole)")
    }
    return number
  }
}

extension Double {
  fileprivate var formattedWhole: String { Int(exactly: self).map { String($0) } ?? String(self) }
}
