import Hotspots
import Incidents
import Pipeline
import PipelineTesting
import Testing
import Wire

/// Every file of `topics/incidents/rejected` and `examples`, each between two good neighbours.
@Suite struct RefusalTests {
  @Test func everyRejectedFileEarnsItsCodeAndHarmsNoNeighbour() throws {
    let poison = try PoisonRecord.load(directory: GeneratedHistory.rejectedFolder)
    let service = try SeededHistoryTests.service()
    var generator = IncidentGenerator(seed: 5, now: SeededHistoryTests.now(service))
    let neighbours = generator.generate(count: poison.count + 1)
    var records: [GeneratedRecord] = []
    for (neighbour, bad) in zip(neighbours, poison) {
      records.append(neighbour)
      records.append(
        GeneratedRecord(
          partition: neighbour.partition, key: bad.key, headers: bad.headers, value: bad.value,
          expectedCode: bad.code, expectedMember: bad.member, role: .poison, series: nil))
    }
    records.append(contentsOf: neighbours.dropFirst(poison.count))
    try service.feed(records.map { $0.outgoing() })
    try service.runUntilCaughtUp()
    try SeededHistoryTests.expectIntendedRefusals(records, service)
    let account = try #require(try service.status().accounts.first)
    #expect(account.rejected == Int64(poison.count))
    #expect(account.received == Int64(records.count))
    let earned = Set(account.codes.keys)
    // `badPeriod` is for hospital returns: no incident can earn it.
    #expect(earned == Set(RejectionCode.allCases).subtracting([.badPeriod]))
  }

  @Test func everyExampleIsAccepted() throws {
    let examples = try ExampleRecord.load(
      directory: SlowReference.root.appending(path: "topics/incidents/examples").path)
    let service = try MemoryService()
    try service.feed(
      examples.map {
        OutgoingRecord(
          topic: "incidents", partition: 0, key: $0.key, value: $0.value, headers: $0.headers)
      })
    try service.runUntilCaughtUp()
    let account = try #require(try service.status().accounts.first)
    #expect(account.received == Int64(examples.count))
    #expect(account.rejected == 0, "\(account.codes)")
    let answer = try SlowReference.compare(service.log, names: service.names, verdicts: service.status())
    #expect(answer.isEqual, "\(answer.text)")
  }

  /// Without a registry every source is accepted.
  @Test func withoutARegistryNoSourceIsUnknown() throws {
    let poison = try PoisonRecord.load(directory: GeneratedHistory.rejectedFolder).filter { $0.sources != nil }
    try #require(!poison.isEmpty)
    let service = try MemoryService()
    try service.feed(
      poison.map {
        OutgoingRecord(
          topic: "incidents", partition: 0, key: $0.key, value: $0.value, headers: $0.headers)
      })
    try service.runUntilCaughtUp()
    #expect(try service.status().accounts.first?.rejected == 0)
  }
}
