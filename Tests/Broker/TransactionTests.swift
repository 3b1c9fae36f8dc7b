import KafkaLog
import Pipeline
import Testing
import Wire

/// Skipped without a broker.
@Suite(.enabled(if: Broker.isThere, Broker.absence), .timeLimit(.minutes(2))) struct TransactionTests {
  @Test func offsetsWithMetadata() async throws {
    try await Broker.blocking {
      let topic = try Broker.topic("offsets", partitions: 3)
      let places = (0..<3).map { TopicPartition(topic, $0) }
      let group = Broker.uniqueName("group")
      let member = try Broker.factory().makeConsumer(group: group, instance: "a", topics: [topic])
      #expect(try Broker.awaitAssignment(of: member) == places)
      #expect(try member.committed(places).isEmpty)
      let producer = try Broker.producer()
      let sent = [
        places[0]: CommittedOffset(offset: 3, metadata: "1:5120:9f3a:Größe"),
        places[2]: CommittedOffset(offset: 0, metadata: ""),
      ]
      try producer.begin()
      try producer.sendOffsets(sent, of: member.membership())
      try producer.commit()
      let administration = try Broker.factory().makeAdministration()
      #expect(try member.committed(places) == sent)
      #expect(try administration.committed(group: group, places) == sent)
      member.close(leaving: true)

      // With nobody in the group, an administrator may.
      let repaired = [places[1]: CommittedOffset(offset: 9, metadata: "repaired")]
      try producer.begin()
      try producer.sendOffsets(repaired, of: .administrator(group: group))
      try producer.commit()
      #expect(try administration.committed(group: group, places) == sent.merging(repaired) { $1 })
      producer.close()
    }
  }

  @Test func abortedRecordsAreHidden() async throws {
    try await Broker.blocking {
      let topic = try Broker.topic("aborted")
      let place = TopicPartition(topic, 0)
      let producer = try Broker.producer()
      for (value, isKept) in [("a", true), ("b", false), ("c", true)] {
        try producer.begin()
        for copy in 1...3 {
          try producer.produce(OutgoingRecord(topic: topic, partition: 0, value: Array("\(value)\(copy)".utf8)))
        }
        // Aborted once with everything delivered, and once below with everything still queued.
        _ = try producer.flush()
        if isKept { try producer.commit() } else { try producer.abort() }
      }
      try producer.begin()
      for _ in 0..<1_000 { try producer.produce(OutgoingRecord(topic: topic, partition: 0, value: [0])) }
      try producer.abort()
      try producer.begin()
      try producer.produce(OutgoingRecord(topic: topic, partition: 0, value: Array("d".utf8)))
      #expect(try producer.flush().count == 1)
      try producer.commit()
      #expect(try Broker.texts(in: place) == ["a1", "a2", "a3", "c1", "c2", "c3", "d"])
    }
  }

  @Test func commitWithoutFlush() async throws {
    try await Broker.blocking {
      let topic = try Broker.topic("unflushed", partitions: 2)
      let producer = try Broker.producer()
      try producer.begin()
      for number in 0..<500 {
        try producer.produce(OutgoingRecord(topic: topic, partition: Int32(number % 2), value: Array("\(number)".utf8)))
      }
      try producer.commit()
      #expect(try Broker.contents(of: TopicPartition(topic, 0)).records.count == 250)
      #expect(try Broker.contents(of: TopicPartition(topic, 1)).records.count == 250)
    }
  }

  @Test func olderProducerIsFenced() async throws {
    try await Broker.blocking {
      let topic = try Broker.topic("fenced")
      let id = Broker.uniqueName("id")
      let old = try Broker.producer(id)
      try old.begin()
      try old.produce(OutgoingRecord(topic: topic, partition: 0, value: Array("old".utf8)))
      _ = try old.flush()
      let new = try Broker.producer(id)
      // Nothing that the old one may do helps it.
      let calls: [() throws -> Void] = [{ try old.commit() }, { try old.abort() }, { try old.commit() }]
      for call in calls {
        let error = try failure(of: call)
        #expect(error.code == .producerFenced, "\(error)")
        #expect(error.remedy == .restart, "\(error)")
      }
      try new.begin()
      try new.produce(OutgoingRecord(topic: topic, partition: 0, value: Array("new".utf8)))
      _ = try new.flush()
      try new.commit()
      #expect(try Broker.texts(in: TopicPartition(topic, 0)) == ["new"])
    }
  }

  /// The older one finds out in the middle of producing, not at the commit.
  @Test func olderProducerIsFencedWhileProducing() async throws {
    try await Broker.blocking {
      let topic = try Broker.topic("fenced")
      let id = Broker.uniqueName("id")
      let old = try Broker.producer(id)
      try old.begin()
      try old.produce(OutgoingRecord(topic: topic, partition: 0, value: Array("old".utf8)))
      _ = try old.flush()
      _ = try Broker.producer(id)
      var last: LogError?
      for _ in 0..<3 where last?.remedy != .restart {
        last = try failure {
          try old.produce(OutgoingRecord(topic: topic, partition: 0, value: Array("more".utf8)))
          _ = try old.flush()
          try old.commit()
        }
        if last?.remedy == .abort { last = (try? failure { try old.abort() }) ?? last }
      }
      #expect(last?.code == .producerFenced)
      #expect(try Broker.texts(in: TopicPartition(topic, 0)).isEmpty)
    }
  }

  @Test func goesOnAfterARecordWasRefused() async throws {
    try await Broker.blocking {
      let topic = try Broker.topic("refused", settings: ["max.message.bytes": "1000"])
      let producer = try Broker.producer()
      for round in 0..<3 {
        try producer.begin()
        // No codec makes this smaller than the topic takes.
        let noise = (0..<4_000).map { _ in UInt8.random(in: .min ... .max) }
        try producer.produce(OutgoingRecord(topic: topic, partition: 0, value: noise))
        let error = try failure { _ = try producer.flush() }
        #expect(error.code == .recordTooLarge)
        #expect(error.remedy == .stop)
        try producer.abort()
        try producer.begin()
        try producer.produce(OutgoingRecord(topic: topic, partition: 0, value: Array("\(round)".utf8)))
        #expect(try producer.flush().count == 1)
        try producer.commit()
      }
      #expect(try Broker.texts(in: TopicPartition(topic, 0)) == ["0", "1", "2"])
    }
  }

  @Test func metadataTooLong() async throws {
    try await Broker.blocking {
      let place = TopicPartition(try Broker.topic("metadata"), 0)
      let producer = try Broker.producer()
      try producer.begin()
      let long = CommittedOffset(offset: 1, metadata: String(repeating: "x", count: 5_000))
      let error = try failure {
        try producer.sendOffsets([place: long], of: .administrator(group: Broker.uniqueName("group")))
      }
      #expect(error.remedy == .stop, "\(error)")
      try producer.abort()
    }
  }
}
