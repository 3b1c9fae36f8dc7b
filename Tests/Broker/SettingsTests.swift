import Foundation
import KafkaLog
import Pipeline
import Testing

/// What is wrong before any broker has answered. Needs none.
@Suite struct SettingsTests {
  @Test func nobodyListens() async throws {
    try await Broker.blocking {
      // Port 1 is nobody's.
      let factory = Broker.factory(address: "127.0.0.1:1", patience: .milliseconds(600))
      let makers: [() throws -> Void] = [
        { _ = try factory.makeConsumer(group: "g", instance: "i", topics: ["t"]) },
        { _ = try factory.makeReader() },
        { _ = try factory.makeProducer(transactionalID: "t") },
        { _ = try factory.makeSender() },
        { _ = try factory.makeAdministration() },
      ]
      for make in makers {
        let start = ContinuousClock.now
        let error = try failure(of: make)
        #expect(error.code == .unreachable)
        #expect(error.remedy == .stop)
        #expect(error.reason.contains("Connection refused"), "\(error)")
        #expect(!error.advice.isEmpty)
        #expect(ContinuousClock.now - start < .seconds(15))
      }
    }
  }

  @Test(arguments: [
    // Unknown; of the wrong type; out of its range; not among the words allowed.
    ("no.such.property", "hunter2"), ("socket.timeout.ms", "hunter2"), ("socket.timeout.ms", "99999999999"),
    ("security.protocol", "hunter2"),
  ])
  func wrongProperty(_ name: String, _ value: String) throws {
    let factory = Broker.factory([name: value], address: "127.0.0.1:1")
    let error = try failure { _ = try factory.makeReader() }
    #expect(error.code == .invalidState)
    #expect(error.remedy == .stop)
    #expect(error.reason.contains(name))
    #expect(!"\(error)".contains(value))
  }

  @Test(arguments: [
    "isolation.level": "read_uncommitted", "enable.auto.commit": "true", "auto.offset.reset": "latest",
    "enable.partition.eof": "false",
  ])
  func propertyThatExactlyOnceRestsOn(_ name: String, _ value: String) throws {
    let factory = Broker.factory([name: value], address: "127.0.0.1:1")
    let error = try failure { _ = try factory.makeReader() }
    #expect(error.code == .invalidState)
    #expect(error.reason.contains(name))
  }

  @Test(arguments: ["enable.idempotence": "false", "acks": "1", "request.required.acks": "1"])
  func propertyThatSendingOnceRestsOn(_ name: String, _ value: String) throws {
    let factory = Broker.factory([name: value], address: "127.0.0.1:1")
    let error = try failure { _ = try factory.makeProducer(transactionalID: "t") }
    #expect(error.code == .invalidState)
    #expect(error.reason.contains(name))
  }

  @Test func fileThatCannotBeOpened() throws {
    let factory = Broker.factory(address: "127.0.0.1:1", logFile: "/no/such/directory/file.log")
    let error = try failure { _ = try factory.makeReader() }
    #expect(error.remedy == .stop)
    #expect(error.reason.contains("/no/such/directory/file.log"))
  }
}
