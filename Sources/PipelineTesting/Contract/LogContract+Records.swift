import Pipeline
import Wire

extension LogContract {
  /// What becomes of a record's parts, order, place and time.
  static let records = [
    Case("records come in the order of their offsets, as they were delivered") { bench in
      let topic = try bench.topic("order")
      let producer = try bench.producer()
      var deliveries: [Delivery] = []
      for batch in 0..<3 {
        deliveries += try bench.publish(
          (0..<5).map { OutgoingRecord(topic: topic, partition: 0, value: Array("\(batch).\($0)".utf8)) },
          with: producer)
      }
      let records = try bench.everything(in: TopicPartition(topic, 0), next: 18)
      let expected = (0..<3).flatMap { batch in (0..<5).map { "\(batch).\($0)" } }
      try bench.requireEqual(records.map(\.text), expected, "values")
      try bench.requireEqual(records.map(\.offset), deliveries.map(\.offset), "offsets as delivered")
      try bench.requireEqual(records.map(\.offset), [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 12, 13, 14, 15, 16], "offsets")
    },

    Case("deliveries come in the order of producing, over partitions too, and only once") { bench in
      let topic = try bench.topic("deliveries", partitions: 3)
      let producer = try bench.producer()
      let places: [Int32] = [2, 0, 1, 1, 0, 2, 0]
      try producer.begin()
      for place in places.prefix(4) { try producer.produce(OutgoingRecord(topic: topic, partition: place, value: [1])) }
      let first = try bench.retrying("flush") { try producer.flush() }
      for place in places.dropFirst(4) {
        try producer.produce(OutgoingRecord(topic: topic, partition: place, value: [1]))
      }
      let second = try bench.retrying("flush") { try producer.flush() }
      try bench.retrying("commit") { try producer.commit() }
      try bench.requireEqual(first.map(\.partition.partition), Array(places.prefix(4)), "first flush")
      try bench.requireEqual(second.map(\.partition.partition), Array(places.dropFirst(4)), "second flush")
      try bench.requireEqual((first + second).map(\.offset), [0, 0, 0, 1, 1, 1, 2], "offsets")
    },

    Case("keys, values and headers are kept, nil and empty told apart") { bench in
      let topic = try bench.topic("parts")
      let sent = [
        OutgoingRecord(topic: topic, partition: 0, key: nil, value: nil),
        OutgoingRecord(topic: topic, partition: 0, key: [], value: []),
        OutgoingRecord(topic: topic, partition: 0, key: [0, 255], value: nil),
        OutgoingRecord(
          topic: topic, partition: 0, key: Array("key".utf8), value: [0, 1, 254, 255],
          headers: [RecordHeader("at", "1772366400000"), RecordHeader("empty", []), RecordHeader("at", [0, 200])]),
        OutgoingRecord(topic: topic, partition: 0, value: [], headers: [RecordHeader("é", "ü")]),
      ]
      try bench.publish(sent, with: bench.producer())
      let records = try bench.everything(in: TopicPartition(topic, 0), next: 6)
      try bench.requireEqual(records.map(\.key), sent.map(\.key), "keys")
      try bench.requireEqual(records.map(\.value), sent.map(\.value), "values")
      try bench.requireEqual(
        records.map { $0.headers.map(\.name) }, sent.map { $0.headers.map(\.name) }, "names of headers")
      for (record, sent) in zip(records, sent) {
        for (found, header) in zip(record.headers, sent.headers) {
          try bench.requireEqual(found.value, header.value, "value of header \(header.name)")
        }
      }
    },

    Case("a value of 600 KiB goes through") { bench in
      let topic = try bench.topic("large")
      let value = noise(600 << 10)
      try bench.publish([OutgoingRecord(topic: topic, partition: 0, value: value)], with: bench.producer())
      let records = try bench.everything(in: TopicPartition(topic, 0), next: 2)
      try bench.require(records.map(\.value) == [value], "the value came back changed, or not once")
    },

    Case("a record larger than the topic takes is refused; after an abort the producer goes on") { bench in
      let topic = try bench.topic("limit", settings: ["max.message.bytes": "10000"])
      let producer = try bench.producer()
      let error = try bench.failure(of: "a record of 100,000 bytes") {
        try producer.begin()
        try producer.produce(OutgoingRecord(topic: topic, partition: 0, value: noise(100_000)))
        _ = try producer.flush()
        try producer.commit()
      }
      try bench.requireEqual(error.code, .recordTooLarge, "code")
      try bench.retrying("abort") { try producer.abort() }
      // The next transaction may fall with what is left of this one; sent again, it goes through.
      var deliveries: [Delivery] = []
      try bench.wait("the producer goes on") {
        do {
          deliveries = try bench.publish([OutgoingRecord(topic: topic, partition: 0, value: [1])], with: producer)
          return true
        } catch let error as LogError where error.remedy == .abort {
          try bench.retrying("abort") { try producer.abort() }
          return false
        }
      }
      let next = (deliveries.first?.offset ?? 0) + 2
      let records = try bench.everything(in: TopicPartition(topic, 0), next: next)
      try bench.requireEqual(records.map(\.value), [[1]], "values")
    },

    Case("a key goes to the partition that Java's clients choose") { bench in
      let topic = try bench.topic("keys", partitions: 5)
      let keys = ["", "21", "foobar", "E09000022", "/police/metropolitan", "a-little-bit-long-string"]
      let deliveries = try bench.publish(
        keys.map { OutgoingRecord(topic: topic, key: Array($0.utf8), value: []) }, with: bench.producer())
      try bench.requireEqual(
        deliveries.map(\.partition.partition), keys.map { Murmur2.partition(of: Array($0.utf8), among: 5) },
        "partitions")
    },

    Case("a record has the time of its delivery, of producing or of appending") { bench in
      for kind in ["CreateTime", "LogAppendTime"] {
        let topic = try bench.topic("time", settings: ["message.timestamp.type": kind])
        let deliveries = try bench.publish(
          (0..<3).map { _ in OutgoingRecord(topic: topic, partition: 0, value: []) }, with: bench.producer())
        try bench.requireEqual(deliveries.count, 3, "deliveries, \(kind)")
        try bench.require(deliveries.allSatisfy { $0.timestamp >= 0 }, "a delivery without a time, \(kind)")
        let records = try bench.everything(in: TopicPartition(topic, 0), next: 4)
        try bench.requireEqual(records.map(\.timestamp), deliveries.map(\.timestamp), "times, \(kind)")
      }
    },
  ]

  /// Bytes that no codec makes smaller, always the same (xorshift64).
  private static func noise(_ count: Int) -> [UInt8] {
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    return (0..<count).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return UInt8(truncatingIfNeeded: state >> 24)
    }
  }
}
