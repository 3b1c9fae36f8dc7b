import Pipeline
import Wire

extension LogContract {
  /// Members, generations and what they fence.
  static let groups = [
    Case("a member alone gets all, reads, and sends offsets as what it is") { bench in
      let topic = try bench.topic("group", partitions: 3)
      let group = bench.fixture.uniqueName("group")
      let member = try bench.member("a", of: group, topics: [topic])
      try bench.wait("the member owns all") {
        try member.step()
        return member.owned == all(topic, 3)
      }
      let place = TopicPartition(topic, 1)
      let sent = CommittedOffset(offset: 1, metadata: "by a")
      let producer = try bench.producer()
      try producer.begin()
      try producer.produce(OutgoingRecord(topic: topic, partition: 1, value: Array("x".utf8)))
      _ = try bench.retrying("flush") { try producer.flush() }
      let membership = try member.consumer.membership()
      try bench.retrying("offsets") { try producer.sendOffsets([place: sent], of: membership) }
      try bench.retrying("commit") { try producer.commit() }
      let found = try bench.retrying("committed") { try member.consumer.committed(all(topic, 3)) }
      try bench.requireEqual(found, [place: sent], "committed")
      var values: [String] = []
      try bench.wait("the member reads the record") {
        var batch = RecordBatch()
        _ = try member.consumer.poll(
          into: &batch, limit: PollLimit(records: 10, bytes: 1 << 20), waiting: bench.fixture.waiting)
        values += batch.records.map { LogContractRecord($0, of: batch).text }
        return !values.isEmpty
      }
      try bench.requireEqual(values, ["x"], "values")
    },

    Case("two members split the partitions; when one leaves the other gets all") { bench in
      let topic = try bench.topic("group", partitions: 4)
      let group = bench.fixture.uniqueName("group")
      let (a, b) = try pair(of: group, topic, partitions: 4, bench)
      try bench.requireEqual([a.owned?.count, b.owned?.count], [2, 2], "shares")
      let members = try bench.retrying("members") { try bench.administration.members(of: group) }
      try bench.requireEqual(members.map(\.instance), ["a", "b"], "instances")
      try bench.requireEqual(members.map(\.partitions), [a.owned, b.owned], "what they own")
      let none = try bench.retrying("members") {
        try bench.administration.members(of: bench.fixture.uniqueName("unheard-of"))
      }
      try bench.requireEqual(none, [], "members of no group")
      bench.close(b, leaving: true)
      try bench.wait("the other owns all") {
        try a.step()
        return a.owned == all(topic, 4)
      }
    },

    Case("offsets of an older generation are refused, and their transaction leaves nothing") { bench in
      let topic = try bench.topic("group", partitions: 2)
      let output = TopicPartition(try bench.topic("output"), 0)
      let group = bench.fixture.uniqueName("group")
      let a = try bench.member("a", of: group, topics: [topic])
      try bench.wait("the first member owns all") {
        try a.step()
        return a.owned == all(topic, 2)
      }
      let stale = try a.consumer.membership()
      let (old, new) = (try bench.producer(), try bench.producer())
      try old.begin()
      try old.produce(OutgoingRecord(topic: output.topic, partition: 0, value: Array("old".utf8)))
      _ = try bench.retrying("flush") { try old.flush() }
      let b = try bench.member("b", of: group, topics: [topic])
      try bench.wait("each owns one") {
        try a.step()
        try b.step()
        return a.owned?.count == 1 && b.owned?.count == 1
      }
      let moved = b.owned?.first ?? TopicPartition(topic, -1)
      let error = try bench.failure(of: "offsets of the older generation") {
        try old.sendOffsets([moved: CommittedOffset(offset: 7, metadata: "old")], of: stale)
      }
      try bench.requireEqual(error.code, .memberFenced, "code")
      try bench.requireEqual(error.remedy, .abort, "remedy")
      try bench.retrying("abort") { try old.abort() }
      let sent = CommittedOffset(offset: 8, metadata: "new")
      try new.begin()
      try new.produce(OutgoingRecord(topic: output.topic, partition: 0, value: Array("new".utf8)))
      _ = try bench.retrying("flush") { try new.flush() }
      let current = try b.consumer.membership()
      try bench.retrying("offsets") { try new.sendOffsets([moved: sent], of: current) }
      try bench.retrying("commit") { try new.commit() }
      try bench.requireEqual(try bench.committed(group, all(topic, 2)), [moved: sent], "committed")
      try bench.requireEqual(try bench.everything(in: output, next: 4).map(\.text), ["new"], "values")
    },

    Case("a member that restarts gets its partitions back, and the others keep theirs") { bench in
      let topic = try bench.topic("group", partitions: 4)
      let group = bench.fixture.uniqueName("group")
      let (a, b) = try pair(of: group, topic, partitions: 4, bench)
      let (kept, revocations) = (b.owned, b.revocations)
      bench.close(a, leaving: false)
      let again = try bench.member("a", of: group, topics: [topic])
      try bench.wait("the restarted member has an assignment") {
        try again.step()
        try b.step()
        return again.owned != nil
      }
      for _ in 0..<3 { try b.step() }
      try bench.requireEqual(again.owned, a.owned, "the restarted member's partitions")
      try bench.requireEqual(b.owned, kept, "the other's partitions")
      try bench.requireEqual(b.revocations, revocations, "the other's revocations")
    },

    Case("a second handle of an instance fences the first") { bench in
      let topic = try bench.topic("group", partitions: 2)
      let group = bench.fixture.uniqueName("group")
      let first = try bench.member("a", of: group, topics: [topic])
      try bench.wait("the first owns all") {
        try first.step()
        return first.owned == all(topic, 2)
      }
      let stale = try first.consumer.membership()
      let second = try bench.member("a", of: group, topics: [topic])
      var fenced: LogError?
      try bench.wait("the first is fenced and the second owns all") {
        try second.step()
        if fenced == nil { do { try first.step() } catch let error as LogError { fenced = error } }
        return fenced != nil && second.owned == all(topic, 2)
      }
      try bench.requireEqual(fenced?.code, .memberFenced, "code")
      let producer = try bench.producer()
      try producer.begin()
      let error = try bench.failure(of: "offsets of the fenced handle") {
        try producer.sendOffsets(
          [TopicPartition(topic, 0): CommittedOffset(offset: 1, metadata: "")], of: stale)
      }
      try bench.requireEqual(error.code, .memberFenced, "code of sending offsets")
      try bench.requireEqual(error.remedy, .abort, "remedy of sending offsets")
      try bench.retrying("abort") { try producer.abort() }
    },
  ]

  /// Two members, "a" and "b", that have come to share a topic.
  private static func pair(
    of group: String, _ topic: String, partitions: Int, _ bench: LogContractBench
  ) throws -> (LogContractMember, LogContractMember) {
    let a = try bench.member("a", of: group, topics: [topic])
    let b = try bench.member("b", of: group, topics: [topic])
    try bench.wait("the members share all partitions") {
      try a.step()
      try b.step()
      let (ofA, ofB) = (a.owned ?? [], b.owned ?? [])
      return !ofA.isEmpty && !ofB.isEmpty && (ofA + ofB).sorted() == all(topic, partitions)
    }
    return (a, b)
  }

  private static func all(_ topic: String, _ partitions: Int) -> [TopicPartition] {
    (0..<partitions).map { TopicPartition(topic, Int32($0)) }
  }
}
