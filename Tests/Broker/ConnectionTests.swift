import Foundation
import KafkaLog
import Pipeline
import Testing
import Wire

/// Skipped without a broker.
@Suite(.enabled(if: Broker.isThere, Broker.absence), .timeLimit(.minutes(2))) struct ConnectionTests {
  @Test func unknownTopic() async throws {
    try await Broker.blocking {
      let missing = Broker.uniqueName("missing")
      let known = try Broker.topic("known")
      let factory = Broker.factory()
      let reader = try factory.makeReader()
      let producer = try Broker.producer()
      try producer.begin()
      let sender = try factory.makeSender()
      let calls: [() throws -> Void] = [
        { _ = try factory.makeConsumer(group: missing, instance: "i", topics: [known, missing]) },
        { try reader.assign([TopicPartition(missing, 0): 0]) },
        { try reader.assign([TopicPartition(known, 0): 0, TopicPartition(known, 1): 0]) },
        { _ = try reader.bounds(of: TopicPartition(missing, 0)) },
        { try producer.produce(OutgoingRecord(topic: missing, value: [1])) },
        { try producer.produce(OutgoingRecord(topic: known, partition: 1, value: [1])) },
        { try sender.send(OutgoingRecord(topic: missing, value: [1])) },
      ]
      for (number, call) in calls.enumerated() {
        let error = try failure(of: call)
        #expect(error.code == .unknownTopic, "call \(number): \(error)")
        #expect(error.remedy == .stop, "call \(number): \(error)")
      }
      // None of it made the topic, and the transaction is as it was.
      let administration = try factory.makeAdministration()
      #expect(try administration.describe(topics: [missing], settings: []).isEmpty)
      try producer.produce(OutgoingRecord(topic: known, value: [1]))
      #expect(try producer.flush().count == 1)
      try producer.commit()
    }
  }

  @Test func propertiesOfTheUserWin() async throws {
    try await Broker.blocking {
      // The broker refuses transactions that may last longer than a quarter of an hour: it was asked for one.
      let factory = Broker.factory(["transaction.timeout.ms": "1000000", "message.timeout.ms": "1000"])
      let error = try failure { try factory.makeProducer(transactionalID: Broker.uniqueName("t")).initialise() }
      #expect(error.remedy == .stop)
      #expect(error.reason.contains("max.transaction.timeout.ms"), "\(error)")
      // The right value of a property that is not for choice is no harm.
      try Broker.factory(["isolation.level": "read_committed"]).makeReader().close(leaving: false)
    }
  }

  @Test func chatterGoesToTheFile() async throws {
    try await Broker.blocking {
      let file = Broker.logFile()
      defer { try? FileManager.default.removeItem(atPath: file) }
      for round in 1...2 {
        let administration = try Broker.factory(["debug": "broker"], logFile: file).makeAdministration()
        #expect(try administration.brokerCount() >= 1)
        administration.close()
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.count >= round)
        #expect(
          lines.allSatisfy { line in
            line.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (debug|info|warning|error) broker-tests\/.*/)
              != nil
          })
        #expect(lines.contains { $0.contains("Connected") })
      }
    }
  }

  @Test func everythingIsRefusedAfterClose() async throws {
    try await Broker.blocking {
      let factory = Broker.factory()
      let reader = try factory.makeReader()
      let producer = try Broker.producer()
      let sender = try factory.makeSender()
      let administration = try factory.makeAdministration()
      for _ in 1...2 {
        reader.close(leaving: true)
        producer.close()
        sender.close()
        administration.close()
      }
      var batch = RecordBatch()
      let calls: [() throws -> Void] = [
        { _ = try reader.poll(into: &batch, limit: .all, waiting: .zero) },
        { try reader.assign([:]) },
        { try producer.begin() },
        { try sender.send(OutgoingRecord(topic: "t", value: nil)) },
        { _ = try administration.brokerCount() },
      ]
      for call in calls { #expect(try failure(of: call).code == .invalidState) }
    }
  }
}
