import Pipeline
import Wire

/// The whole of an in-memory log as a value: topics, transactions, groups. Every step is a method of its own that
/// answers or throws at once, so a test can copy it, branch from it and try each order of steps.
///
/// What it keeps of Kafka: control markers take offsets, a `read_committed` reader stops at the last stable offset and
/// never sees an aborted record, a transactional id has epochs, sent offsets wait for their transaction, groups have
/// generations. What it leaves out: brokers that fail, compaction, retention by time, the passing of time at all.
public struct MemoryLogState: Sendable {
  struct Topic: Sendable {
    var description: TopicDescription
    var partitions: [MemoryPartition]
    /// Where the next record without partition and key goes.
    var nextKeyless: Int32 = 0
  }

  public let brokers: Int
  var topics: [String: Topic] = [:]
  var groups: [String: MemoryGroup] = [:]
  /// By transactional id.
  var producers: [String: MemoryProducerRegistration] = [:]
  /// Who each member id belongs to, former members included.
  var memberships: [Int: MemoryMembership.Owner] = [:]
  /// Numbers members, transactions and sent offsets, each number used once.
  private var lastNumber = 0

  public init(brokers: Int = 1) { self.brokers = brokers }

  mutating func nextNumber() -> Int {
    lastNumber += 1
    return lastNumber
  }

  /// How many partitions each topic has.
  var layout: [String: Int] { topics.mapValues { $0.partitions.count } }

  /// Creates topics, all or none: throws when one exists, or asks for no partition or more replicas than brokers.
  public mutating func create(_ descriptions: [TopicDescription]) throws(LogError) {
    for topic in descriptions {
      guard topics[topic.name] == nil else {
        throw LogError(.other, .stop, reason: "topic \(topic.name) exists already")
      }
      guard topic.partitions >= 1, topic.replicas >= 1, topic.replicas <= brokers else {
        throw LogError(
          .other, .stop,
          reason: "topic \(topic.name): \(topic.partitions) partitions, \(topic.replicas) replicas, \(brokers) brokers")
      }
    }
    for topic in descriptions {
      let partitions = Array(repeating: MemoryPartition(), count: topic.partitions)
      topics[topic.name] = Topic(description: topic, partitions: partitions)
    }
    let created = Set(descriptions.map(\.name))
    let layout = layout
    for name in groups.keys.sorted()
    where groups[name]?.members.values.contains(where: { !created.isDisjoint(with: $0.topics) }) ?? false {
      groups[name]?.rebalance(layout: layout)
    }
  }

  /// The topics that exist among `names`, in that order, each with the settings it was created with and the asked ones
  /// that Kafka has a default for.
  public func describe(_ names: [String], settings: [String]) -> [TopicDescription] {
    names.compactMap { name in
      guard var found = topics[name]?.description else { return nil }
      for setting in settings where found.settings[setting] == nil {
        found.settings[setting] = KafkaTopicDefaults.values[setting]
      }
      return found
    }
  }

  public func bounds(of partition: TopicPartition) throws(LogError) -> OffsetBounds {
    let found = try existing(partition)
    return OffsetBounds(first: found.first, next: found.lastStable)
  }

  /// Raises a partition's first offset, as retention or Kafka's DeleteRecords do.
  public mutating func deleteRecords(in partition: TopicPartition, before offset: Int64) throws(LogError) {
    _ = try existing(partition)
    let deleted =
      topics[partition.topic]?.partitions[Int(partition.partition)].removeRecords(before: offset) ?? false
    guard deleted else { throw outOfRange(partition, offset) }
  }

  /// Copies what a `read_committed` reader may see from `position` on into `batch`, and moves `position` behind it and
  /// behind what will never be seen, at most up to the last stable offset. Throws where the log does not hold `position`.
  public func read(
    _ partition: TopicPartition, from position: inout Int64, into batch: inout RecordBatch, budget: inout PollLimit
  ) throws(LogError) {
    let found = try checked(partition, at: position)
    found.read(from: &position, as: partition, into: &batch, budget: &budget)
  }

  /// The partition, if it holds the position: `offsetOutOfRange` if not.
  @discardableResult
  func checked(_ partition: TopicPartition, at position: Int64) throws(LogError) -> MemoryPartition {
    let found = try existing(partition)
    guard position >= found.first, position <= found.end else { throw outOfRange(partition, position) }
    return found
  }

  func existing(_ partition: TopicPartition) throws(LogError) -> MemoryPartition {
    guard let topic = topics[partition.topic], topic.partitions.indices.contains(Int(partition.partition)) else {
      throw LogError(.unknownTopic, .stop, reason: "no such partition", partition: partition)
    }
    return topic.partitions[Int(partition.partition)]
  }

  private func outOfRange(_ partition: TopicPartition, _ offset: Int64) -> LogError {
    LogError(.offsetOutOfRange, .stop, reason: "the log does not hold offset \(offset)", partition: partition)
  }
}

/// Kafka's defaults of the topic settings that the pipeline sets or looks at.
enum KafkaTopicDefaults {
  static let values = [
    "cleanup.policy": "delete",
    "compression.type": "producer",
    "delete.retention.ms": "86400000",
    "max.compaction.lag.ms": "9223372036854775807",
    "max.message.bytes": "1048588",
    "message.timestamp.type": "CreateTime",
    "min.cleanable.dirty.ratio": "0.5",
    "min.compaction.lag.ms": "0",
    "min.insync.replicas": "1",
    "retention.bytes": "-1",
    "retention.ms": "604800000",
    "segment.bytes": "1073741824",
    "segment.ms": "604800000",
    "unclean.leader.election.enable": "false",
  ]
}
