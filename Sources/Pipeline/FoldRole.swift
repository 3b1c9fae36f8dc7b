import Hotspots
import Incidents
import Wire

/// The fold role: reads the journal, folds it, and publishes what changed in one transaction with the journal's offsets.
///
/// Used by one thread. `step` does one batch; after an error the object is spent, and the state with it: a new one takes
/// over from what the group has committed.
public final class FoldRole {
  private static let limit = PollLimit(records: 10_000, bytes: 16 << 20)

  /// What a member of the group works with.
  private struct Handles {
    let consumer: any LogConsumer
    let producer: any LogProducer
    let driver: TransactionDriver
  }

  private let log: any LogFactory
  private let names: Names
  private let instance: String
  private let release: Release
  private let passing: CrashPoint.Hook?
  private var batch = RecordBatch()
  private let checkpointer: Checkpointer?
  private let notice: @Sendable (String) -> Void
  /// Nil while this release waits for the one before it.
  private var handles: Handles?
  private var wait: ReleaseWait?
  /// What was folded while waiting, until the group gives it to somebody.
  private var prepared: [TopicPartition: PartitionFold] = [:]
  private var partitions: [TopicPartition: PartitionFold] = [:]
  /// Owned, but not read: folding them would publish past a divergence.
  private var parkedPartitions: [TopicPartition: Parking] = [:]
  /// Owned, and published up to the frame of a later release, whose number this is.
  private var leaving: [TopicPartition: Int] = [:]
  private var reached: [TopicPartition: Int64] = [:]
  private var hasJoined = false
  private var isReleased = false

  /// - Parameters:
  ///   - checkpointer: nil to fold from the journal's birth at each take-over.
  ///   - release: the version of the rules. A newer one than the journal's waits outside the group.
  ///   - notice: told in words what does not end the role.
  public init(
    log: any LogFactory, names: Names, instance: String, checkpointer: Checkpointer? = nil,
    release: Release = .current, passing: CrashPoint.Hook? = nil,
    notice: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(RoleError) {
    self.log = log
    self.names = names
    self.instance = instance
    self.checkpointer = checkpointer
    self.release = release
    self.passing = passing
    self.notice = notice
    do {
      wait = try ReleaseWait(names: names, log: log, release: release, notice: notice)
      if wait == nil { handles = try join() }
    } catch {
      throw RoleError(anyOf: error)
    }
  }

  private func join() throws(LogError) -> Handles {
    let producer = try log.makeProducer(transactionalID: names.transactionalID(.fold, instance: instance))
    try producer.initialise()
    let consumer = try log.makeConsumer(group: names.group(.fold), instance: instance, topics: [names(.journal)])
    return Handles(
      consumer: consumer, producer: producer, driver: TransactionDriver(producer: producer, passing: passing))
  }

  /// For each partition that this member owns, the offset up to which everything is folded, published and was seen to be
  /// all there is; partitions still being read are missing.
  public var caughtUp: [TopicPartition: Int64] { reached }

  /// The partitions that this member owns; nil until the group has said so.
  public var owned: Set<TopicPartition>? {
    hasJoined ? Set(partitions.keys).union(parkedPartitions.keys) : nil
  }

  /// Whether this release may not publish yet.
  public var isWaiting: Bool { wait != nil }

  /// Why this release may not publish and no work of the release before changes that; nil else, and while it is not known.
  public var hindrance: StopReason? { wait?.hindrance }

  /// The partitions that this member owns and does not read, because code and history disagree there.
  public var parked: [TopicPartition: StopReason] { parkedPartitions.mapValues(\.reason) }

  /// Reads what is there (waiting for it as long as told), commits what became of it, and then answers the group. A
  /// partition in which code and history disagree is parked; when no other is left, that ends the role. So does the frame
  /// of a later release, once everything before it is published.
  public func step(waiting: Duration) throws(RoleError) {
    do {
      guard let handles else { return try prepare(waiting: waiting) }
      batch.removeAll()
      let signal = try handles.consumer.poll(into: &batch, limit: Self.limit, waiting: waiting)
      if !batch.records.isEmpty { passing?(.afterPoll) }
      try publish(foldBatch(), by: handles)
      if let signal { try answer(signal, by: handles) }
      try leaveReleased(by: handles)
      try leaveParked(by: handles)
    } catch {
      throw RoleError(anyOf: error)
    }
  }

  /// `leaving`: whether the group gives the partitions to others at once. Who has made room for a later release does not
  /// come back.
  public func close(leaving: Bool) {
    wait?.close()
    handles?.consumer.close(leaving: leaving || isReleased)
    handles?.producer.close()
  }

  /// Reads on outside the group, and joins it when the release before has made room.
  private func prepare(waiting: Duration) throws {
    guard let wait, let folds = try wait.step(waiting: waiting) else { return }
    wait.close()
    self.wait = nil
    prepared = folds
    handles = try join()
  }

  /// Folds what was read; the live partitions that moved.
  private func foldBatch() throws -> Set<TopicPartition> {
    var moved: Set<TopicPartition> = []
    for record in batch.records {
      let partition = batch.partition(of: record)
      guard partitions[partition] != nil, leaving[partition] == nil else { continue }
      let number = PartitionFold.release(of: record, in: batch)
      if number == release.number {
        let isFirst = partitions[partition]?.isHandedOver == true
        partitions[partition]?.handover = try Handover(
          to: release.number, in: partition, names: names, log: log, withDays: isFirst)
      }
      do throws(StopReason) {
        if let number, number > release.number {
          try partitions[partition]?.makeRoom(at: record.offset)
          leaving[partition] = number
          continue
        }
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

  private func publish(_ moved: Set<TopicPartition>, by handles: Handles) throws(LogError) {
    var outbox = Outbox()
    for (partition, parking) in parkedPartitions.sorted(by: { $0.key < $1.key }) where !parking.isTold {
      parking.tell(of: partition, names: names, in: &outbox)
    }
    guard !moved.isEmpty || !leaving.isEmpty || !outbox.isEmpty else { return }
    passing?(.afterFold)
    for partition in moved.sorted() {
      guard let records = partitions[partition]?.takeRecords(names: names), let state = partitions[partition] else {
        continue
      }
      outbox.records += records
      outbox.offsets[partition] = state.committed
    }
    for (partition, number) in leaving.sorted(by: { $0.key < $1.key }) {
      guard let state = partitions[partition] else { continue }
      outbox.records.append(state.handover(to: number, names: names))
      outbox.offsets[partition] = state.committed
    }
    try handles.driver.send(outbox) { () throws(LogError) in try handles.consumer.membership() }
    for partition in parkedPartitions.keys { parkedPartitions[partition]?.isTold = true }
    for partition in moved {
      guard let committed = outbox.offsets[partition] else { continue }
      partitions[partition]?.wasCommitted(committed, checkpointer: checkpointer)
    }
  }

  private func answer(_ signal: LogSignal, by handles: Handles) throws {
    switch signal {
    case .assigned(let assigned): try takeOver(assigned, by: handles)
    case .revoked:
      hasJoined = false
      dropAll()
      try handles.consumer.unassign()
    case .endOfPartition(let partition, let offset): try reachedEnd(of: partition, at: offset, by: handles)
    }
  }

  private func reachedEnd(
    of partition: TopicPartition, at offset: Int64, by handles: Handles
  ) throws(LogError) {
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
    let end = try handles.consumer.bounds(of: partition).next
    do throws(StopReason) {
      try partitions[partition]?.checkReach(of: end)
    } catch {
      park(partition, error)
    }
  }

  private func takeOver(_ assigned: [TopicPartition], by handles: Handles) throws {
    hasJoined = true
    let committed = try handles.consumer.stableCommitted(assigned)
    dropAll()
    for partition in assigned.sorted() {
      guard let offset = committed[partition] else { throw StopReason.missingOffset(partition, .fold, names) }
      if let mark = FoldMark(metadata: offset.metadata), mark.release > release.number {
        isReleased = true
        throw StopReason.outdated(release, journal: mark.release)
      }
      if var state = prepared.removeValue(forKey: partition) {
        state.take(offset)
        partitions[partition] = state
        continue
      }
      let checkpoint = checkpointer?.restore(partition, upTo: offset.offset)
      if let checkpoint { notice("\(partition) is taken up from the checkpoint at frame \(checkpoint.mark.frame)") }
      partitions[partition] = PartitionFold(partition, committed: offset, release: release, from: checkpoint)
    }
    try handles.consumer.assign(partitions.mapValues(\.offset))
  }

  private func dropAll() {
    partitions = [:]
    parkedPartitions = [:]
    leaving = [:]
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
  private func leaveParked(by handles: Handles) throws {
    let new = parkedPartitions.filter { !$0.value.isLeft }
    guard let first = new.min(by: { $0.key < $1.key }) else { return }
    try publish([], by: handles)
    guard !partitions.isEmpty else { throw first.value.reason }
    try handles.consumer.assign(partitions.mapValues(\.offset))
    for partition in new.keys { parkedPartitions[partition]?.isLeft = true }
  }
}

// MARK: - Making room

extension FoldRole {
  /// Goes on without what was left to a later release in this step; when nothing remains, the group is left, too.
  private func leaveReleased(by handles: Handles) throws {
    guard let (partition, number) = leaving.min(by: { $0.key < $1.key }) else { return }
    let frames = partitions[partition]?.fold.frames ?? 0
    for partition in leaving.keys {
      partitions[partition] = nil
      reached[partition] = nil
    }
    leaving = [:]
    let reason = StopReason(
      .released,
      reason: """
        release \(number) publishes from frame \(frames) of \(partition) on: release \(release.number) has published \
        everything before it
        """,
      advice: "start the program of release \(number) if it does not run yet")
    guard partitions.isEmpty else {
      notice("\(reason)")
      return try handles.consumer.assign(partitions.mapValues(\.offset))
    }
    if let parked = parkedPartitions.min(by: { $0.key < $1.key }) {
      try publish([], by: handles)
      throw parked.value.reason
    }
    isReleased = true
    throw reason
  }
}
