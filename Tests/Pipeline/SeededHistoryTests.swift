import Hotspots
import Incidents
import Pipeline
import PipelineTesting
import Testing
import Wire

/// Whole histories through the whole pipeline in memory, against the slow reference.
@Suite struct SeededHistoryTests {
  /// So much happens on the newest days that signals are raised, updated, cleared, withdrawn and raised again, by every
  /// detector: what stands at the end equals the reference, and each record follows from its own counts.
  @Test(arguments: [UInt64(5), 6])
  func finalSignalsEqualTheReference(seed: UInt64) throws {
    var configuration = try Self.service().configuration
    for index in configuration.detectors.indices {
      configuration.detectors[index].measures = [.init(.knifeCrime), .init(.robbery), .init(.violence)]
      configuration.detectors[index].parameters = GeneratedHistory.easilyAlarmed(Detector.table[index])
    }
    let service = try MemoryService(configuration: configuration)
    let history = try GeneratedHistory(seed: seed, count: 3_000, now: Self.now(service), rates: .eventful)
    for start in stride(from: 0, to: history.records.count, by: 400) {
      try service.feed(history.records[start..<min(start + 400, history.records.count)].map { $0.outgoing() })
      try service.runUntilCaughtUp()
      service.log.clock.advance(milliseconds: 11 * 3_600_000)
    }
    try service.runUntilCaughtUp()
    try Self.expectEqualToReference(service)
    var tally = SignalTally()
    for signal in try Self.signals(service) { tally.note(signal) }
    for detector in Detector.table { #expect(tally.isEventful(detector.name), "\(detector.name) \(tally)") }
  }

  /// 20,000 incidents, read in three parts with time passing between them.
  @Test(arguments: [UInt64(1)])
  func projectionsEqualTheReference(seed: UInt64) throws {
    let service = try Self.service()
    let history = try GeneratedHistory(seed: seed, count: 20_000, now: Self.now(service))
    try Self.run(history.records, through: service)
    try Self.expectEqualToReference(service)
    try Self.expectIntendedRefusals(history.records, service)
  }

  /// Incidents, tags and hospitals together, with everything that becomes of them.
  @Test(arguments: [UInt64(11), 12])
  func projectionsOfAllInputsEqualTheReference(seed: UInt64) throws {
    let service = try Self.service()
    let history = try GeneratedHistory(ofAllInputs: seed, count: 8_000, now: Self.now(service))
    for topic in InputTopic.allCases {
      let roles = Set(history.records.lazy.filter { $0.topic == topic }.map(\.role))
      #expect(roles.isSuperset(of: [.first, .revision, .repetition, .conflict, .poison]))
    }
    try Self.run(history.records, through: service)
    try Self.expectEqualToReference(service)
    try Self.expectIntendedRefusals(history.records, service)
    let status = try service.status()
    for account in status.accounts {
      #expect(account.duplicate > 0 && account.conflict > 0 && account.superseded > 0 && account.unattributed > 0)
    }
    #expect(status.overlapCount > 0 && !status.overlaps.isEmpty)
  }

  /// The same of all inputs in another order of arrival.
  @Test func theOrderOfArrivalOfAllInputsDoesNotMatter() throws {
    let ordered = try Self.service()
    let shuffled = try Self.service()
    let history = try GeneratedHistory(ofAllInputs: 13, count: 2_000, now: Self.now(ordered))
    try Self.run(history.records, through: ordered)
    try Self.run(history.records.shuffled(seed: 13), through: shuffled)
    let counts = try Self.counts(shuffled)
    for (area, expected) in try Self.counts(ordered) { #expect(counts[area, default: expected] == expected, "\(area)") }
    try Self.expectEqualToReference(shuffled)
  }

  /// Another order of arrival, conflicts kept in theirs, leaves the same counts.
  @Test(arguments: [(seed: UInt64(2), count: 20_000), (3, 3_000)])
  func theOrderOfArrivalDoesNotMatter(seed: UInt64, count: Int) throws {
    let ordered = try Self.service()
    let shuffled = try Self.service()
    let history = try GeneratedHistory(seed: seed, count: count, now: Self.now(ordered))
    try Self.run(history.records, through: ordered)
    try Self.run(history.records.shuffled(seed: seed), through: shuffled)
    let counts = try Self.counts(shuffled)
    // An area that only ever held what was superseded has no projection in one of them: all its counts are 0.
    for (area, expected) in try Self.counts(ordered) { #expect(counts[area, default: expected] == expected, "\(area)") }
    try Self.expectEqualToReference(shuffled)
  }

  /// Crashed or stopped between any two steps and started again, the pipeline publishes each thing once.
  @Test(arguments: [UInt64(4)])
  func crashesLoseAndDoubleNothing(seed: UInt64) throws {
    let service = try Self.service()
    var random = SeededGenerator(seed: seed)
    let history = try GeneratedHistory(ofAllInputs: seed, count: 2_000, now: Self.now(service))
    var rest = history.records[...]
    while !rest.isEmpty {
      let share = rest.prefix(1 + random.below(400))
      rest = rest.dropFirst(share.count)
      try service.feed(share.map { $0.outgoing() })
      try service.step(times: random.below(8))
      random.chance(5_000) ? service.crash() : service.stop()
      service.log.clock.advance(milliseconds: Int64(random.below(3_600_000)))
    }
    try service.runUntilCaughtUp()
    try Self.expectEqualToReference(service)
    try Self.expectIntendedRefusals(history.records, service)
  }

  // MARK: - Running and reading

  static func service(
    from start: EventTime? = nil, checkpoints: (any CheckpointStore)? = nil
  ) throws -> MemoryService {
    let log = MemoryLog()
    if let start { log.clock.set(start.milliseconds) }
    // So that the generated past is judged.
    let observedFrom = LocalDay(containing: EventTime(milliseconds: log.clock.now)).advanced(by: -70)
    let days = Dictionary(uniqueKeysWithValues: InputTopic.allCases.map { ($0, observedFrom) })
    return try MemoryService(
      log: log, configuration: Configuration(observedFrom: days, sources: GeneratedHistory.registry),
      checkpoints: checkpoints)
  }

  static func now(_ service: MemoryService) -> EventTime { EventTime(milliseconds: service.log.clock.now) }

  static func run(_ records: [GeneratedRecord], through service: MemoryService) throws {
    let third = records.count / 3 + 1
    for start in stride(from: 0, to: records.count, by: third) {
      try service.feed(records[start..<min(start + third, records.count)].map { $0.outgoing() })
      try service.runUntilCaughtUp()
      service.log.clock.advance(milliseconds: 17 * 3_600_000)
    }
    try service.runUntilCaughtUp()
  }

  static func expectEqualToReference(
    _ service: MemoryService, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let status = try service.status()
    #expect(status.accounts.map(\.topic) == InputTopic.allCases, sourceLocation: sourceLocation)
    for account in status.accounts {
      #expect(account.isConserved && account.isCaughtUp && account.waiting == 0, sourceLocation: sourceLocation)
    }
    let answer = try SlowReference.compare(
      service.log, names: service.names, configuration: service.configuration, verdicts: status)
    #expect(answer.isEqual, "\(answer.text)", sourceLocation: sourceLocation)
  }

  /// Each poisoned record was refused with the code and member meant, and nothing else was.
  static func expectIntendedRefusals(
    _ records: [GeneratedRecord], _ service: MemoryService, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for topic in InputTopic.allCases {
      let sent = records.filter { $0.topic == topic }
      var count = 0
      var expected: [String: String] = [:]
      for partition in 0..<Int32(6) {
        let batch = try service.log.committedRecords(in: TopicPartition(topic.name, partition))
        for (record, written) in zip(sent.filter { $0.partition == partition }, batch.records) {
          guard let code = record.expectedCode else { continue }
          expected["\(partition)@\(written.offset)"] = "\(code.name) \(record.expectedMember ?? "")"
        }
        count += batch.records.count
      }
      #expect(count == sent.count, sourceLocation: sourceLocation)
      let batch = try service.log.committedRecords(in: TopicPartition("\(topic.name).rejections", 0))
      var found: [String: String] = [:]
      for record in batch.records {
        func header(_ name: String) -> String { batch.header(name, of: record) ?? "" }
        let place = "\(header("partition"))@\(header("offset"))"
        #expect(found[place] == nil, "refused twice", sourceLocation: sourceLocation)
        #expect(record.value == nil && !header("reason").isEmpty && !header("action").isEmpty)
        found[place] = "\(header("code")) \(header("member"))"
      }
      #expect(found == expected, "\(topic.name)", sourceLocation: sourceLocation)
    }
  }

  /// Everything published of signals, in order.
  static func signals(_ service: MemoryService) throws -> [JSONValue] {
    let batch = try service.log.committedRecords(in: TopicPartition("hotspot-signals", 0))
    return try batch.records.map { try JSONValue(parsing: $0.value.map { batch.copy($0) } ?? []) }
  }

  /// The newest counts of each area.
  static func counts(_ service: MemoryService) throws -> [String: JSONValue] { try newest(service, "measures") }

  /// A member of the newest projection of each area.
  static func newest(_ service: MemoryService, _ member: String) throws -> [String: JSONValue] {
    var newest: [String: JSONValue] = [:]
    let batch = try service.log.committedRecords(in: TopicPartition("borough-projections", 0))
    for record in batch.records {
      guard let key = record.key, let value = record.value else { continue }
      newest[batch.text(key)] = try JSONValue(parsing: batch.copy(value))[member]
    }
    return newest
  }
}
