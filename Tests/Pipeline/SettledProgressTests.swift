import Hotspots
import Incidents
import PipelineTesting
import Testing
import Wire

@testable import Pipeline

/// What a control writer reads and what it leaves, while somebody else's transaction hides the end of `progress`.
@Suite struct SettledProgressTests {
  private let service: MemoryService
  private let names: Names
  private let somebody: any LogProducer

  init() throws {
    service = try MemoryService()
    names = service.names
    somebody = try MemoryLogFactory(service.log).makeProducer(transactionalID: "somebody")
    try somebody.initialise()
  }

  /// The log, on which open transactions end when it was asked in vain ten times.
  private var held: TamperedLog {
    let (log, asked) = (service.log, Notices())
    let tally: @Sendable () -> Void = {
      asked.add("in vain")
      if asked.all.count == 10 { log.expireTransactions() }
    }
    return TamperedLog(log: MemoryLogFactory(log), change: { _, _, value in value }, idle: tally)
  }

  private func hide() throws {
    try somebody.begin()
    try somebody.produce(
      OutgoingRecord(topic: names(.progress), partition: 0, key: Array("hidden".utf8), value: Array("{}".utf8)))
    _ = try somebody.flush()
  }

  /// The journal's birth with another registry.
  private func changed() throws -> Birth {
    var birth = try Founding(names: names, log: MemoryLogFactory(service.log)).knownBirth()
    birth.configuration.sources = [RegisteredSource(name: "/police/new", force: nil, topics: [.incidents])]
    return birth
  }

  /// It has committed its change, and nobody can read that yet.
  private func commit(_ birth: Birth) throws {
    let writer = try MemoryLogFactory(service.log).makeProducer(transactionalID: "control")
    try writer.initialise()
    try writer.begin()
    try writer.produce(birth.progress(names: names))
    _ = try writer.flush()
    try writer.commit()
  }

  @Test func theChangeOfTheWriterBeforeIsSeen() throws {
    let birth = try changed()
    try hide()
    try commit(birth)
    #expect(try ProgressReader(names: names, log: MemoryLogFactory(service.log)).read()["journal"] != birth.json)
    let isChanged = try Reconfiguration(names: names, log: held)
      .apply(birth.configuration, at: EventTime(milliseconds: service.log.clock.now))
    #expect(!isChanged)
  }

  @Test func whoComesNextSeesWhatWasWritten() throws {
    let birth = try changed()
    let writer = try ControlWriter(names: names, log: held)
    try hide()
    try writer.write([birth.progress(names: names)])
    #expect(try ProgressReader(names: names, log: MemoryLogFactory(service.log)).read()["journal"] == birth.json)
  }

  @Test func aTransactionThatNeverEndsIsNotWaitedForForEver() throws {
    try hide()
    #expect(throws: LogError.self) { try ControlWriter(names: names, log: MemoryLogFactory(service.log)) }
  }
}
