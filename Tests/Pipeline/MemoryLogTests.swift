import Pipeline
import PipelineTesting
import Testing
import Wire

/// What only the log in memory can do: crashes, hangs, expiries, lost answers, cut logs, a clock moved by hand.
@Suite struct MemoryLogTests {
  private let log = MemoryLog()
  private let place = TopicPartition("t", 0)
  private var factory: MemoryLogFactory { MemoryLogFactory(log) }

  init() throws {
    try factory.makeAdministration().create([
      TopicDescription(name: "t", partitions: 2, replicas: 1, settings: ["message.timestamp.type": "LogAppendTime"])
    ])
  }

  private func producer(_ name: String = "p") throws -> any LogProducer {
    let producer = try factory.makeProducer(transactionalID: name)
    try producer.initialise()
    return producer
  }

  private func record(_ value: UInt8) -> OutgoingRecord { OutgoingRecord(topic: "t", partition: 0, value: [value]) }

  private func values() throws -> [UInt8] {
    let batch = try log.committedRecords(in: place)
    return batch.records.flatMap { $0.value.map(batch.copy) ?? [] }
  }

  private func poll(_ consumer: any LogConsumer) throws -> LogSignal? {
    var batch = RecordBatch()
    return try consumer.poll(into: &batch, limit: PollLimit(records: 10, bytes: 1_000), waiting: .zero)
  }

  // MARK: Crashes

  @Test func aDroppedTransactionStaysOpenUntilItExpires() throws {
    var crashed: (any LogProducer)? = try producer("crashed")
    try crashed?.begin()
    try crashed?.produce(record(1))
    crashed = nil
    let other = try producer("other")
    try other.begin()
    try other.produce(record(2))
    try other.commit()
    #expect(try values() == [])
    #expect(log.state.openTransactions == ["crashed"])
    log.expireTransactions(of: "someone")
    #expect(try values() == [])
    log.expireTransactions()
    #expect(try values() == [2])
  }

  @Test func anExpiredTransactionFencesItsProducer() throws {
    let producer = try producer()
    try producer.begin()
    try producer.produce(record(1))
    log.expireTransactions(of: "p")
    for _ in 0..<2 {
      let error = #expect(throws: LogError.self) { try producer.produce(record(2)) }
      #expect(error?.code == .producerFenced)
      #expect(error?.remedy == .restart)
    }
    let error = #expect(throws: LogError.self) { try producer.abort() }
    #expect(error?.code == .producerFenced)
  }

  // MARK: Faults

  @Test(arguments: [LogError.Remedy.retry, .restart])
  func aCommitWhoseAnswerIsLostHasHappened(_ remedy: LogError.Remedy) throws {
    let producer = try producer()
    try producer.begin()
    try producer.produce(record(1))
    let lost = LogError(.unreachable, remedy, reason: "no answer")
    log.failNext(.commit, by: "p", with: lost, moment: .after)
    #expect(throws: lost) { try producer.commit() }
    #expect(try values() == [1])
    switch remedy {
    case .retry:
      // Only the same call may follow: an abort now would promise what cannot be kept.
      #expect(throws: LogError.self) { try producer.abort() }
      try producer.commit()
      try producer.begin()
    default: #expect(throws: lost) { try producer.begin() }
    }
    #expect(try values() == [1])
  }

  @Test func aCommitThatFailedBeforeItHappenedIsMadeAgain() throws {
    let producer = try producer()
    try producer.begin()
    try producer.produce(record(1))
    let failure = LogError(.unreachable, .retry, reason: "no answer")
    log.failNext(.commit, with: failure)
    #expect(throws: failure) { try producer.commit() }
    #expect(try values() == [])
    try producer.commit()
    #expect(try values() == [1])
  }

  @Test(arguments: [LogCall.produce, .flush, .sendOffsets, .commit])
  func afterAFailureThatAsksForItOnlyAnAbortFollows(_ call: LogCall) throws {
    let producer = try producer()
    func make(_ call: LogCall) throws {
      switch call {
      case .produce: try producer.produce(record(1))
      case .flush: _ = try producer.flush()
      case .sendOffsets:
        try producer.sendOffsets([place: CommittedOffset(offset: 1, metadata: "")], of: .administrator(group: "g"))
      default: try producer.commit()
      }
    }
    try producer.begin()
    try producer.produce(record(0))
    let failure = LogError(.other, .abort, reason: "abort it")
    log.failNext(call, with: failure)
    for next in [call, .produce, .flush, .sendOffsets, .commit] {
      #expect(throws: failure, "\(next)") { try make(next) }
    }
    try producer.abort()
    try producer.begin()
    for next in [LogCall.produce, .flush, .sendOffsets, .commit] { try make(next) }
    #expect(try values() == [1])
  }

  @Test func faultsHitTheNamedHandleInOrderAndOnce() throws {
    let (p, q) = (try producer("p"), try producer("q"))
    let first = LogError(.other, .retry, reason: "first")
    let second = LogError(.other, .retry, reason: "second")
    log.failNext(.begin, by: "q", with: first)
    log.failNext(.begin, with: second)
    #expect(throws: second) { try p.begin() }
    try p.begin()
    #expect(throws: first) { try q.begin() }
    try q.begin()
    let reader = try factory.makeReader()
    log.failNext(.poll, by: "", with: first)
    #expect(throws: first) { try poll(reader) }
    #expect(try poll(reader) == nil)
  }

  // MARK: Members

  @Test func aFrozenMemberHoldsUpTheRebalanceUntilItExpires() throws {
    let a = try factory.makeConsumer(group: "g", instance: "a", topics: ["t"])
    let both = [TopicPartition("t", 0), TopicPartition("t", 1)]
    #expect(try poll(a) == .assigned(both))
    try a.assign([both[0]: 0, both[1]: 0])
    let stale = try a.membership()
    log.freeze(group: "g", instance: "a")
    let b = try factory.makeConsumer(group: "g", instance: "b", topics: ["t"])
    for _ in 0..<3 {
      #expect(try poll(a) == nil)
      #expect(try poll(b) == nil)
    }
    // Nobody else owns anything yet: what the frozen member sends is still its own to send.
    let producer = try producer()
    try producer.begin()
    try producer.sendOffsets([both[0]: CommittedOffset(offset: 1, metadata: "a")], of: stale)
    log.expire(group: "g", instance: "a")
    #expect(try poll(b) == .assigned(both))
    // Sent before it lost the partition and not yet decided: the successor has to wait for the outcome.
    let unstable = LogError(.other, .retry, reason: "unstable offset", partition: both[0])
    #expect(throws: unstable) { try b.committed(both) }
    try producer.commit()
    #expect(try b.committed(both) == [both[0]: CommittedOffset(offset: 1, metadata: "a")])
    try producer.begin()
    let error = #expect(throws: LogError.self) {
      try producer.sendOffsets([both[0]: CommittedOffset(offset: 2, metadata: "a")], of: stale)
    }
    #expect(error?.code == .memberFenced)
    #expect(error?.remedy == .abort)
    log.thaw(group: "g", instance: "a")
    #expect(try poll(a) == .revoked(both, lost: true))
    #expect(try poll(a) == nil)
    try a.unassign()
    #expect(try poll(b) == .revoked(both, lost: false))
    #expect(try poll(b) == nil)
    try b.unassign()
    #expect(try poll(a) == .assigned([both[0]]))
    #expect(try poll(b) == .assigned([both[1]]))
  }

  @Test func whoStoppedReadingHearsOfItsLossAllTheSame() throws {
    let a = try factory.makeConsumer(group: "g", instance: "a", topics: ["t"])
    let both = [TopicPartition("t", 0), TopicPartition("t", 1)]
    #expect(try poll(a) == .assigned(both))
    log.expire(group: "g", instance: "a")
    try a.unassign()
    #expect(try poll(a) == .revoked(both, lost: true))
    try a.unassign()
    #expect(try poll(a) == .assigned(both))
  }

  @Test func aClosedStaticMemberKeepsItsPartitionsUntilItExpires() throws {
    let a = try factory.makeConsumer(group: "g", instance: "a", topics: ["t"])
    _ = try poll(a)
    a.close(leaving: false)
    let both = [TopicPartition("t", 0), TopicPartition("t", 1)]
    #expect(log.state.assignments(of: "g") == ["a": both])
    let generation = log.state.generation(of: "g")
    let again = try factory.makeConsumer(group: "g", instance: "a", topics: ["t"])
    #expect(try poll(again) == .assigned(both))
    #expect(log.state.generation(of: "g") == generation)
    again.close(leaving: false)
    log.expire(group: "g", instance: "a")
    #expect(log.state.assignments(of: "g") == [:])
  }

  @Test func aMemberThatRestartsInARebalanceJoinsIt() throws {
    let a = try factory.makeConsumer(group: "g", instance: "a", topics: ["t"])
    _ = try poll(a)
    let b = try factory.makeConsumer(group: "g", instance: "b", topics: ["t"])
    #expect(try poll(b) == nil)
    let again = try factory.makeConsumer(group: "g", instance: "a", topics: ["t"])
    #expect(try poll(b) == .assigned([TopicPartition("t", 1)]))
    #expect(try poll(again) == .assigned([TopicPartition("t", 0)]))
  }

  @Test func whatWasGivenBackIsNotLostAgainAndNotToBeAssigned() throws {
    let a = try factory.makeConsumer(group: "g", instance: "a", topics: ["t"])
    let both = [TopicPartition("t", 0), TopicPartition("t", 1)]
    #expect(try poll(a) == .assigned(both))
    try a.assign([both[0]: 0])
    let b = try factory.makeConsumer(group: "g", instance: "b", topics: ["t"])
    #expect(try poll(a) == .revoked(both, lost: false))
    #expect(throws: LogError.self) { try a.assign([both[0]: 0]) }
    try a.unassign()
    let error = #expect(throws: LogError.self) { try a.assign([both[0]: 0]) }
    #expect(error?.code == .invalidState)
    log.expire(group: "g", instance: "a")
    // It joins again by itself, with nothing to give back; the other has not heard of its first assignment.
    #expect(try poll(a) == .assigned([both[0]]))
    #expect(try poll(b) == .assigned([both[1]]))
  }

  @Test func ranges() throws {
    try factory.makeAdministration().create([
      TopicDescription(name: "five", partitions: 5, replicas: 1, settings: [:])
    ])
    for name in ["c", "a", "b"] {
      _ = try factory.makeConsumer(group: "g", instance: name, topics: name == "c" ? ["five"] : ["t", "five"])
    }
    func parts(_ topic: String, _ partitions: ClosedRange<Int32>) -> [TopicPartition] {
      partitions.map { TopicPartition(topic, $0) }
    }
    #expect(
      log.state.assignments(of: "g") == [
        "a": parts("five", 0...1) + parts("t", 0...0), "b": parts("five", 2...3) + parts("t", 1...1),
        "c": parts("five", 4...4),
      ])
  }

  // MARK: The log itself

  @Test func aCutLogIsAnErrorForWhoStandsBelow() throws {
    let producer = try producer()
    for value in 0..<3 as Range<UInt8> {
      try producer.begin()
      try producer.produce(record(value))
      try producer.commit()
    }
    let reader = try factory.makeReader()
    try reader.assign([place: 0])
    try log.deleteRecords(in: place, before: 2)
    #expect(try reader.bounds(of: place) == OffsetBounds(first: 2, next: 6))
    for _ in 0..<2 {
      let error = #expect(throws: LogError.self) { try poll(reader) }
      #expect(error?.code == .offsetOutOfRange)
      #expect(error?.partition == place)
    }
    try reader.assign([place: 2])
    #expect(try poll(reader) == .endOfPartition(place, offset: 6))
    #expect(try values() == [1, 2])
    #expect(throws: LogError.self) { try log.deleteRecords(in: place, before: 7) }
  }

  @Test func recordsHaveTheTimeOfTheClock() throws {
    let producer = try producer()
    log.clock.set(1_000)
    try producer.begin()
    try producer.produce(record(0))
    log.clock.advance(milliseconds: -300)
    try producer.produce(record(1))
    #expect(try producer.flush().map(\.timestamp) == [1_000, 700])
    try producer.commit()
    #expect(try log.committedRecords(in: place).records.map(\.timestamp) == [1_000, 700])
  }

  @Test func keylessRecordsGoRound() throws {
    let producer = try producer()
    try producer.begin()
    for _ in 0..<4 { try producer.produce(OutgoingRecord(topic: "t", value: [])) }
    #expect(try producer.flush().map(\.partition.partition) == [0, 1, 0, 1])
  }

  @Test func noPartitionWaitsForEverBehindAFullOne() throws {
    let producer = try producer()
    try producer.begin()
    for _ in 0..<50 { try producer.produce(record(0)) }
    try producer.produce(OutgoingRecord(topic: "t", partition: 1, value: [1]))
    try producer.commit()
    let reader = try factory.makeReader()
    try reader.assign([place: 0, TopicPartition("t", 1): 0])
    var batch = RecordBatch()
    for _ in 0..<2 { _ = try reader.poll(into: &batch, limit: PollLimit(records: 5, bytes: 1_000), waiting: .zero) }
    #expect(batch.records.count == 6)
    #expect(batch.sources == [place, TopicPartition("t", 1)])
  }

  @Test func aClosedHandleIsOfNoUse() throws {
    let (producer, reader) = (try producer(), try factory.makeReader())
    producer.close()
    reader.close(leaving: true)
    #expect(throws: LogError.self) { try producer.begin() }
    #expect(throws: LogError.self) { try poll(reader) }
  }
}
