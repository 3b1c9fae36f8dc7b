import Incidents
import Pipeline
import PipelineTesting
import Testing
import Wire

/// Hour by hour through the days of 23 and 25 hours and through a 29 February, the whole pipeline against the slow
/// reference, which takes its local days from the system's time zone data.
@Suite struct ClockChangeTests {
  private static let hour: Int64 = 3_600_000

  @Test(
    arguments: [
      // From the evening before to the second midnight after; how long each of the two days is that it passes.
      ("2026-03-28T21:30:00Z", [23, 24], UInt64(31)), ("2026-10-24T21:30:00Z", [25, 24], 32),
      ("2028-02-28T22:30:00Z", [24, 24], 33),
    ])
  func eachDayEqualsTheReference(from text: String, lengths: [Int], seed: UInt64) throws {
    let start = try RFC3339.parse(text.utf8.span).get()
    let service = try SeededHistoryTests.service(from: start)
    var days: [String: Int] = [:]
    var sent = 0
    for step in 0..<Int64(lengths.reduce(0, +) + 4) {
      let now = SeededHistoryTests.now(service)
      days[LocalDay(containing: now).description, default: 0] += 1
      var generator = IncidentGenerator(seed: seed + UInt64(step), now: now, after: Int(step) * 60)
      let records = generator.generate(count: 60)
      sent += records.count
      try service.feed(records.map { $0.outgoing() })
      while try service.status().accounts.first.map({ $0.received < sent || $0.waiting > 0 }) ?? true {
        try service.step(times: 1)
      }
      // Each day's last hour sees all of it.
      if LocalDay(containing: EventTime(milliseconds: now.milliseconds + Self.hour)) != LocalDay(containing: now) {
        try SeededHistoryTests.expectEqualToReference(service)
      }
      service.log.clock.advance(milliseconds: Self.hour)
    }
    let passed = days.sorted { $0.key < $1.key }.map(\.value)
    #expect(Array(passed[1...2]) == lengths)
  }
}
