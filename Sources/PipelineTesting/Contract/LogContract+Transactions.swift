import Pipeline
import Wire

extension LogContract {
  /// Atomicity, isolation and fencing by transactional id.
  static let transactions = [
    Case("a transaction over partitions and topics is seen whole or not at all") { bench in
      let first = try bench.topic("atomic", partitions: 2)
      let second = try bench.topic("atomic")
      let places = [TopicPartition(first, 0), TopicPartition(first, 1), TopicPartition(second, 0)]
      let producer = try bench.producer()
      let reader = try bench.reader(Dictionary(uniqueKeysWithValues: places.map { ($0, 0) }))
      try producer.begin()
      for place in places { try producer.produce(record(place, "x")) }
      _ = try bench.retrying("flush") { try producer.flush() }
      try bench.wait("the end of each partition") {
        try reader.step()
        return reader.ends.count == places.count
      }
      try bench.requireEqual(reader.records.count, 0, "records seen before the commit")
      try bench.requireEqual(reader.ends, Dictionary(uniqueKeysWithValues: places.map { ($0, 0) }), "ends")
      try bench.retrying("commit") { try producer.commit() }
      try bench.wait("all records of the transaction") {
        try reader.step()
        return reader.records.count >= places.count
      }
      try bench.requireEqual(reader.records.map(\.partition).sorted(), places.sorted(), "records")
    },

    Case("aborted records are never seen, and the same may be sent again") { bench in
      let place = TopicPartition(try bench.topic("abort"), 0)
      let producer = try bench.producer()
      try producer.begin()
      for value in ["a", "b"] { try producer.produce(record(place, value)) }
      _ = try bench.retrying("flush") { try producer.flush() }
      try bench.retrying("abort") { try producer.abort() }
      try bench.publish([record(place, "a"), record(place, "b")], with: producer)
      let records = try bench.everything(in: place, next: 6)
      try bench.requireEqual(records.map(\.text), ["a", "b"], "values")
      try bench.requireEqual(records.map(\.offset), [3, 4], "offsets")
    },

    Case("markers occupy offsets and do not hide the end") { bench in
      let place = TopicPartition(try bench.topic("markers"), 0)
      let producer = try bench.producer()
      try bench.publish([record(place, "a")], with: producer)
      try bench.publish([record(place, "b")], with: producer)
      let records = try bench.everything(in: place, next: 4)
      try bench.requireEqual(records.map(\.offset), [0, 2], "offsets")
      try bench.requireEqual(try bench.bounds(of: place), OffsetBounds(first: 0, next: 4), "bounds")
      let reader = try bench.reader([place: 3])
      try bench.wait("the end behind the last marker") {
        try reader.step()
        return reader.ends[place] == 4
      }
      try bench.requireEqual(reader.records.count, 0, "records behind offset 2")
    },

    Case("an undecided transaction holds back readers and bounds") { bench in
      let place = TopicPartition(try bench.topic("stable"), 0)
      let (slow, quick) = (try bench.producer(), try bench.producer())
      try bench.publish([record(place, "before")], with: quick)
      try slow.begin()
      try slow.produce(record(place, "slow"))
      _ = try bench.retrying("flush") { try slow.flush() }
      try bench.publish([record(place, "quick")], with: quick)
      try bench.requireEqual(
        try bench.everything(in: place, next: 2).map(\.text), ["before"], "values while undecided")
      try bench.requireEqual(try bench.bounds(of: place).next, 2, "next offset while undecided")
      try bench.retrying("commit") { try slow.commit() }
      try bench.requireEqual(
        try bench.everything(in: place, next: 6).map(\.text), ["before", "slow", "quick"], "values when decided")
    },

    Case("a new producer fences the older one of its id and aborts its transaction") { bench in
      let place = TopicPartition(try bench.topic("fence"), 0)
      let id = bench.fixture.uniqueName("fenced")
      let old = try bench.producer(id)
      try old.begin()
      try old.produce(record(place, "old"))
      _ = try bench.retrying("flush") { try old.flush() }
      let new = try bench.producer(id)
      try bench.publish([record(place, "new")], with: new)
      let error = try bench.failure(of: "the fenced producer's commit") { try old.commit() }
      try bench.requireEqual(error.code, .producerFenced, "code")
      try bench.requireEqual(error.remedy, .restart, "remedy")
      try bench.requireEqual(try bench.everything(in: place, next: 4).map(\.text), ["new"], "values")
      try bench.publish([record(place, "newer")], with: new)
      try bench.requireEqual(try bench.everything(in: place, next: 6).map(\.text), ["new", "newer"], "values")
    },

    Case("calls out of order are refused as our own fault") { bench in
      let place = TopicPartition(try bench.topic("calls"), 0)
      let producer = try bench.producer()
      let calls: [(String, () throws -> Void)] = [
        ("produce before begin", { try producer.produce(record(place, "x")) }),
        ("commit before begin", { try producer.commit() }),
        ("abort before begin", { try producer.abort() }),
      ]
      for (name, call) in calls {
        try bench.requireEqual(try bench.failure(of: name, call).code, .invalidState, name)
      }
      try bench.publish([record(place, "y")], with: producer)
      try bench.requireEqual(try bench.everything(in: place, next: 2).map(\.text), ["y"], "values")
    },
  ]

  private static func record(_ place: TopicPartition, _ value: String) -> OutgoingRecord {
    OutgoingRecord(topic: place.topic, partition: place.partition, value: Array(value.utf8))
  }
}
