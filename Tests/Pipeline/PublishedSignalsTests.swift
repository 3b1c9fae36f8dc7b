import Hotspots
import Incidents
import Pipeline
import PipelineTesting
import Testing
import Wire

/// Signals on the log, against the journal folded once more by itself.
@Suite struct PublishedSignalsTests {
  /// However the journal was batched, and whoever took over in between: each signal is there once, byte for byte, and
  /// the committed digest holds them all.
  @Test(arguments: [(UInt64(31), false), (32, true)])
  func theJournalGivesTheSameSignalsAndDigest(seed: UInt64, crashes: Bool) throws {
    let service = try SeededHistoryTests.service()
    var random = SeededGenerator(seed: seed)
    let history = try GeneratedHistory(seed: seed, count: 6_000, now: SeededHistoryTests.now(service))
    var rest = history.records[...]
    while !rest.isEmpty {
      let share = rest.prefix(1 + random.below(900))
      rest = rest.dropFirst(share.count)
      try service.feed(share.map { $0.outgoing() })
      try service.step(times: random.below(6))
      if crashes { random.chance(5_000) ? service.crash() : service.stop() }
      service.log.clock.advance(milliseconds: Int64(random.below(9 * 3_600_000)))
    }
    try service.runUntilCaughtUp()
    service.log.clock.advance(milliseconds: 100 * 3_600_000)
    try service.runUntilCaughtUp()
    try SeededHistoryTests.expectEqualToReference(service)
    let signals = try Self.expectEqualToRefold(service)
    #expect(signals.count > 30)
    #expect(Set(signals.map(\.status)) == [.raised, .updated, .cleared, .withdrawn])
  }

  /// The log holds the signals of the journal folded anew, and the committed mark is the one that this gives.
  @discardableResult
  static func expectEqualToRefold(_ service: MemoryService) throws -> [HotspotSignal] {
    let (signals, mark) = try refold(service)
    let published = try service.log.committedRecords(in: TopicPartition(service.names(.hotspotSignals), 0))
    #expect(published.records.count == signals.count)
    for (record, signal) in zip(published.records, signals) {
      #expect(record.value.map { published.copy($0) } == signal.json)
      #expect(record.key.map { published.copy($0) } == signal.key)
      for header in signal.headers {
        #expect(published.header(header.name, of: record) == String(decoding: header.value, as: UTF8.self))
      }
    }
    var revisions: [SignalID: Int] = [:]
    for signal in signals {
      #expect(signal.revision == revisions[signal.id, default: 0] + 1)
      revisions[signal.id] = signal.revision
    }
    let committed = try MemoryLogFactory(service.log).makeAdministration().committed(
      group: service.names.group(.fold), [TopicPartition(service.names(.journal), 0)])
    #expect(committed.values.first.flatMap { FoldMark(metadata: $0.metadata) } == mark)
    return signals
  }

  /// The days and projections that a reader holds at the end name the same counts, and the days' alarms the signals.
  @Test func daysAndProjectionsAgree() throws {
    let service = try SeededHistoryTests.service()
    let history = try GeneratedHistory(seed: 33, count: 8_000, now: SeededHistoryTests.now(service))
    try SeededHistoryTests.run(history.records, through: service)
    let batch = try service.log.committedRecords(in: TopicPartition(service.names(.boroughDays), 0))
    var days: [String: JSONValue] = [:]
    for record in batch.records {
      guard let key = record.key, let value = record.value else { continue }
      days[batch.text(key)] = try JSONValue(parsing: batch.copy(value))["measures"]
    }
    let today = LocalDay(containing: SeededHistoryTests.now(service))
    var alarms = 0
    for (area, measures) in try SeededHistoryTests.counts(service) {
      let signals = try SeededHistoryTests.newest(service, "signals")[area]?.elements ?? []
      for measure in Measure.allCases {
        for (name, back) in [("today", Int32(0)), ("yesterday", 1)] {
          let day = days["\(area):\(today.advanced(by: -back))"]?[measure.name]
          #expect(measures[measure.name]?[name]?.integer == day?["count"]?.integer ?? 0, "\(area) \(measure) \(name)")
        }
        let newest = (Int32(0)...2).contains { back in
          days["\(area):\(today.advanced(by: -back))"]?[measure.name]?["earsC2"]?["alarm"]?.bool == true
        }
        #expect(newest == signals.contains { $0["measure"]?.string == measure.name }, "\(area) \(measure)")
        alarms += newest ? 1 : 0
      }
    }
    #expect(alarms > 0)
  }

  /// Folds the journal frame by frame: its signals, and the mark at its end.
  private static func refold(_ service: MemoryService) throws -> ([HotspotSignal], FoldMark) {
    let journal = try service.log.committedRecords(in: TopicPartition(service.names(.journal), 0))
    var fold = Fold(partition: 0)
    var digest = Digest256.zero
    var signals: [HotspotSignal] = []
    for record in journal.records {
      let frame = try JournalFrame(record, of: journal)
      fold.begin(at: frame.at)
      if frame.kind == .birth {
        fold.configure(try Birth(json: record.value.map { journal.copy($0) } ?? []).configuration)
      } else {
        try frame.apply(record, of: journal, to: &fold)
      }
      let told = fold.finish()
      signals += told
      digest = digest.chained(frame.checksum, told.flatMap(\.json))
    }
    return (signals, FoldMark(frame: fold.frames, digest: digest, counts: fold.countsDigest))
  }
}
