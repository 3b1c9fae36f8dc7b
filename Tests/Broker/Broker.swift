import Foundation
import KafkaLog
import Pipeline
import Testing
import Wire

/// The Kafka that these tests run against: the address in BELLWETHER_TEST_BOOTSTRAP, as `ops/kafka up` prints it.
enum Broker {
  static let address = ProcessInfo.processInfo.environment["BELLWETHER_TEST_BOOTSTRAP"] ?? ""
  static let isThere = !address.isEmpty
  /// Why the tests of a suite are skipped when they are.
  static let absence: Comment = "no broker: set BELLWETHER_TEST_BOOTSTRAP to the address that ops/kafka up prints"

  /// A file of its own for librdkafka's log.
  static func logFile() -> String {
    FileManager.default.temporaryDirectory.appending(path: uniqueName("librdkafka") + ".log").path
  }

  static let sharedLogFile = logFile()

  static func factory(
    _ properties: [String: String] = [:], address: String = Broker.address, logFile: String = sharedLogFile,
    patience: Duration = .seconds(20)
  ) -> KafkaLogFactory {
    KafkaLogFactory(
      bootstrapServers: address, properties: properties, logFile: logFile, clientID: "broker-tests", patience: patience)
  }

  /// A name that no other test and no other run has.
  static func uniqueName(_ stem: String) -> String { "\(stem)-\(UUID().uuidString.prefix(13).lowercased())" }

  /// Runs what blocks on a thread of its own, and not on one of those that Swift's tasks share.
  static func blocking<Answer: Sendable>(_ body: @escaping @Sendable () throws -> Answer) async throws -> Answer {
    try await withTaskExecutorPreference(OwnThread()) { try body() }
  }

  /// A thread for each job. The job stays part of its task, so that what it finds is reported as that test's.
  private final class OwnThread: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      Thread.detachNewThread { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
  }

  /// A new topic, ready to be written to.
  static func topic(_ stem: String, partitions: Int = 1, settings: [String: String] = [:]) throws -> String {
    let administration = try factory().makeAdministration()
    defer { administration.close() }
    let name = uniqueName(stem)
    try administration.create([TopicDescription(name: name, partitions: partitions, replicas: 1, settings: settings)])
    return name
  }

  /// An initialised producer.
  static func producer(
    _ transactionalID: String = uniqueName("producer"), _ properties: [String: String] = [:]
  ) throws -> any LogProducer {
    let producer = try factory(properties).makeProducer(transactionalID: transactionalID)
    try producer.initialise()
    return producer
  }

  /// What a committed reader finds in a partition, from its start to its end as it is now.
  static func contents(of partition: TopicPartition) throws -> RecordBatch {
    let reader = try factory().makeReader()
    defer { reader.close(leaving: false) }
    let next = try reader.bounds(of: partition).next
    try reader.assign([partition: 0])
    var batch = RecordBatch()
    let deadline = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < deadline {
      let signal = try reader.poll(into: &batch, limit: .all, waiting: .seconds(1))
      if case .endOfPartition(_, let offset) = signal, offset >= next { return batch }
    }
    throw Late("the end of \(partition)")
  }

  static func texts(in partition: TopicPartition) throws -> [String] {
    let batch = try contents(of: partition)
    return batch.records.map { $0.value.map(batch.text) ?? "nil" }
  }

  /// Polls until there is a signal that `isWanted`.
  static func signal(
    of consumer: any LogConsumer, into batch: inout RecordBatch, within bound: Duration = .seconds(60),
    _ isWanted: (LogSignal) throws -> Bool
  ) throws -> LogSignal {
    let deadline = ContinuousClock.now + bound
    while ContinuousClock.now < deadline {
      let signal = try consumer.poll(into: &batch, limit: .all, waiting: .milliseconds(200))
      if let signal, try isWanted(signal) { return signal }
    }
    throw Late("a signal")
  }

  /// Polls until the group gives at least one partition, and reads what it gives from the start.
  static func awaitAssignment(of consumer: any LogConsumer) throws -> [TopicPartition] {
    var batch = RecordBatch()
    var owned: [TopicPartition] = []
    _ = try signal(of: consumer, into: &batch) { signal in
      switch signal {
      case .assigned(let partitions):
        owned = partitions.sorted()
        try consumer.assign(Dictionary(uniqueKeysWithValues: partitions.map { ($0, 0) }))
      case .revoked: try consumer.unassign()
      case .endOfPartition: break
      }
      return !owned.isEmpty
    }
    return owned
  }
}

/// Something did not come within its bound.
struct Late: Error, CustomStringConvertible {
  let description: String

  init(_ what: String) { description = "did not come in time: \(what)" }
}

extension PollLimit {
  static let all = PollLimit(records: 10_000, bytes: 64 << 20)
}

/// The error that a call throws.
func failure(of call: () throws -> Void) throws -> LogError {
  do {
    try call()
  } catch let error as LogError {
    return error
  }
  throw Late("an error")
}
