import Hotspots
import Incidents
import Wire

/// The fold role: reads the journal, folds it, and publishes what changed in one transaction with the journal's offsets.
///
/// Used by one thread. `step` does one batch; after an error the object is spent, and the state with it: a new one takes
/// over from what the group has committed.
public final class FoldRole {
  private static let limit = PollLimit(records: 10_000, bytes: 16 << 20)

  private let names: Names
  private let consumer: any LogConsumer
  private let producer: any LogProducer
  private let driver: TransactionDriver
  private var batch = RecordBatch()
  private var partitions: [TopicPartition: PartitionFold] = [:]
  private var reached: [TopicPartition: Int64] = [:]
  private var hasJoined = false

  public init(log: any LogFactory, names: Names, instance: String) throws(RoleError) {
    self.names = names
    do {
      producer = try log.makeProducer(transactionalID: names.transactionalID(.fold, instance: instance))
      try producer.initialise()
      consumer = try log.makeConsumer(
        group: names.group(.fold), instance: instance, topics: [names(.journal)])
    } catch {
      throw RoleError(error)
    }
    driver = TransactionDriver(producer: producer)
  }

  /// For each partition that this member owns, the offset up to which everything is folded, published and was seen to be
  /// all there is; partitions still being read are missing.
  public var caughtUp: [TopicPartition: Int64] { reached }

  /// The partitions that this member owns; nil until the group has said so.
  public var owned: Set<TopicPartition>? { hasJoined ? Set(partitions.keys) : nil }

  /// Reads what is there (waiting for it as long as told), commits what became of it, and then answers the group.
  public func step(waiting: Duration) throws(RoleError) {
    batch.removeAll()
    do {
      let signal = try consumer.poll(into: &batch, limit: Self.limit, waiting: waiting)
      try publish(try foldBatch())
      if let signal { try answer(signal) }
    } catch let error as LogError {
      throw RoleError(error)
    } catch let error as StopReason {
      throw .stop(error)
    } catch {
      preconditionFailure("no other error is thrown: \(error)")
    }
  }

  public func close(leaving: Bool) {
    consumer.close(leaving: leaving)
    producer.close()
  }

  /// Folds what was read; the live partitions that moved.
  private func foldBatch() throws(StopReason) -> Set<TopicPartition> {
    var moved: Set<TopicPartition> = []
    for record in batch.records {
      let partition = batch.partition(of: record)
      guard partitions[partition] != nil else { continue }
      try partitions[partition]?.apply(record, of: batch)
      reached[partition] = nil
      if partitions[partition]?.isLive == true { moved.insert(partition) }
    }
    return moved
  }

  private func publish(_ moved: Set<TopicPartition>) throws(LogError) {
    guard !moved.isEmpty else { return }
    var outbox = Outbox()
    for partition in moved.sorted() {
      guard let records = partitions[partition]?.takeRecords(names: names), let state = partitions[partition] else {
        continue
      }
      outbox.records += records
      outbox.offsets[partition] = state.committed
    }
    try driver.send(outbox) { () throws(LogError) in try consumer.membership() }
  }

  private func answer(_ signal: LogSignal) throws {
    switch signal {
    case .assigned(let assigned): try takeOver(assigned)
    case .revoked:
      hasJoined = false
      partitions = [:]
      reached = [:]
      try consumer.unassign()
    case .endOfPartition(let partition, let offset):
      try partitions[partition]?.reachedEnd(offset)
      if partitions[partition]?.isLive == true { reached[partition] = offset }
    }
  }

  private func takeOver(_ assigned: [TopicPartition]) throws {
    hasJoined = true
    let committed = try consumer.stableCommitted(assigned)
    partitions = [:]
    reached = [:]
    for partition in assigned {
      guard let offset = committed[partition] else { throw StopReason.missingOffset(partition, .fold, names) }
      partitions[partition] = PartitionFold(partition, committed: offset)
    }
    // Without a checkpoint the state is refolded from the journal's birth.
    try consumer.assign(partitions.mapValues { _ in 0 })
  }
}
