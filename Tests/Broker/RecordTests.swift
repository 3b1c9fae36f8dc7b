import KafkaLog
import Pipeline
import Testing
import Wire

/// Skipped without a broker.
@Suite(.enabled(if: Broker.isThere, Broker.absence), .timeLimit(.minutes(2))) struct RecordTests {
  @Test func twelveMebibytes() async throws {
    try await Broker.blocking {
      let limit = 12 << 20
      let topic = try Broker.topic("large", settings: ["max.message.bytes": String(limit)])
      // Not to be compressed below the limit. Room for the record's own head and its batch's.
      var generator = SystemRandomNumberGenerator()
      let value = (0..<(limit - 200) / 8).flatMap { _ in withUnsafeBytes(of: generator.next() as UInt64, Array.init) }
      let sender = try Broker.factory().makeSender()
      try sender.send(OutgoingRecord(topic: topic, partition: 0, value: value))
      #expect(try sender.flush() == KafkaSender.Totals(delivered: 1, failed: 0, failure: nil))
      let batch = try Broker.contents(of: TopicPartition(topic, 0))
      let read = try #require(batch.records.first?.value)
      #expect(batch.copy(read) == value)
      // One byte more than the topic takes, all counted.
      try sender.send(OutgoingRecord(topic: topic, partition: 0, value: value + [UInt8](repeating: 7, count: 201)))
      let totals = try sender.flush()
      #expect(totals.delivered == 1)
      #expect(totals.failed == 1)
      #expect(totals.failure?.code == .recordTooLarge)
      #expect(totals.failure?.remedy == .stop)
      #expect(totals.failure?.partition == TopicPartition(topic, 0))
    }
  }

  @Test func moreThanTheQueueHolds() async throws {
    try await Broker.blocking {
      let topic = try Broker.topic("many", partitions: 3)
      let sender = try Broker.factory(["queue.buffering.max.messages": "100"]).makeSender()
      for number in 0..<5_000 {
        try sender.send(OutgoingRecord(topic: topic, key: Array("\(number % 7)".utf8), value: Array("\(number)".utf8)))
      }
      #expect(try sender.flush() == KafkaSender.Totals(delivered: 5_000, failed: 0, failure: nil))
      var lastOfKey: [String: Int] = [:]
      var count = 0
      for partition in 0..<3 {
        let batch = try Broker.contents(of: TopicPartition(topic, Int32(partition)))
        for record in batch.records {
          let (key, value) = (batch.text(record.key!), Int(batch.text(record.value!))!)
          #expect(value > lastOfKey[key] ?? -1, "key \(key) out of order")
          lastOfKey[key] = value
          count += 1
        }
      }
      #expect(count == 5_000)
    }
  }

  @Test func tombstoneAndEmpty() async throws {
    try await Broker.blocking {
      let topic = try Broker.topic("empty")
      let producer = try Broker.producer()
      try producer.begin()
      try producer.produce(OutgoingRecord(topic: topic, key: Array("k".utf8), value: nil))
      try producer.produce(OutgoingRecord(topic: topic, key: [], value: []))
      try producer.produce(OutgoingRecord(topic: topic, key: nil, value: [0]))
      _ = try producer.flush()
      try producer.commit()
      let batch = try Broker.contents(of: TopicPartition(topic, 0))
      #expect(batch.records.map { $0.value?.count } == [nil, 0, 1])
      #expect(batch.records.map { $0.key?.count } == [1, 0, nil])
    }
  }

  @Test func headers() async throws {
    try await Broker.blocking {
      let topic = try Broker.topic("headers")
      let producer = try Broker.producer()
      let sent = [
        [RecordHeader("ce_id", "0b6c7e"), RecordHeader("ce_id", "again"), RecordHeader("", "nameless")],
        [],
        [RecordHeader("bytes", [0, 255, 0]), RecordHeader("empty", []), RecordHeader("Ω", "ω")],
      ]
      try producer.begin()
      for headers in sent { try producer.produce(OutgoingRecord(topic: topic, value: [1], headers: headers)) }
      _ = try producer.flush()
      try producer.commit()
      let batch = try Broker.contents(of: TopicPartition(topic, 0))
      let found = batch.records.map { record in
        batch.headers[record.firstHeader..<record.firstHeader + record.headerCount].map { header in
          RecordHeader(batch.text(header.name), header.value.map(batch.copy) ?? Array("null".utf8))
        }
      }
      #expect(found == sent)
      #expect(batch.header("ce_id", of: batch.records[0]) == "0b6c7e")
    }
  }

  @Test func deliveriesTellOffsetAndAppendTime() async throws {
    try await Broker.blocking {
      let topic = try Broker.topic("time", partitions: 2, settings: ["message.timestamp.type": "LogAppendTime"])
      let producer = try Broker.producer()
      try producer.begin()
      for number in 0..<6 {
        try producer.produce(OutgoingRecord(topic: topic, partition: Int32(number % 2), value: [UInt8(number)]))
      }
      let deliveries = try producer.flush()
      #expect(deliveries.map(\.partition.partition) == [0, 1, 0, 1, 0, 1])
      #expect(deliveries.map(\.offset) == [0, 0, 1, 1, 2, 2])
      #expect(try producer.flush().isEmpty)
      try producer.commit()
      for partition in 0..<2 {
        let place = TopicPartition(topic, Int32(partition))
        let times = try Broker.contents(of: place).records.map(\.timestamp)
        #expect(times == deliveries.filter { $0.partition == place }.map(\.timestamp))
        #expect(times.allSatisfy { $0 > 1_600_000_000_000 })
      }
    }
  }
}
