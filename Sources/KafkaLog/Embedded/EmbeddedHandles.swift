import Pipeline
import Wire

/// Reads from the embedded broker; what the group has committed comes from memory.
final class EmbeddedConsumer: LogConsumer {
  private let consumer: any LogConsumer
  private let group: String
  private let memory: EmbeddedMemory

  init(_ consumer: any LogConsumer, group: String, memory: EmbeddedMemory) {
    self.consumer = consumer
    self.group = group
    self.memory = memory
  }

  func poll(into batch: inout RecordBatch, limit: PollLimit, waiting: Duration) throws(LogError) -> LogSignal? {
    try consumer.poll(into: &batch, limit: limit, waiting: waiting)
  }

  func committed(_ partitions: [TopicPartition]) throws(LogError) -> [TopicPartition: CommittedOffset] {
    memory.committed(group: group).filter { partitions.contains($0.key) }
  }

  func assign(_ positions: [TopicPartition: Int64]) throws(LogError) { try consumer.assign(positions) }

  func unassign() throws(LogError) { try consumer.unassign() }

  func bounds(of partition: TopicPartition) throws(LogError) -> OffsetBounds { try consumer.bounds(of: partition) }

  /// The group's name stands for the member: nobody is fenced here.
  func membership() throws(LogError) -> GroupMembership { .member(Array(group.utf8)) }

  func close(leaving: Bool) { consumer.close(leaving: leaving) }
}

/// The time that the next record bears.
final class EmbeddedStamp {
  private let clock: () -> Int64
  private(set) var time: Int64 = 0

  init(clock: @escaping () -> Int64) { self.clock = clock }

  func renew() -> Int64 {
    time = clock()
    return time
  }
}

/// Writes to the embedded broker; the offsets of a transaction go to memory once the broker has taken its commit.
final class EmbeddedProducer: LogProducer {
  private let producer: any LogProducer
  private let memory: EmbeddedMemory
  private let stamp: EmbeddedStamp
  private var offsets: [String: [TopicPartition: CommittedOffset]] = [:]
  /// The times of the records since the last flush.
  private var times: [Int64] = []

  init(_ producer: any LogProducer, stamp: EmbeddedStamp, memory: EmbeddedMemory) {
    self.producer = producer
    self.stamp = stamp
    self.memory = memory
  }

  func initialise() throws(LogError) { try producer.initialise() }

  func begin() throws(LogError) {
    try producer.begin()
    offsets = [:]
    times = []
  }

  func produce(_ record: OutgoingRecord) throws(LogError) {
    let time = stamp.renew()
    try producer.produce(record)
    times.append(time)
  }

  /// Where the records are, and the times that they bear: what the mock cluster says of these is the same for all.
  func flush() throws(LogError) -> [Delivery] {
    var deliveries = try producer.flush()
    for (index, time) in zip(deliveries.indices, times) { deliveries[index].timestamp = time }
    times = []
    return deliveries
  }

  func sendOffsets(
    _ offsets: [TopicPartition: CommittedOffset], of membership: GroupMembership
  ) throws(LogError) {
    let group =
      switch membership {
      case .member(let name): String(decoding: name, as: UTF8.self)
      case .administrator(let group): group
      }
    self.offsets[group, default: [:]].merge(offsets) { $1 }
  }

  func commit() throws(LogError) {
    try producer.commit()
    memory.commit(offsets)
    offsets = [:]
  }

  func abort() throws(LogError) {
    try producer.abort()
    offsets = [:]
  }

  func close() { producer.close() }
}

/// Looks at the embedded broker, and makes topics on it.
final class EmbeddedAdministration: LogAdministration {
  private let administration: any LogAdministration
  private let broker: EmbeddedBroker
  private let memory: EmbeddedMemory

  init(_ administration: any LogAdministration, broker: EmbeddedBroker, memory: EmbeddedMemory) {
    self.administration = administration
    self.broker = broker
    self.memory = memory
  }

  func brokerCount() throws(LogError) -> Int { try administration.brokerCount() }

  /// Settings are those that the topic was made with.
  func describe(topics: [String], settings: [String]) throws(LogError) -> [TopicDescription] {
    var found = try administration.describe(topics: topics, settings: [])
    for index in found.indices {
      found[index].settings = memory.settings(of: found[index].name).filter { settings.contains($0.key) }
    }
    return found
  }

  func create(_ topics: [TopicDescription]) throws(LogError) {
    for topic in topics {
      try broker.create(topic)
      memory.keep(topic.settings, of: topic.name)
    }
  }

  func committed(
    group: String, _ partitions: [TopicPartition]
  ) throws(LogError) -> [TopicPartition: CommittedOffset] {
    memory.committed(group: group).filter { partitions.contains($0.key) }
  }

  func bounds(of partitions: [TopicPartition]) throws(LogError) -> [TopicPartition: OffsetBounds] {
    try administration.bounds(of: partitions)
  }

  /// Not known: the embedded broker cannot be asked.
  func members(of group: String) throws(LogError) -> [GroupMember] { [] }

  func close() { administration.close() }
}
