import Pipeline
import Wire

/// What a `MemoryLogState` knows of a transactional id.
struct MemoryProducerRegistration: Sendable {
  struct Transaction: Sendable {
    let number: Int
    var partitions: Set<TopicPartition> = []
    /// Sent offsets by group.
    var offsets: [String: [TopicPartition: MemoryGroup.StoredOffset]] = [:]
  }

  var epoch: Int
  /// Opened by the first record or offsets sent; the log knows nothing of an empty transaction.
  var open: Transaction?
}

/// A producer as the log knows it: fenced when its transactional id has a later epoch.
public struct MemoryProducerIdentity: Hashable, Sendable {
  public let transactionalID: String
  public let epoch: Int
}

extension MemoryLogState {
  /// Registers a producer: aborts the open transaction of the transactional id and fences its older producers.
  public mutating func initialiseProducer(_ transactionalID: String) -> MemoryProducerIdentity {
    fence(transactionalID)
    return MemoryProducerIdentity(transactionalID: transactionalID, epoch: producers[transactionalID]?.epoch ?? 0)
  }

  /// Aborts open transactions as their time-out does, and fences their producers: those of one transactional id or all.
  public mutating func expireTransactions(of transactionalID: String? = nil) {
    for name in openTransactions where transactionalID == nil || transactionalID == name { fence(name) }
  }

  /// The transactional ids with an open transaction that the log knows of, sorted.
  public var openTransactions: [String] { producers.filter { $0.value.open != nil }.keys.sorted() }

  /// Appends a record in the producer's transaction, opening it if need be. `now`: milliseconds since 1970, the time of
  /// producing and, in memory, of appending too.
  public mutating func append(
    _ record: OutgoingRecord, by producer: MemoryProducerIdentity, now: Int64
  ) throws(LogError) -> Delivery {
    try checkEpoch(of: producer)
    let place = try place(of: record)
    let settings = topics[place.topic]?.description.settings ?? [:]
    let limit = (settings["max.message.bytes"] ?? KafkaTopicDefaults.values["max.message.bytes"]).flatMap { Int($0) }
    if let limit, record.sizeInLog > limit {
      throw LogError(
        .recordTooLarge, .stop, reason: "\(record.sizeInLog) bytes where the topic takes \(limit)", partition: place)
    }
    let transaction = openTransaction(of: producer)
    producers[producer.transactionalID]?.open?.partitions.insert(place)
    let index = Int(place.partition)
    let offset = topics[place.topic]?.partitions[index].append(record, timestamp: now, transaction: transaction)
    return Delivery(partition: place, offset: offset ?? -1, timestamp: now)
  }

  /// Adds offsets to the producer's transaction: they stand when it commits. Refused when the membership has been
  /// superseded, and for an administrator while the group has members.
  public mutating func sendOffsets(
    _ offsets: [TopicPartition: CommittedOffset], of membership: GroupMembership, by producer: MemoryProducerIdentity
  ) throws(LogError) {
    try checkEpoch(of: producer)
    let group = try groupTakingOffsets(of: membership)
    for partition in offsets.keys.sorted() {
      _ = try existing(partition)
      guard (offsets[partition]?.metadata.utf8.count ?? 0) <= 4096 else {
        throw LogError(.other, .stop, reason: "offset metadata over 4096 bytes", partition: partition)
      }
    }
    guard !offsets.isEmpty else { return }
    _ = openTransaction(of: producer)
    let sequence = nextNumber()
    for (partition, offset) in offsets {
      producers[producer.transactionalID]?.open?.offsets[group, default: [:]][partition] =
        MemoryGroup.StoredOffset(offset: offset, sequence: sequence)
    }
  }

  /// Ends the producer's transaction; nothing to do where none is open, as when the answer to the first try got lost.
  public mutating func endTransaction(of producer: MemoryProducerIdentity, committing: Bool) throws(LogError) {
    try checkEpoch(of: producer)
    decide(producer.transactionalID, committed: committing)
  }

  private mutating func fence(_ transactionalID: String) {
    decide(transactionalID, committed: false)
    producers[transactionalID, default: MemoryProducerRegistration(epoch: -1)].epoch += 1
  }

  /// Writes the markers and lets the sent offsets stand or fall.
  private mutating func decide(_ transactionalID: String, committed: Bool) {
    guard let transaction = producers[transactionalID]?.open else { return }
    producers[transactionalID]?.open = nil
    for place in transaction.partitions {
      topics[place.topic]?.partitions[Int(place.partition)].decide(
        transaction: transaction.number, committed: committed)
    }
    guard committed else { return }
    for (group, offsets) in transaction.offsets {
      for (partition, sent) in offsets {
        let standing = groups[group]?.offsets[partition]?.sequence ?? 0
        if sent.sequence > standing { groups[group, default: MemoryGroup()].offsets[partition] = sent }
      }
    }
  }

  private func checkEpoch(of producer: MemoryProducerIdentity) throws(LogError) {
    guard producers[producer.transactionalID]?.epoch == producer.epoch else {
      throw LogError(
        .producerFenced, .restart,
        reason: "transactional id \(producer.transactionalID) has been taken over, or its transaction expired")
    }
  }

  /// The number of the producer's transaction, opened if there was none.
  private mutating func openTransaction(of producer: MemoryProducerIdentity) -> Int {
    if let open = producers[producer.transactionalID]?.open { return open.number }
    let number = nextNumber()
    producers[producer.transactionalID]?.open = MemoryProducerRegistration.Transaction(number: number)
    return number
  }

  /// Where a record goes: the partition it names, its key's, or one after the other.
  private mutating func place(of record: OutgoingRecord) throws(LogError) -> TopicPartition {
    guard let topic = topics[record.topic] else {
      throw LogError(.unknownTopic, .stop, reason: "no topic \(record.topic)")
    }
    let partition: Int32
    if let named = record.partition {
      partition = named
    } else if let key = record.key {
      partition = Murmur2.partition(of: key, among: topic.partitions.count)
    } else {
      partition = topic.nextKeyless
      topics[record.topic]?.nextKeyless = (partition + 1) % Int32(clamping: topic.partitions.count)
    }
    let place = TopicPartition(record.topic, partition)
    _ = try existing(place)
    return place
  }
}
