import Pipeline
import PipelineTesting
import Testing
import Wire

/// Whoever takes the journal over proves first that it agrees with what was committed.
@Suite struct TakeOverTests {
  /// What the next owner of the journal says when this is done to the committed offset and its metadata.
  private static func answer(
    _ forge: (inout CommittedOffset, inout FoldMark) -> Void
  ) throws -> (failure: RoleError?, published: Bool) {
    let service = try MemoryService()
    var generator = IncidentGenerator(seed: 3, now: SeededHistoryTests.now(service))
    try service.feed(generator.generate(count: 50).map { $0.outgoing() })
    try service.runUntilCaughtUp()
    service.stop()
    service.log.expire(group: "fold", instance: "a")

    let factory = MemoryLogFactory(service.log)
    let partition = TopicPartition("journal", 0)
    var committed = try #require(
      try factory.makeAdministration().committed(group: "fold", [partition])[partition])
    var mark = try #require(FoldMark(metadata: committed.metadata))
    forge(&committed, &mark)
    if committed.metadata != "" { committed.metadata = mark.metadata }
    let producer = try factory.makeProducer(transactionalID: "forger")
    try producer.initialise()
    try producer.begin()
    try producer.sendOffsets([partition: committed], of: .administrator(group: "fold"))
    try producer.commit()

    // An hour later there is something to publish.
    service.log.clock.advance(milliseconds: 3_600_000)
    let projections = TopicPartition("borough-projections", 0)
    let before = try service.log.committedRecords(in: projections).records.count
    var failure: RoleError?
    do {
      try service.runUntilCaughtUp()
    } catch let error as RoleError {
      failure = error
    }
    return (failure, try service.log.committedRecords(in: projections).records.count > before)
  }

  private static func isDivergence(_ error: RoleError?) -> Bool {
    if case .stop(let reason)? = error { reason.kind == .divergence } else { false }
  }

  @Test func whatAgreesGoesOn() throws {
    let (failure, published) = try Self.answer { _, _ in }
    #expect(failure == nil)
    #expect(published)
  }

  @Test(arguments: ["counts", "digest", "frame", "release", "offset past the end", "foreign metadata"])
  func whatDiffersIsAStop(_ part: String) throws {
    let (failure, published) = try Self.answer { committed, mark in
      switch part {
      case "counts": mark.counts &+= 1
      case "digest": mark.digest = .zero
      case "frame": mark.frame += 1
      case "release": mark.release += 1
      case "offset past the end": committed.offset += 1_000
      default: committed.metadata = ""
      }
    }
    #expect(Self.isDivergence(failure))
    #expect(!published)
  }
}
