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
  private let passing: CrashPoint.Hook?
  private var batch = RecordBatch()
  private let checkpointer: Checkpointer?
  private let notice: @Sendable (String) -> Void
  private var partitions: [TopicPartition: PartitionFold] = [:]
  /// Owned, but not read: folding them would publish past a divergence.
  private var parkedPartitions: [TopicPartition: Parking] = [:]
  private var reached: [TopicPartition: Int64] = [:]
  private var hasJoined = false

  /// - Parameters:
  ///   - checkpointer: nil to fold from the journal's birth at each take-over.
  ///   - notice: told in words what does not end the role.
  public init(
    log: any LogFactory, names: Names, instance: String, checkpointer: Checkpointer? = nil,
    passing: CrashPoint.Hook? = nil, notice: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(RoleError) {
    self.names = names
    self.checkpointer = checkpointer
    self.passing = passing
    self.notice = notice
    do {
      producer = try log.makeProducer(transactionalID: names.transactionalID(.fold, instance: instance))
      try producer.initialise()
      consumer = try log.makeConsumer(
        group: names.group(.fold), instance: instance, topics: [names(.journal)])
    } catch {
      throw RoleError(error)
    }
    driver = TransactionDriver(producer: producer, passing: passing)
  }

  /// For each partition that this member owns, the offset up to which everything is folded, published and was seen to be
  /// all there is; partitions still being read are missing.
  public var caughtUp: [TopicPartition: Int64] { reached }

  /// The partitions that this member owns; nil until the group has said so.
  public var owned: Set<TopicPartition>? {
    hasJoined ? Set(partitions.keys).union(parkedPartitions.keys) : nil
  }

  /// The partitions that this member owns and does not read, because code and history disagree there.
  public var parked: [TopicPartition: StopReason] { parkedPartitions.mapValues(\.reason) }

  /// Reads what is there (waiting for it as long as told), commits what became of it, and then answers the group. A
  /// partition in which code and history disagree is parked; when no other is left, that ends the role.
  public func step(waiting: Duration) throws(RoleError) {
    batch.removeAll()
    do {
      let signal = try consumer.poll(into: &batch, limit: Self.limit, waiting: waiting)
      if !batch.records.isEmpty { passing?(.afterPoll) }
      try publish(foldBatch())
      if let signal { try answer(signal) }
      try leaveParked()
    } catch {
      throw RoleError(anyOf: error)
    }
  }

  public func close(leaving: Bool) {
    consumer.close(leaving: leaving)
    producer.close()
  }

  /// Folds what was read; the live partitions that moved.
  private func foldBatch() -> Set<TopicPartition> {
    var moved: Set<TopicPartition> = []
    for record in batch.records {
      let partition = batch.partition(of: record)
      guard partitions[partition] != nil else { continue }
      do throws(StopReason) {
        try partitions[partition]?.apply(record, of: batch)
        reached[partition] = nil
        if partitions[partition]?.isLive == true { moved.insert(partition) }
      } catch {
        moved.remove(partition)
        park(partition, error)
      }
    }
    return moved
  }

  private func publish(_ moved: Set<TopicPartition>) throws(LogError) {
    var outbox = Outbox()
    for (partition, parking) in parkedPartitions.sorted(by: { $0.key < $1.key }) where !parking.isTold {
      parking.tell(of: partition, names: names, in: &outbox)
    }
    guard !moved.isEmpty || !outbox.isEmpty else { return }
    passing?(.afterFold)
    for partition in moved.sorted() {
      guard let records = partitions[partition]?.takeRecords(names: names), let state = partitions[partition] else {
        continue
      }
      outbox.records += records
      outbox.offsets[partition] = state.committed
    }
    try driver.send(outbox) { () throws(LogError) in try consumer.membership() }
    for partition in parkedPartitions.keys { parkedPartitions[partition]?.isTold = true }
    for partition in moved {
      guard let committed = outbox.offsets[partition] else { continue }
      partitions[partition]?.wasCommitted(committed, checkpointer: checkpointer)
    }
  }

  private func answer(_ signal: LogSignal) throws {
    switch signal {
    case .assigned(let assigned): try takeOver(assigned)
    case .revoked:
      hasJoined = false
      dropAll()
      try consumer.unassign()
    case .endOfPartition(let partition, let offset): try reachedEnd(of: partition, at: offset)
    }
  }

  private func reachedEnd(of partition: TopicPartition, at offset: Int64) throws(LogError) {
    do throws(StopReason) {
      try partitions[partition]?.reachedEnd(offset)
    } catch {
      return park(partition, error)
    }
    guard let isLive = partitions[partition]?.isLive else { return }
    if isLive {
      reached[partition] = offset
      return
    }
    // A leader that was just elected may show less than is committed for a moment: the log itself is asked.
    let end = try consumer.bounds(of: partition).next
    do throws(StopReason) {
      try partitions[partition]?.checkReach(of: end)
    } catch {
      park(partition, error)
    }
  }

  private func takeOver(_ assigned: [TopicPartition]) throws {
    hasJoined = true
    let committed = try consumer.stableCommitted(assigned)
    dropAll()
    for partition in assigned.sorted() {
      guard let offset = committed[partition] else { throw StopReason.missingOffset(partition, .fold, names) }
      let checkpoint = checkpointer?.restore(partition, upTo: offset.offset)
      if let checkpoint { notice("\(partition) is taken up from the checkpoint at frame \(checkpoint.mark.frame)") }
      partitions[partition] = PartitionFold(partition, committed: offset, from: checkpoint)
    }
    try consumer.assign(partitions.mapValues(\.offset))
  }

  private func dropAll() {
    partitions = [:]
    parkedPartitions = [:]
    reached = [:]
  }
}

// MARK: - Parking

extension FoldRole {
  private func park(_ partition: TopicPartition, _ reason: StopReason) {
    guard let state = partitions.removeValue(forKey: partition) else { return }
    reached[partition] = nil
    parkedPartitions[partition] = Parking(reason, groupOffset: state.groupOffset)
    notice("\(partition) is parked: \(reason)")
  }

  /// Goes on without what was parked in this step; when nothing is left, that ends the role.
  private func leaveParked() throws {
    let new = parkedPartitions.filter { !$0.value.isLeft }
    guard let first = new.min(by: { $0.key < $1.key }) else { return }
    try publish([])
    guard !partitions.isEmpty else { throw first.value.reason }
    try consumer.assign(partitions.mapValues(\.offset))
    for partition in new.keys { parkedPartitions[partition]?.isLeft = true }
  }
}
