import Hotspots
import Incidents
import Pipeline
import PipelineTesting
import Testing
import Wire

/// Every file of `rejected` and `examples` of the inputs of tags and hospitals, and what is said of an event without a
/// broker.
@Suite struct InputContractTests {
  static func rejected(_ topic: InputTopic) throws -> [PoisonRecord] {
    try PoisonRecord.load(directory: SlowReference.root.appending(path: "topics/\(topic.name)/rejected").path)
  }

  static func examples(_ topic: InputTopic) throws -> [ExampleRecord] {
    try ExampleRecord.load(directory: SlowReference.root.appending(path: "topics/\(topic.name)/examples").path)
  }

  /// The sources of the files.
  static var registry: [RegisteredSource] {
    let kings = RegisteredSource(
      name: "/nhs/kings", force: Force(named: "Metropolitan Police"), topics: [.hospital],
      sites: ["RJZ01": AreaIndex(0), "RJ122": AreaIndex(1)])
    return [
      RegisteredSource(name: "/em/national", force: nil, topics: [.tagBreaches]), kings,
      RegisteredSource(name: "/police/test", force: nil, topics: [.incidents]),
    ]
  }

  static func outgoing(
    _ topic: InputTopic, key: [UInt8]?, value: [UInt8]?, headers: [RecordHeader]
  ) -> OutgoingRecord {
    OutgoingRecord(topic: topic.name, partition: 0, key: key, value: value, headers: headers)
  }

  /// What was refused of partition 0 of a topic: by offset the code and the member.
  static func refusals(_ topic: InputTopic, _ service: MemoryService) throws -> [Int64: String] {
    let batch = try service.log.committedRecords(in: TopicPartition(service.names.rejections(of: topic), 0))
    return batch.records.reduce(into: [:]) { found, record in
      func header(_ name: String) -> String { batch.header(name, of: record) ?? "" }
      guard header("partition") == "0", let offset = Int64(header("offset")) else { return }
      found[offset] = "\(header("code")) \(header("member"))"
    }
  }

  @Test(arguments: [InputTopic.tagBreaches, .hospital])
  func everyRejectedFileEarnsItsCodeAndHarmsNoNeighbour(topic: InputTopic) throws {
    let service = try MemoryService(configuration: Configuration(sources: Self.registry))
    let poison = try Self.rejected(topic)
    let neighbours = try Self.examples(topic)
    // Of one transaction, so that offsets follow one another.
    try service.feed(
      poison.enumerated().flatMap { index, bad in
        let good = neighbours[index % neighbours.count]
        return [
          Self.outgoing(topic, key: good.key, value: good.value, headers: good.headers),
          Self.outgoing(topic, key: bad.key, value: bad.value, headers: bad.headers),
        ]
      })
    try service.runUntilCaughtUp()
    let refusals = try Self.refusals(topic, service)
    #expect(refusals.count == poison.count)
    for (index, bad) in poison.enumerated() {
      #expect(refusals[Int64(index * 2 + 1)] == "\(bad.code.name) \(bad.member)", "\(bad.name)")
    }
    let account = try #require(try service.status().accounts.first { $0.topic == topic })
    #expect(account.received == Int64(poison.count * 2) && account.waiting == 0 && account.isConserved)
    // Each code that the contract can earn has its file.
    let never: Set<RejectionCode> =
      topic == .hospital
      ? [.badOffenceCode, .occurrenceTooLong, .timeReversed] : [.badOffenceCode, .occurrenceTooLong, .badPeriod]
    #expect(Set(poison.map(\.code)) == Set(RejectionCode.allCases).subtracting(never))
  }

  @Test(arguments: [InputTopic.tagBreaches, .hospital])
  func everyExampleIsAcceptedAndCountedAsTheReferenceDoes(topic: InputTopic) throws {
    let configuration = Configuration(sources: Self.registry)
    let service = try MemoryService(configuration: configuration)
    let examples = try Self.examples(topic)
    try service.feed(examples.map { Self.outgoing(topic, key: $0.key, value: $0.value, headers: $0.headers) })
    try service.runUntilCaughtUp()
    #expect(try Self.refusals(topic, service).isEmpty)
    let account = try #require(try service.status().accounts.first { $0.topic == topic })
    #expect(account.received == Int64(examples.count) && account.rejected == 0 && account.isConserved)
    let answer = try SlowReference.compare(
      service.log, names: service.names, configuration: service.configuration, verdicts: service.status())
    #expect(answer.isEqual, "\(answer.text)")
  }

  @Test(arguments: InputTopic.allCases) func theValidatorSaysOfTheFilesWhatIngestDoes(topic: InputTopic) throws {
    let at = EventTime(milliseconds: MemoryClock().now)
    for bad in try Self.rejected(topic) {
      // Binary mode has its attributes elsewhere; a tombstone is no event.
      guard let value = bad.value, !bad.headers.contains(where: { $0.name.hasPrefix("ce_") }) else { continue }
      let sources = bad.sources.map(Set.init)
      var validator = sources.map { sources in EventValidator { _ in sources } } ?? EventValidator()
      let rejection = validator.check(value, as: topic, at: at)
      #expect(rejection?.code == bad.code && rejection?.member == bad.member, "\(bad.name)")
    }
    for good in try Self.examples(topic) where !good.headers.contains(where: { $0.name.hasPrefix("ce_") }) {
      var validator = EventValidator()
      #expect(validator.topic(of: good.value) == topic)
      #expect(validator.check(good.value, at: at) == nil, "\(good.name)")
    }
  }

  /// Ten thousand events damaged at random: said to be what ingest makes of them.
  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func theValidatorAndIngestAgree(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let seeds = try InputTopic.allCases.map { topic in
      (topic, try Self.examples(topic).filter { !$0.headers.contains { $0.name.hasPrefix("ce_") } }.map(\.value))
    }
    let service = try MemoryService()
    var validator = EventValidator()
    let at = EventTime(milliseconds: service.log.clock.now)
    var said: [InputTopic: [Rejection?]] = [:]
    var records: [OutgoingRecord] = []
    for _ in 0..<2_500 {
      let (topic, events) = seeds[random.below(seeds.count)]
      var event = events[random.below(events.count)]
      for _ in 0...random.below(3) { Self.damage(&event, &random) }
      let headers = [RecordHeader("content-type", "application/cloudevents+json")]
      records.append(Self.outgoing(topic, key: nil, value: event, headers: headers))
      said[topic, default: []].append(validator.check(event, as: topic, at: at))
    }
    try service.feed(records)
    try service.runUntilCaughtUp()
    #expect(service.log.clock.now == at.milliseconds)
    var codes: Set<RejectionCode> = []
    for (topic, answers) in said {
      let refusals = try Self.refusals(topic, service)
      for (offset, answer) in answers.enumerated() {
        #expect(refusals[Int64(offset)] == answer.map { "\($0.code.name) \($0.member)" }, "seed \(seed)")
        if let answer { codes.insert(answer.code) }
      }
      #expect(answers.contains { $0 == nil } && refusals.count < answers.count)
    }
    // Damage that only ever broke the syntax would prove little.
    #expect(codes.count > 10, "seed \(seed): \(codes)")
  }

  /// A digit or a letter becomes another, mostly; else a byte, or a piece is lost.
  private static func damage(_ event: inout [UInt8], _ random: inout SeededGenerator) {
    guard !event.isEmpty else { return }
    let place = random.below(event.count)
    switch random.below(10) {
    case 0: event[place] = UInt8(random.below(256))
    case 1: event.removeSubrange(place..<min(event.count, place + 1 + random.below(20)))
    default:
      guard let place = event[place...].firstIndex(where: { $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 }) else {
        return
      }
      event[place] = event[place] &- 0x30 < 10 ? 0x30 + UInt8(random.below(10)) : 0x61 + UInt8(random.below(26))
    }
  }
}
