import KafkaLog
import Pipeline
import Testing
import Wire

/// Skipped without a broker.
@Suite(.enabled(if: Broker.isThere, Broker.absence), .timeLimit(.minutes(3))) struct GroupTests {
  /// The first member stands still with an open transaction until the group goes on without it; then it wakes up.
  @Test func memberThatLostItsPartitionIsFenced() async throws {
    try await Broker.blocking {
      let topic = try Broker.topic("input")
      let output = TopicPartition(try Broker.topic("output"), 0)
      let place = TopicPartition(topic, 0)
      let group = Broker.uniqueName("group")
      // The least that a broker grants by default.
      let impatient = Broker.factory(["session.timeout.ms": "6000", "max.poll.interval.ms": "6000"])
      let frozen = try impatient.makeConsumer(group: group, instance: "frozen", topics: [topic])
      #expect(try Broker.awaitAssignment(of: frozen) == [place])
      let stale = try frozen.membership()
      let first = try Broker.producer(Broker.uniqueName("first"), ["transaction.timeout.ms": "60000"])
      try first.begin()
      try first.produce(OutgoingRecord(topic: output.topic, partition: 0, value: Array("first".utf8)))
      _ = try first.flush()

      let successor = try impatient.makeConsumer(group: group, instance: "successor", topics: [topic])
      #expect(try Broker.awaitAssignment(of: successor) == [place])
      let second = try Broker.producer()
      try second.begin()
      try second.produce(OutgoingRecord(topic: output.topic, partition: 0, value: Array("second".utf8)))
      _ = try second.flush()
      let committed = CommittedOffset(offset: 1, metadata: "second")
      try second.sendOffsets([place: committed], of: successor.membership())
      try second.commit()

      // What it was is refused by the broker. What it takes itself for now is that still, or nothing at all.
      let refusal = try failure {
        try first.sendOffsets([place: CommittedOffset(offset: 7, metadata: "first")], of: stale)
      }
      #expect(refusal.code == .memberFenced, "\(refusal)")
      #expect(refusal.remedy == .abort, "\(refusal)")
      try first.abort()
      try first.begin()
      let again = try failure {
        try first.sendOffsets([place: CommittedOffset(offset: 7, metadata: "first")], of: frozen.membership())
      }
      #expect(again.code == .memberFenced, "\(again)")
      try first.abort()
      var batch = RecordBatch()
      let signal = try Broker.signal(of: frozen, into: &batch) { if case .revoked = $0 { true } else { false } }
      #expect(signal == .revoked([place], lost: true))
      try frozen.unassign()
      // The library tells the rest of it, and it starts over.
      let end = try failure { _ = try Broker.signal(of: frozen, into: &batch) { _ in false } }
      #expect(end.code == .memberFenced, "\(end)")
      #expect(end.remedy == .restart, "\(end)")
      #expect(try successor.committed([place]) == [place: committed])
      #expect(try Broker.texts(in: output) == ["second"])
      frozen.close(leaving: false)
      successor.close(leaving: true)
    }
  }

  @Test func staticMemberReturnsAndALeavingOneDoesNot() async throws {
    try await Broker.blocking {
      let topic = try Broker.topic("static", partitions: 2)
      let group = Broker.uniqueName("group")
      // So long that whatever comes sooner does not come from a time-out.
      let factory = Broker.factory(["session.timeout.ms": "45000"])
      let first = try factory.makeConsumer(group: group, instance: "a", topics: [topic])
      let all = try Broker.awaitAssignment(of: first)
      #expect(all.count == 2)
      first.close(leaving: false)
      // The group still holds the place free, so the administrator is not let in.
      let producer = try Broker.producer()
      try producer.begin()
      let refusal = try failure {
        try producer.sendOffsets([all[0]: CommittedOffset(offset: 1, metadata: "")], of: .administrator(group: group))
      }
      #expect(refusal.code == .invalidState)
      try producer.abort()

      let start = ContinuousClock.now
      let again = try factory.makeConsumer(group: group, instance: "a", topics: [topic])
      #expect(try Broker.awaitAssignment(of: again) == all)
      #expect(ContinuousClock.now - start < .seconds(20))
      again.close(leaving: true)

      let other = try factory.makeConsumer(group: group, instance: "b", topics: [topic])
      #expect(try Broker.awaitAssignment(of: other) == all)
      #expect(ContinuousClock.now - start < .seconds(30))
      other.close(leaving: true)
      let closed = ContinuousClock.now
      try producer.begin()
      try producer.sendOffsets([all[0]: CommittedOffset(offset: 1, metadata: "")], of: .administrator(group: group))
      try producer.commit()
      #expect(ContinuousClock.now - closed < .seconds(20))
    }
  }

  @Test func secondHandleOfAnInstanceFencesTheFirst() async throws {
    try await Broker.blocking {
      let topic = try Broker.topic("instance")
      let group = Broker.uniqueName("group")
      let factory = Broker.factory()
      let first = try factory.makeConsumer(group: group, instance: "same", topics: [topic])
      _ = try Broker.awaitAssignment(of: first)
      let second = try factory.makeConsumer(group: group, instance: "same", topics: [topic])
      #expect(try Broker.awaitAssignment(of: second).count == 1)
      var batch = RecordBatch()
      let error = try failure { _ = try Broker.signal(of: first, into: &batch) { _ in false } }
      #expect(error.code == .memberFenced, "\(error)")
      // Whoever starts again throws the other out: this is for a person.
      #expect(error.remedy == .stop, "\(error)")
      #expect(try failure { _ = try first.poll(into: &batch, limit: .all, waiting: .zero) } == error)
      first.close(leaving: false)
      second.close(leaving: true)
    }
  }

  @Test func positionsAreForThePartitionsGiven() async throws {
    try await Broker.blocking {
      let topic = try Broker.topic("given")
      let member = try Broker.factory().makeConsumer(group: Broker.uniqueName("g"), instance: "a", topics: [topic])
      _ = try Broker.awaitAssignment(of: member)
      #expect(try failure { try member.assign([TopicPartition(topic, 1): 0]) }.code == .invalidState)
      // A parked partition is given and not read.
      try member.assign([:])
      var batch = RecordBatch()
      #expect(try member.poll(into: &batch, limit: .all, waiting: .milliseconds(300)) == nil)
      try member.assign([TopicPartition(topic, 0): -2])
      #expect(
        try failure { _ = try member.poll(into: &batch, limit: .all, waiting: .zero) }.code == .offsetOutOfRange)
      member.close(leaving: true)
    }
  }

  @Test func readerHasNoGroup() async throws {
    try await Broker.blocking {
      let reader = try Broker.factory().makeReader()
      #expect(try failure { _ = try reader.membership() }.code == .invalidState)
      #expect(try failure { _ = try reader.committed([TopicPartition("t", 0)]) }.code == .invalidState)
      reader.close(leaving: false)
    }
  }
}
