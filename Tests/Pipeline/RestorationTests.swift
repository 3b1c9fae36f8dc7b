import Hotspots
import Incidents
import PipelineTesting
import Testing
import Wire

@testable import Pipeline

/// A journal folded by one fold that lives on and by others that were laid down and taken up again at random places of it,
/// through the bytes that a store keeps: all publish the same bytes from there on.
@Suite struct RestorationTests {
  @Test(arguments: [UInt64(51), 52])
  func theSameBytesAfterwards(seed: UInt64) throws {
    let service = try SeededHistoryTests.service()
    var random = SeededGenerator(seed: seed)
    var rest = try GeneratedHistory(seed: seed, count: 5_000, now: SeededHistoryTests.now(service)).records[...]
    while !rest.isEmpty {
      let share = rest.prefix(1 + random.below(300))
      rest = rest.dropFirst(share.count)
      try service.feed(share.map { $0.outgoing() })
      try service.step(times: random.below(6))
      service.log.clock.advance(milliseconds: Int64(random.below(9 * 3_600_000)))
    }
    try service.runUntilCaughtUp()
    service.log.clock.advance(milliseconds: 100 * 3_600_000)
    try service.runUntilCaughtUp()

    let partition = TopicPartition(service.names(.journal), 0)
    let journal = try service.log.committedRecords(in: partition)
    let store = MemoryCheckpoints()
    let checkpointer = Checkpointer(
      store: store, journal: "", interval: .zero, elapsed: { .zero }, perform: { $0() }, notice: { _ in })
    #expect(checkpointer.restore(partition, upTo: 0) == nil)
    var folds = [Self.liveFold(partition, from: nil)]
    var (restored, signals) = (0, 0)
    for record in journal.records {
      for index in folds.indices { try folds[index].apply(record, of: journal) }
      guard random.chance(5_000) else { continue }
      var published: [[UInt8]] = []
      for index in folds.indices {
        let records = folds[index].takeRecords(names: service.names)
        if index == 0 {
          published = records.map(\.value).map { $0 ?? [] }
          signals += records.count { $0.topic == service.names(.hotspotSignals) } * (folds.count - 1)
        } else {
          try #require(records.map(\.value) == published, "offset \(record.offset), fold \(index)")
        }
      }
      guard random.chance(5_000) else { continue }
      let committed = folds[0].committed
      folds[0].wasCommitted(committed, checkpointer: checkpointer)
      let checkpoint = try #require(checkpointer.restore(partition, upTo: committed.offset))
      #expect(checkpoint.offset == committed.offset)
      folds.append(Self.liveFold(partition, from: checkpoint))
      restored += 1
      // So many in step are enough.
      if folds.count > 5 { folds.remove(at: 1 + random.below(folds.count - 1)) }
    }
    #expect(restored > 3 && signals > 3, "\(restored) restored, \(signals) signals")
  }

  /// Live from where it stands: what it publishes is asked for.
  private static func liveFold(_ partition: TopicPartition, from checkpoint: RestoredFold?) -> PartitionFold {
    var fold = PartitionFold(
      partition,
      committed: CommittedOffset(
        offset: checkpoint?.offset ?? 0, metadata: (checkpoint?.mark ?? .start(.current)).metadata),
      release: .current, from: checkpoint)
    try? fold.reachedEnd(checkpoint?.offset ?? 0)
    return fold
  }
}
