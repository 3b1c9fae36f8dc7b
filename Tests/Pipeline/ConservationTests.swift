import Incidents
import Pipeline
import PipelineTesting
import Testing
import Wire

/// What `status` makes of numbers that do not add up.
@Suite struct ConservationTests {
  /// A record that ingest has counted as journaled and that the fold, caught up, has never seen is a loss; one verdict
  /// too many is a fault at any time.
  @Test(arguments: [(Int64(0), true), (1, false), (-1, false)])
  func aLossShowsOnceTheFoldIsCaughtUp(accepted: Int64, isConserved: Bool) throws {
    let service = try MemoryService()
    var generator = IncidentGenerator(seed: 1, now: SeededHistoryTests.now(service))
    try service.feed(generator.generate(count: 50).map { $0.outgoing() })
    try service.runUntilCaughtUp()
    service.stop()
    service.log.expire(group: "ingest", instance: "a")

    let factory = MemoryLogFactory(service.log)
    let partition = TopicPartition("incidents", 0)
    let committed = try factory.makeAdministration().committed(group: "ingest", [partition])
    var totals = try #require(committed[partition].flatMap(IngestTotals.init))
    totals.received += accepted
    totals.accepted += accepted
    let producer = try factory.makeProducer(transactionalID: "forger")
    try producer.initialise()
    try producer.begin()
    try producer.sendOffsets(
      [partition: CommittedOffset(offset: totals.offset, metadata: totals.metadata)],
      of: .administrator(group: "ingest"))
    try producer.commit()

    let account = try #require(try service.status().accounts.first)
    #expect(account.isCaughtUp)
    #expect(account.waiting == accepted)
    #expect(account.isConserved == isConserved)
  }

  /// What the fold has not read yet is waiting, not lost.
  @Test func whatWaitsIsNotLost() throws {
    let service = try MemoryService()
    try service.runUntilCaughtUp()
    var generator = IncidentGenerator(seed: 1, now: SeededHistoryTests.now(service))
    try service.feed(generator.generate(count: 50).map { $0.outgoing() })
    let ingest = try Ingest(
      log: MemoryLogFactory(service.log), names: service.names, instance: "a", clock: HandClock(log: service.log))
    service.crash()
    for _ in 0..<20 { try ingest.step(waiting: .zero) }
    let account = try #require(try service.status().accounts.first)
    #expect(account.waiting > 0)
    #expect(!account.isCaughtUp)
    #expect(account.isConserved)
  }
}

/// The log's hand-moved clock as the outside world's, so many milliseconds off.
struct HandClock: WallClock {
  let log: MemoryLog
  var offset: Int64 = 0

  func now() -> EventTime { EventTime(milliseconds: log.clock.now + offset) }
}
