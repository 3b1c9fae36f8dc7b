import Pipeline
import PipelineTesting
import Testing
import Wire

/// Two producers, each with one transaction of four steps over two partitions and a group's offsets, in every order of
/// their steps and with every pair of ends: 630 worlds, each judged after each step against a plain list.
@Suite struct MemoryLogInterleavingTests {
  enum End: CaseIterable, Sendable {
    case commit, abort
    /// A successor initialises under the same transactional id.
    case fence
  }

  @Test(arguments: End.allCases, End.allCases)
  func nothingUndecidedOrAbortedIsSeen(_ first: End, _ second: End) throws {
    var worlds = 0
    for order in orders(4, 4) {
      var world = try World(ends: [first, second])
      for producer in order { try world.step(producer) }
      try world.judgeEnd()
      worlds += 1
    }
    #expect(worlds == 70)
  }

  /// All orders of `a` steps of producer 0 and `b` of producer 1.
  private func orders(_ a: Int, _ b: Int) -> [[Int]] {
    if a == 0 { return [Array(repeating: 1, count: b)] }
    if b == 0 { return [Array(repeating: 0, count: a)] }
    return orders(a - 1, b).map { [0] + $0 } + orders(a, b - 1).map { [1] + $0 }
  }
}

private struct World {
  private enum Fate { case undecided, committed, aborted }
  /// An offset of a partition as the plain list has it.
  private enum Place {
    case record(producer: Int, value: UInt8)
    case marker
  }

  private let topic = "output"
  private let ends: [MemoryLogInterleavingTests.End]
  private var state = MemoryLogState()
  private var producers: [MemoryProducerIdentity]
  private var taken = [0, 0]
  private var fates = [Fate.undecided, .undecided]
  private var places: [[Place]] = [[], []]
  /// Who sent offsets, in order.
  private var senders: [Int] = []
  /// Readers that go on from step to step.
  private var positions: [Int64] = [0, 0]
  private var seen: [[UInt8]] = [[], []]

  init(ends: [MemoryLogInterleavingTests.End]) throws {
    self.ends = ends
    try state.create([TopicDescription(name: topic, partitions: 2, replicas: 1, settings: [:])])
    producers = []
    for name in ["p", "q"] { producers.append(state.initialiseProducer(name)) }
  }

  mutating func step(_ producer: Int) throws {
    // The second producer writes its partitions in the other order.
    switch taken[producer] {
    case 0: try append(producer, to: producer)
    case 1: try append(producer, to: 1 - producer)
    case 2:
      try state.sendOffsets([tracked: offset(of: producer)], of: .administrator(group: "g"), by: producers[producer])
      senders.append(producer)
    default: try end(producer)
    }
    taken[producer] += 1
    try judge()
  }

  private var tracked: TopicPartition { TopicPartition(topic, 0) }

  private func offset(of producer: Int) -> CommittedOffset {
    CommittedOffset(offset: Int64(producer) + 10, metadata: "by \(producer)")
  }

  private mutating func append(_ producer: Int, to partition: Int) throws {
    let value = UInt8(producer * 10 + partition)
    let record = OutgoingRecord(topic: topic, partition: Int32(partition), value: [value])
    let delivery = try state.append(record, by: producers[producer], now: 7)
    #expect(delivery.offset == Int64(places[partition].count))
    places[partition].append(.record(producer: producer, value: value))
  }

  private mutating func end(_ producer: Int) throws {
    let old = producers[producer]
    switch ends[producer] {
    case .commit: try state.endTransaction(of: old, committing: true)
    case .abort: try state.endTransaction(of: old, committing: false)
    case .fence:
      producers[producer] = state.initialiseProducer(old.transactionalID)
      #expect(throws: LogError.self) { try state.endTransaction(of: old, committing: true) }
    }
    fates[producer] = ends[producer] == .commit ? .committed : .aborted
    for partition in 0..<2 { places[partition].append(.marker) }
  }

  private func isUndecided(_ place: Place) -> Bool {
    if case .record(let producer, _) = place { return fates[producer] == .undecided }
    return false
  }

  private func committedValue(_ place: Place) -> UInt8? {
    if case .record(let producer, let value) = place, fates[producer] == .committed { return value }
    return nil
  }

  private mutating func judge() throws {
    for index in 0..<2 {
      let partition = TopicPartition(topic, Int32(index))
      let stable = places[index].prefix { !isUndecided($0) }
      #expect(try state.bounds(of: partition) == OffsetBounds(first: 0, next: Int64(stable.count)))
      var fresh: Int64 = 0
      #expect(try values(partition, from: &fresh) == stable.compactMap(committedValue))
      #expect(fresh == Int64(stable.count))
      seen[index] += try values(partition, from: &positions[index])
      #expect(seen[index] == stable.compactMap(committedValue))
    }
    if senders.contains(where: { fates[$0] == .undecided }) {
      #expect(throws: LogError(.other, .retry, reason: "unstable offset", partition: tracked)) {
        try state.committed(group: "g", [tracked])
      }
    } else {
      let standing = senders.last { fates[$0] == .committed }.map { [tracked: offset(of: $0)] }
      #expect(try state.committed(group: "g", [tracked]) == standing ?? [:])
    }
  }

  /// One record a read, so that every position is stopped at.
  private func values(_ partition: TopicPartition, from position: inout Int64) throws -> [UInt8] {
    var batch = RecordBatch()
    var before: Int64
    repeat {
      before = position
      var budget = PollLimit(records: 1, bytes: 1 << 20)
      try state.read(partition, from: &position, into: &batch, budget: &budget)
    } while position != before
    return batch.records.flatMap { $0.value.map(batch.copy) ?? [] }
  }

  func judgeEnd() throws {
    #expect(state.openTransactions.isEmpty)
    for index in 0..<2 {
      #expect(try state.bounds(of: TopicPartition(topic, Int32(index))).next == 4)
      #expect(seen[index].count == ends.filter { $0 == .commit }.count)
    }
  }
}
