import Pipeline
import Wire

extension LogContract {
  /// Offsets sent in transactions, for groups without and with members.
  static let offsets = [
    Case("offsets and their metadata stand with the records of their transaction") { bench in
      let topic = try bench.topic("offsets", partitions: 2)
      let (first, second) = (TopicPartition(topic, 0), TopicPartition(topic, 1))
      let group = bench.fixture.uniqueName("group")
      let producer = try bench.producer()
      try bench.requireEqual(try bench.committed(group, [first, second]), [:], "offsets of a new group")
      for (offset, metadata) in [(Int64(0), ""), (17, "1:42:a0b1c2:Ω"), (5, String(repeating: "m", count: 2_000))] {
        let sent = CommittedOffset(offset: offset, metadata: metadata)
        try producer.begin()
        try producer.produce(OutgoingRecord(topic: topic, partition: 0, value: [1]))
        _ = try bench.retrying("flush") { try producer.flush() }
        try bench.retrying("offsets") {
          try producer.sendOffsets([first: sent], of: .administrator(group: group))
        }
        try bench.retrying("commit") { try producer.commit() }
        try bench.requireEqual(try bench.committed(group, [first, second]), [first: sent], "committed")
      }
      try bench.requireEqual(try bench.everything(in: first, next: 6).count, 3, "records")
    },

    Case("offsets of an aborted transaction are not moved") { bench in
      let place = TopicPartition(try bench.topic("offsets"), 0)
      let group = bench.fixture.uniqueName("group")
      let producer = try bench.producer()
      let kept = CommittedOffset(offset: 3, metadata: "kept")
      try commit([place: kept], for: group, with: producer, bench)
      try producer.begin()
      try bench.retrying("offsets") {
        try producer.sendOffsets(
          [place: CommittedOffset(offset: 9, metadata: "dropped")], of: .administrator(group: group))
      }
      try bench.retrying("abort") { try producer.abort() }
      try bench.requireEqual(try bench.committed(group, [place]), [place: kept], "committed")
    },

    Case("while offsets are undecided the group's answer is to ask again") { bench in
      let place = TopicPartition(try bench.topic("offsets"), 0)
      let group = bench.fixture.uniqueName("group")
      let producer = try bench.producer()
      try commit([place: CommittedOffset(offset: 1, metadata: "old")], for: group, with: producer, bench)
      let new = CommittedOffset(offset: 2, metadata: "new")
      try producer.begin()
      try bench.retrying("offsets") { try producer.sendOffsets([place: new], of: .administrator(group: group)) }
      do {
        let found = try bench.administration.committed(group: group, [place])
        try bench.require(false, "an answer while undecided: \(found)")
      } catch let error as LogError {
        try bench.requireEqual(error.remedy, .retry, "remedy of “\(error)”")
      }
      try bench.retrying("commit") { try producer.commit() }
      try bench.requireEqual(try bench.committed(group, [place]), [place: new], "committed")
    },

    Case("a fenced producer's offsets fall with its transaction") { bench in
      let place = TopicPartition(try bench.topic("offsets"), 0)
      let group = bench.fixture.uniqueName("group")
      let id = bench.fixture.uniqueName("fenced")
      let old = try bench.producer(id)
      try old.begin()
      try bench.retrying("offsets") {
        try old.sendOffsets([place: CommittedOffset(offset: 9, metadata: "")], of: .administrator(group: group))
      }
      _ = try bench.producer(id)
      try bench.requireEqual(try bench.committed(group, [place]), [:], "committed")
    },

    Case("an administrator's offsets are refused while the group has members") { bench in
      let topic = try bench.topic("offsets")
      let place = TopicPartition(topic, 0)
      let group = bench.fixture.uniqueName("group")
      let member = try bench.member("a", of: group, topics: [topic])
      try bench.wait("the member owns its partition") {
        try member.step()
        return member.owned == [place]
      }
      let producer = try bench.producer()
      let sent = CommittedOffset(offset: 4, metadata: "by hand")
      try producer.begin()
      let error = try bench.failure(of: "offsets by an administrator") {
        try producer.sendOffsets([place: sent], of: .administrator(group: group))
      }
      try bench.require(error.remedy != .retry, "remedy of “\(error)”")
      try bench.retrying("abort") { try producer.abort() }
      try bench.requireEqual(try bench.committed(group, [place]), [:], "committed")
      bench.close(member, leaving: true)
      try bench.wait("the empty group takes them") {
        do {
          try commit([place: sent], for: group, with: producer, bench)
          return true
        } catch is LogError {
          try bench.retrying("abort") { try producer.abort() }
          return false
        }
      }
      try bench.requireEqual(try bench.committed(group, [place]), [place: sent], "committed")
    },
  ]

  private static func commit(
    _ offsets: [TopicPartition: CommittedOffset], for group: String, with producer: any LogProducer,
    _ bench: LogContractBench
  ) throws {
    try producer.begin()
    try bench.retrying("offsets") { try producer.sendOffsets(offsets, of: .administrator(group: group)) }
    try bench.retrying("commit") { try producer.commit() }
  }
}
