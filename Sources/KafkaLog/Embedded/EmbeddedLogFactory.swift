import Pipeline
import Synchronization
import Wire

/// Makes handles to an embedded broker. The clients are the same as for a real Kafka; what the mock cluster lacks is kept
/// here: the offsets of groups and the settings of topics, in memory, for as long as the process lives.
public struct EmbeddedLogFactory: LogFactory {
  private let broker: EmbeddedBroker
  private let kafka: KafkaLogFactory
  private let memory = EmbeddedMemory()
  private let clock: @Sendable () -> Int64

  /// - Parameters:
  ///   - logFile: what librdkafka has to say is appended here.
  ///   - clock: the broker's clock, milliseconds since 1970. The mock cluster has none of its own: it stores the time that
  ///     comes with a record, and answers the same number to every producer. So what a broker would stamp is stamped by
  ///     the producer handles.
  public init(broker: EmbeddedBroker, logFile: String, clock: @escaping @Sendable () -> Int64) {
    self.broker = broker
    self.clock = clock
    kafka = KafkaLogFactory(
      bootstrapServers: broker.address,
      properties: [
        // The mock cluster answers a reader that has nothing to read only after this time.
        "fetch.wait.max.ms": "10",
        // Everything is near: nothing is gained by waiting for more.
        "linger.ms": "0",
      ],
      logFile: logFile, clientID: "bellwether-demo", readAhead: 16_384)
  }

  public func makeConsumer(group: String, instance: String, topics: [String]) throws(LogError) -> any LogConsumer {
    EmbeddedConsumer(
      try kafka.makeConsumer(group: group, instance: instance, topics: topics), group: group, memory: memory)
  }

  public func makeReader() throws(LogError) -> any LogConsumer { try kafka.makeReader() }

  public func makeProducer(transactionalID: String) throws(LogError) -> any LogProducer {
    let stamp = EmbeddedStamp(clock: clock)
    let producer = try kafka.makeProducer(transactionalID: transactionalID) { stamp.time }
    return EmbeddedProducer(producer, stamp: stamp, memory: memory)
  }

  /// A writer without transactions.
  public func makeSender() throws(LogError) -> KafkaSender { try kafka.makeSender() }

  public func makeAdministration() throws(LogError) -> any LogAdministration {
    EmbeddedAdministration(try kafka.makeAdministration(), broker: broker, memory: memory)
  }

  /// The offsets that a group has committed, of all its partitions.
  public func committed(group: String) -> [TopicPartition: CommittedOffset] { memory.committed(group: group) }
}

/// What the mock cluster does not keep.
final class EmbeddedMemory: Sendable {
  private struct State {
    var offsets: [String: [TopicPartition: CommittedOffset]] = [:]
    var settings: [String: [String: String]] = [:]
  }

  private let state = Mutex(State())

  func committed(group: String) -> [TopicPartition: CommittedOffset] { state.withLock { $0.offsets[group] ?? [:] } }

  func commit(_ offsets: [String: [TopicPartition: CommittedOffset]]) {
    state.withLock { state in
      for (group, offsets) in offsets { state.offsets[group, default: [:]].merge(offsets) { $1 } }
    }
  }

  func settings(of topic: String) -> [String: String] { state.withLock { $0.settings[topic] ?? [:] } }

  func keep(_ settings: [String: String], of topic: String) { state.withLock { $0.settings[topic] = settings } }
}
