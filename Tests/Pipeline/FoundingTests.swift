import Pipeline
import PipelineTesting
import Testing
import Wire

/// The birth of a journal when something was there before.
@Suite struct FoundingTests {
  /// A log with the topics and one record in the journal, in a transaction of this id that is still open.
  private static func log(founder: String) throws -> (MemoryLog, any LogProducer) {
    let log = MemoryLog()
    let factory = MemoryLogFactory(log)
    let names = Names(prefix: "")
    let administration = try factory.makeAdministration()
    try administration.create(TopicPlan(names: names, administration: administration).missing)
    let producer = try factory.makeProducer(transactionalID: founder)
    try producer.initialise()
    try producer.begin()
    try producer.produce(OutgoingRecord(topic: names(.journal), partition: 0, value: Array("{}\n".utf8)))
    _ = try producer.flush()
    return (log, producer)
  }

  private static func expectFounded(_ log: MemoryLog) throws {
    let service = try MemoryService(log: log)
    try service.runUntilCaughtUp()
    #expect(try service.status().accounts.first?.isConserved == true)
    #expect(try log.committedRecords(in: TopicPartition("journal", 0)).records.count == 1)
  }

  @Test func aFoundingThatWasAbortedIsBegunAnew() throws {
    let (log, producer) = try Self.log(founder: "control")
    try producer.abort()
    try Self.expectFounded(log)
  }

  /// Killed before its commit, with the transaction still open.
  @Test func aFounderThatDiedIsFencedByTheNext() throws {
    let (log, _) = try Self.log(founder: "control")
    try Self.expectFounded(log)
  }

  @Test func aJournalOfUnknownOriginIsLeftAlone() throws {
    let (log, producer) = try Self.log(founder: "somebody")
    try producer.commit()
    #expect(throws: StopReason.self) { try MemoryService(log: log) }
    #expect(try log.committedRecords(in: TopicPartition("journal", 0)).records.count == 1)
  }

  @Test func whatIsFoundedIsFoundedOnce() throws {
    let log = MemoryLog()
    _ = try MemoryService(log: log)
    let before = try Self.sizes(log)
    log.clock.advance(milliseconds: 7_200_000)
    _ = try MemoryService(log: log, instance: "b")
    #expect(try Self.sizes(log) == before)
  }

  private static func sizes(_ log: MemoryLog) throws -> [Int] {
    try ["journal", "progress"].map { try log.committedRecords(in: TopicPartition($0, 0)).records.count }
  }
}
