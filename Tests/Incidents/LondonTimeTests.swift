import Foundation
import Incidents
import Testing

@Suite struct LondonTimeTests {
  private let calendar: Calendar

  init() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: "Europe/London"))
    self.calendar = calendar
  }

  private func time(_ text: String) throws -> EventTime { try RFC3339.parse(text.utf8.span).get() }

  /// Every hour of 1970 … 2040 against the system's time zone data.
  @Test func offsetsAreThoseOfTheTimeZoneDatabase() throws {
    let end = try time("2041-01-01T00:00:00Z").hour.index
    var differences: [Int32] = []
    for index in 0..<end {
      let date = Date(timeIntervalSince1970: TimeInterval(index) * 3_600)
      if calendar.timeZone.secondsFromGMT(for: date) != LondonTime.offset(in: Hour(index: index)) * 3_600 {
        differences.append(index)
      }
    }
    #expect(differences == [])
    #expect(end == 622_392)
  }

  /// Every local day of 1970 … 2040, its date, its ends and its length.
  @Test func daysAreThoseOfTheCalendar() throws {
    var date = Date(timeIntervalSince1970: -3_600)
    var lengths: [Int: Int] = [:]
    for index in 0..<LocalDay(containing: try time("2041-01-01T00:00:00Z")).index {
      let day = LocalDay(index: index)
      let start = EventTime(milliseconds: Int64(date.timeIntervalSince1970) * 1_000)
      let next = try #require(calendar.date(byAdding: .day, value: 1, to: date))
      let parts = calendar.dateComponents([.year, .month, .day, .weekday], from: date)
      let (year, month, dayOfMonth) = day.date
      #expect(day.start == start)
      #expect(parts.year == year && parts.month == month && parts.day == dayOfMonth)
      #expect(parts.weekday == (day.weekday + 1) % 7 + 1)
      #expect(day.hours * 3_600 == Int(next.timeIntervalSince(date)))
      #expect(LocalDay(containing: start) == day)
      #expect(LocalDay(containing: EventTime(milliseconds: start.milliseconds - 1)).index == index - 1)
      #expect(LocalDay(year: year, month: month, day: dayOfMonth) == day)
      #expect(LocalDay(day.description) == day)
      lengths[day.hours, default: 0] += 1
      date = next
    }
    // 1971 had one change only, and 1970 none.
    #expect(lengths[25] == 70 && lengths[23] == 69)
  }

  @Test(
    arguments: [
      ("2026-03-29T00:59:59.999Z", "2026-03-29"), ("2026-03-28T23:59:59.999Z", "2026-03-28"),
      ("2026-03-29T22:59:59.999Z", "2026-03-29"), ("2026-03-29T23:00:00Z", "2026-03-30"),
      ("2026-10-25T00:30:00Z", "2026-10-25"), ("2026-10-24T23:00:00Z", "2026-10-25"),
      ("2026-10-25T23:59:59Z", "2026-10-25"), ("2024-02-29T12:00:00Z", "2024-02-29"),
      ("1970-01-01T22:59:59Z", "1970-01-01"), ("1970-01-01T23:00:00Z", "1970-01-02"),
    ])
  func instantsLieInTheirDay(time text: String, day: String) throws {
    #expect(LocalDay(containing: try time(text)).description == day)
  }

  @Test func noInstantAndNoDayTraps() {
    for milliseconds in [Int64.min, -1, 0, Int64.max] {
      _ = LocalDay(containing: EventTime(milliseconds: milliseconds)).description
    }
    for index in [Int32.min, -1, 0, Int32.max] {
      let day = LocalDay(index: index)
      _ = day.start
      _ = day.hours
      _ = day.description
    }
  }

  @Test(
    arguments: [
      "2026-02-29", "2100-02-29", "2026-13-01", "2026-00-01", "2026-04-31", "2026-1-01", "26-01-01", "2026/01/01",
      "2026-01-01Z", "", "2026-01-0a", "+026-01-01",
    ])
  func datesThatDoNotExistAreNone(text: String) { #expect(LocalDay(text) == nil) }
}

@Suite struct RFC3339Tests {
  private func parse(_ text: String) -> Result<EventTime, RFC3339.Failure> { RFC3339.parse(text.utf8.span) }

  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("2026-03-01T21:14:05Z", 1_772_399_645_000),
      ("2026-03-01t21:14:05z", 1_772_399_645_000), ("2026-03-01T21:14:05.1Z", 1_772_399_645_100),
      ("2026-03-01T21:14:05.123999999999999999999Z", 1_772_399_645_123),
      ("2026-03-01T21:14:05.0009Z", 1_772_399_645_000),
      ("2026-03-01T21:14:05+00:00", 1_772_399_645_000), ("2026-03-01T21:14:05-00:00", 1_772_399_645_000),
      ("2026-03-01T22:14:05+01:00", 1_772_399_645_000), ("2026-03-01T15:44:05.5-05:30", 1_772_399_645_500),
      ("2026-03-02T21:13:05+23:59", 1_772_399_645_000), ("1969-12-31T23:59:59.999Z", -1),
      ("1969-12-31T23:59:59.9999Z", -1), ("2024-02-29T00:00:00Z", 1_709_164_800_000),
      ("0000-01-01T00:00:00Z", -62_167_219_200_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ] as [(String, Int64)])
  func wellFormedTimesAreRead(text: String, milliseconds: Int64) {
    #expect(parse(text) == .success(EventTime(milliseconds: milliseconds)))
  }

  @Test(
    arguments: [
      "2026-03-01T21:14:05", "2026-03-01T21:14:05.1", "2026-03-01T21:14:05.123456789", "2024-02-29t00:00:00",
    ])
  func aMissingZoneIsNamed(text: String) { #expect(parse(text) == .failure(.timeWithoutZone)) }

  @Test(
    arguments: [
      "", "2026", "2026-03-01", "2026-03-01 21:14:05Z", "2026-03-01T21:14Z", "2026-03-01T21:14:05.Z",
      "2026-03-01T21:14:05.", "2026-03-01T21:14:05,1Z", "2026-03-01T24:00:00Z", "2026-03-01T23:60:00Z",
      "2016-12-31T23:59:60Z", "2026-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-13-01T00:00:00Z",
      "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-03-01T21:14:05+1:00", "2026-03-01T21:14:05+0100",
      "2026-03-01T21:14:05+24:00", "2026-03-01T21:14:05+01:60", "2026-03-01T21:14:05+01", "2026-03-01T21:14:05ZZ",
      "2026-03-01T21:14:05Z ", " 2026-03-01T21:14:05Z", "2026-03-01T21:14:05 ", "2026-03-01T21:14:05*01:00",
      "12026-03-01T21:14:05Z", "-026-03-01T21:14:05Z", "2026-03-01T21:14:0５Z", "0000-01-01T00:00:00+00:01",
      "9999-12-31T23:59:59-00:01", "20260301T211405Z", "2026-W09-7T21:14:05Z", "2026-03-01T21:14:05.12a",
    ])
  func anythingElseIsNoTime(text: String) { #expect(parse(text) == .failure(.badTime)) }

  @Test func everyDayOfEveryYearIsReadAndWrittenAlike() {
    var generator = SplitMix64(seed: 20_260_301)
    for _ in 0..<20_000 {
      let time = EventTime(milliseconds: Int64.random(in: -62_167_219_200_000...253_402_300_799_999, using: &generator))
      let text = RFC3339.text(time)
      #expect(text.utf8.count == 24)
      #expect(parse(text) == .success(time))
    }
  }

  @Test func textsAgreeWithFoundation() {
    var generator = SplitMix64(seed: 7)
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    for _ in 0..<2_000 {
      let seconds = Int64.random(in: 0...4_102_444_800, using: &generator)
      let text = RFC3339.text(EventTime(milliseconds: seconds * 1_000))
      #expect(text == Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(style))
    }
  }

  @Test func textsStayWithinFourDigitYears() {
    #expect(RFC3339.text(EventTime(milliseconds: .max)) == "9999-12-31T23:59:59.999Z")
    #expect(RFC3339.text(EventTime(milliseconds: .min)) == "0000-01-01T00:00:00.000Z")
  }

  @Test func mutatedTimesNeverTrap() {
    var generator = SplitMix64(seed: 3_339)
    for _ in 0..<50_000 {
      var bytes = Array("2026-03-01T21:14:05.123+01:00".utf8)
      for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: place)
        default: bytes.insert(UInt8.random(in: 0x2B...0x3A, using: &generator), at: place)
        }
      }
      if case .success(let time) = RFC3339.parse(bytes.span) {
        #expect(parse(RFC3339.text(time)) == .success(time))
      }
    }
  }
}

/// Steele, Lea and Flood's generator: small, and the same everywhere.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
