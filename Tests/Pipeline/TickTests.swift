import Incidents
import Pipeline
import PipelineTesting
import Testing
import Wire

/// The journal's clock: one empty frame an hour, written by whoever owns the first partition of `incidents`.
@Suite struct TickTests {
  private static let hour: Int64 = 3_600_000

  private static func kinds(_ service: MemoryService) throws -> [String] {
    let batch = try service.log.committedRecords(in: TopicPartition("journal", 0))
    return batch.records.map { batch.header("kind", of: $0) ?? "none" }
  }

  private static func ingest(
    _ service: MemoryService, _ instance: String, clockOffset: Int64 = 0
  ) throws -> Ingest {
    let factory = MemoryLogFactory(service.log)
    return try Ingest(
      log: factory, names: service.names, instance: instance, clock: HandClock(log: service.log, offset: clockOffset))
  }

  @Test func eachHourHasOneTickAndAPauseOnlyOne() throws {
    let service = try MemoryService()
    try service.runUntilCaughtUp()
    #expect(try Self.kinds(service) == ["birth"])
    for _ in 0..<3 {
      service.log.clock.advance(milliseconds: Self.hour / 2)
      try service.step(times: 4)
    }
    // Born at noon: at 12:30, 13:00 and 13:30 there was one new hour.
    #expect(try Self.kinds(service) == ["birth", "tick"])
    service.stop()
    service.log.clock.advance(milliseconds: 30 * Self.hour)
    try service.runUntilCaughtUp()
    service.crash()
    try service.runUntilCaughtUp()
    #expect(try Self.kinds(service) == ["birth", "tick", "tick"])
    // Born at noon on 1 March; the last tick says when it was written.
    #expect(try service.status().now.map(RFC3339.text) == "2026-03-02T19:30:00.000Z")
  }

  @Test func onlyTheOwnerOfTheFirstPartitionTicks() throws {
    let service = try MemoryService()
    let members = try ["a", "b", "c", "d", "e", "f"].map { try Self.ingest(service, $0) }
    for _ in 0..<40 { for member in members { try member.step(waiting: .zero) } }
    // Six members, so that each has one of the six partitions.
    let owners = members.filter { $0.owned?.contains(TopicPartition("incidents", 0)) == true }
    let others = members.filter { $0.owned?.contains(TopicPartition("incidents", 0)) == false }
    #expect(owners.count == 1 && others.count == 5)
    service.log.clock.advance(milliseconds: Self.hour)
    for member in others { for _ in 0..<5 { try member.step(waiting: .zero) } }
    #expect(try Self.kinds(service) == ["birth"])
    for member in owners { for _ in 0..<5 { try member.step(waiting: .zero) } }
    #expect(try Self.kinds(service) == ["birth", "tick"])
  }

  /// A clock that lies further from the log's than five seconds writes nothing.
  @Test(arguments: [(Int64(5_000), true), (-5_000, true), (5_001, false), (-5_001, false)])
  func aClockThatIsOffStopsIngest(offset: Int64, isTaken: Bool) throws {
    let service = try MemoryService()
    service.log.clock.advance(milliseconds: 2 * Self.hour + Self.hour / 2)
    let ingest = try Self.ingest(service, "a", clockOffset: offset)
    func work() throws { for _ in 0..<20 { try ingest.step(waiting: .zero) } }
    if isTaken {
      try work()
    } else {
      #expect(throws: RoleError.self) { try work() }
    }
    #expect(try Self.kinds(service) == (isTaken ? ["birth", "tick"] : ["birth"]))
  }
}
