import Hotspots
import Incidents
import Pipeline
import PipelineTesting
import Testing
import Wire

/// Settings changed through the journal.
@Suite struct ReconfigurationTests {
  private static func record(_ reference: String, source: String) -> OutgoingRecord {
    let event = """
      {"specversion":"1.0","id":"1","source":"\(source)","type":"incident.recorded","data":{"reference":"\(reference)",\
      "revision":1,"occurredFrom":"2026-03-01T10:00:00Z","offenceCode":"34B","location":{"unknown":true}}}
      """
    return OutgoingRecord(topic: "incidents", partition: 0, value: Array(event.utf8))
  }

  private static func kent(_ name: String) -> Configuration {
    Configuration(sources: [RegisteredSource(name: name, force: Force(named: "Kent"), topics: [.incidents])])
  }

  @Test func aChangeIsHistoryAndHoldsFromItsFrameOn() throws {
    let service = try MemoryService()
    try service.feed([Self.record("A", source: "/police/kent")])
    try service.runUntilCaughtUp()
    let change = Reconfiguration(names: service.names, log: MemoryLogFactory(service.log))
    #expect(try change.apply(Self.kent("/police/kent"), at: SeededHistoryTests.now(service)))
    #expect(try !change.apply(Self.kent("/police/kent"), at: SeededHistoryTests.now(service)))

    // The running service takes it up: another source is refused, and the known one has a force.
    try service.runUntilCaughtUp()
    try service.feed([Self.record("B", source: "/police/kent"), Self.record("C", source: "/police/essex")])
    try service.runUntilCaughtUp()
    let counts = try SeededHistoryTests.counts(service)
    #expect(counts["unattributed"]?["robbery"]?["total"]?.integer == 1)
    #expect(counts["unattributed.E23000032"]?["robbery"]?["total"]?.integer == 1)
    #expect(try service.status().accounts.first?.codes == [.unknownSource: 1])

    // A restart and a verification meet it where it was.
    service.stop()
    try service.feed([Self.record("D", source: "/police/kent"), Self.record("E", source: "/police/essex")])
    try service.runUntilCaughtUp()
    #expect(try service.status().accounts.first?.codes == [.unknownSource: 2])
    let journal = TopicPartition("journal", 0)
    let extent = try Verification(journal, names: service.names, log: MemoryLogFactory(service.log)).run()
    #expect(extent.projections > 2)
  }

  /// Two that would found the same journal at once: there is one birth.
  @Test func thereIsOneBirth() throws {
    let log = MemoryLog()
    let service = try MemoryService(log: log)
    let again = try Founding(names: service.names, log: MemoryLogFactory(log)).establish(
      configuration: Configuration(), journal: String(repeating: "1", count: 32), at: SeededHistoryTests.now(service))
    #expect(again.isEmpty)
    #expect(try log.committedRecords(in: TopicPartition("journal", 0)).records.count == 1)
  }
}
