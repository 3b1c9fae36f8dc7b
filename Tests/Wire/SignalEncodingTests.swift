import Foundation
import Hotspots
import Incidents
import Testing

@testable import Wire

/// The records of `hotspot-signals`, made by the fold from counts worked out by hand, against the examples of the topic.
@Suite struct SignalEncodingTests {
  static let lambeth = AreaIndex(
    UInt8((0..<AreaTable.count).first { AreaTable.name(AreaIndex(UInt8($0))) == "Lambeth" } ?? 0))

  /// Knife injuries in Lambeth: the contract's baseline, and 9 on Sunday 1 March 2026.
  @Test func theExamplesAreWhatTheFoldSays() throws {
    var history = History()
    for (day, count) in [
      ("2026-01-04", 11), ("2026-02-20", 5), ("2026-02-21", 5), ("2026-02-22", 3), ("2026-02-23", 3), ("2026-02-24", 2),
      ("2026-02-25", 2), ("2026-02-26", 2), ("2026-02-27", 1), ("2026-03-01", 9),
    ] {
      try history.tell(count, on: day)
    }
    let raised = try #require(history.end().first)
    try expect(raised, equals: "raised")
    // Three of the nine are taken back: 6 is no alarm.
    history.begin(at: "2026-03-02T09:30:00Z")
    try history.takeBack(3, on: "2026-03-01")
    try expect(#require(history.end().first), equals: "withdrawn")
    // They count again, and two more of the same day come late: what stands is more severe.
    history.begin(at: "2026-03-02T10:30:00Z")
    try history.tell(5, on: "2026-03-01")
    try expect(#require(history.end().first), equals: "raised-again")
    history.begin(at: "2026-03-04T00:00:01Z")
    try expect(#require(history.end().first), equals: "cleared")
  }

  /// The first of March as charts have it, at the same moment.
  @Test func theDayIsWhatTheFoldSays() throws {
    var history = History()
    for (day, count) in [
      ("2026-02-20", 5), ("2026-02-21", 5), ("2026-02-22", 3), ("2026-02-23", 3), ("2026-02-24", 2), ("2026-02-25", 2),
      ("2026-02-26", 2), ("2026-03-01", 9),
    ] {
      try history.tell(count, on: day)
    }
    _ = history.end()
    let day = try #require(history.changedDays().last)
    let example = try Self.example("borough-days/examples/judged")
    #expect(try JSONValue(parsing: day.json) == example["value"])
    #expect(String(decoding: day.key, as: UTF8.self) == example["key"]?.string)
    #expect(day.headers == Self.headers(of: example))
  }

  /// Two a day, then four on each of three days: 1 + 1 + 1 over a deviation of 1. No threshold, no interval.
  @Test func whatC3SaysHasNoThreshold() throws {
    let c3 = try #require(Detector.table.firstIndex { $0.name == "earsC3" })
    var detectors = Configuration().detectors
    for index in detectors.indices { detectors[index].measures = index == c3 ? .init(.knifeInjury) : [] }
    var history = History(detectors: detectors)
    for day in 1...26 { try history.tell(2, on: "2026-02-\(day < 10 ? "0" : "")\(day)") }
    for day in ["2026-02-27", "2026-02-28", "2026-03-01"] { try history.tell(4, on: day) }
    let signals = history.end()
    #expect(signals.count == 1)
    try expect(#require(signals.first), equals: "raised-by-c3")
    let day = try #require(history.changedDays().last)
    #expect(try JSONValue(parsing: day.json) == Self.example("borough-days/examples/judged-by-c3")["value"])
    // A day later the run has ended: the sentence speaks of the three days still.
    history.begin(at: "2026-03-05T00:00:01Z")
    #expect(
      history.end().last?.explanation
        == "No day after Monday 2 March had unusually many knife injuries in Lambeth; the peak was 12 in the 3 days to "
        + "Sunday 1 March where about 2 a day are usual.")
  }

  @Test func idsAreFNVOfAreaMeasureDetectorAndDay() throws {
    let day = try #require(LocalDay("2026-03-01"))
    let id = SignalID(area: Self.lambeth, measure: .knifeInjury, detector: "earsC2", firstDay: day)
    // Computed with another implementation of FNV-1a.
    #expect(id.description == "sig_a16b193001839be8e79b79efd72638c5")
    #expect(id != SignalID(area: Self.lambeth, measure: .knifeCrime, detector: "earsC2", firstDay: day))
  }

  @Test(arguments: [
    (3.142857142857143, "3.1429"), (0, "0"), (-0.00001, "0"), (3, "3"), (2.5, "2.5"), (-1.25, "-1.25"),
    (0.00005, "0.0001"),
    (12_345_678.91239, "12345678.9124"), (-7.00004, "-7"),
  ])
  func computedNumbersHaveFourDecimals(value: Double, text: String) {
    var writer = JSONWriter()
    writer.rounded(value)
    #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
  }

  @Test(arguments: [(3.090232306167813, "3.090232306167813"), (1, "1"), (0.5, "0.5"), (0.1, "0.1"), (1_000, "1000")])
  func parametersAreNeverRounded(value: Double, text: String) {
    var writer = JSONWriter()
    writer.exact(value)
    #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
  }

  private func expect(_ signal: HotspotSignal, equals name: String) throws {
    let example = try Self.example("hotspot-signals/examples/\(name)")
    #expect(try JSONValue(parsing: signal.json) == example["value"], "\(name)")
    #expect(String(decoding: signal.key, as: UTF8.self) == example["key"]?.string)
    #expect(signal.headers == Self.headers(of: example))
  }

  private static func example(_ path: String) throws -> JSONValue {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try JSONValue(parsing: Array(Data(contentsOf: root.appending(path: "topics/\(path).json"))))
  }

  private static func headers(of example: JSONValue) -> [RecordHeader] {
    (example["headers"]?.members ?? []).map { RecordHeader($0.name, $0.value.string ?? "") }
  }
}

/// Frames told in days and counts.
private struct History {
  private var fold = Fold(partition: 0)
  private var next: UInt64 = 0
  private var standing: [String: [UInt64]] = [:]

  init(
    detectors: [DetectorSettings] = [
      DetectorSettings(measures: .init(.knifeInjury), parameters: [7, 2, 3.090232306167813, 1])
    ]
  ) {
    _ = fold.sourceTable.index(of: Array("/police/metropolitan".utf8).span)
    begin(at: "2026-01-01T00:00:00Z")
    fold.configure(Configuration(detectors: detectors))
    _ = fold.finish()
    begin(at: "2026-03-01T21:14:09.250Z")
  }

  mutating func begin(at text: String) {
    fold.begin(at: (try? RFC3339.parse(Array(text.utf8).span).get()) ?? EventTime(milliseconds: 0))
  }

  mutating func end() -> [HotspotSignal] { fold.finish() }

  mutating func changedDays() -> [BoroughDay] { fold.changedDays() }

  mutating func tell(_ count: Int, on day: String) throws {
    for _ in 0..<count {
      next += 1
      standing[day, default: []].append(next)
      fold.apply(try event(next, 1, .fact, day))
    }
  }

  mutating func takeBack(_ count: Int, on day: String) throws {
    for identity in standing[day, default: []].prefix(count) { fold.apply(try event(identity, 2, .retraction, day)) }
  }

  private func event(_ identity: UInt64, _ revision: UInt64, _ kind: JournalEvent.Kind, _ day: String) throws
    -> JournalEvent
  {
    JournalEvent(
      topic: .incidents, kind: kind, identity: Identity(high: 1, low: identity), revision: revision, content: revision,
      source: SourceIndex(0), place: .area(SignalEncodingTests.lambeth), responsible: nil,
      occurredFrom: try RFC3339.parse(Array("\(day)T12:\(10 + identity % 50):00Z".utf8).span).get(), precision: .exact,
      measures: MeasureSet(.knifeInjury), isUnmapped: false)
  }
}
