import Hotspots
import Incidents
import Wire

/// The ingest role: reads the inputs, refuses or journals each record, and commits both with the input offsets in one
/// transaction. Ticks the journal's hours.
///
/// Used by one thread. `step` does one batch; after an error the object is spent.
public final class Ingest {
  /// What one transaction may take in: enough to spread a commit's cost, little enough to bound what is in flight.
  private static let limit = PollLimit(records: 20_000, bytes: 8 << 20)
  /// How far the log's clock and ours may lie apart.
  private static let clockTolerance: Int64 = 5_000

  private let names: Names
  private let clock: any WallClock
  private let consumer: any LogConsumer
  private let producer: any LogProducer
  private let driver: TransactionDriver
  private let settings: SettingsWatch
  private let passing: CrashPoint.Hook?
  private var translators: InputTranslators
  private var batch = RecordBatch()
  private var standing: [TopicPartition: IngestTotals] = [:]
  private var reached: [TopicPartition: Int64] = [:]
  private var hasJoined = false

  public init(
    log: any LogFactory, names: Names, instance: String, clock: any WallClock, passing: CrashPoint.Hook? = nil
  ) throws(RoleError) {
    self.names = names
    self.passing = passing
    self.clock = clock
    do {
      // The watch stands before the settings are read, so that no change falls between the two.
      settings = try SettingsWatch(names: names, log: log)
      let birth = try Founding(names: names, log: log).knownBirth()
      translators = InputTranslators(names: names, configuration: birth.configuration)
      producer = try log.makeProducer(transactionalID: names.transactionalID(.ingest, instance: instance))
      try producer.initialise()
      consumer = try log.makeConsumer(
        group: names.group(.ingest), instance: instance, topics: names.inputs)
    } catch {
      throw RoleError(anyOf: error)
    }
    driver = TransactionDriver(producer: producer, passing: passing)
  }

  /// For each partition that this member owns, the offset up to which everything is committed and was seen to be all
  /// there is; partitions still being read are missing.
  public var caughtUp: [TopicPartition: Int64] { reached }

  /// The partitions that this member owns; nil until the group has said so.
  public var owned: Set<TopicPartition>? { hasJoined ? Set(standing.keys) : nil }

  /// Reads what is there (waiting for it as long as told), commits what became of it, and then answers the group.
  public func step(waiting: Duration) throws(RoleError) {
    batch.removeAll()
    do {
      if let configuration = try settings.change() {
        translators = InputTranslators(names: names, configuration: configuration)
      }
      let signal = try consumer.poll(into: &batch, limit: Self.limit, waiting: waiting)
      if !batch.records.isEmpty { passing?(.afterPoll) }
      try ingest()
      if let signal { try answer(signal) }
    } catch {
      throw RoleError(anyOf: error)
    }
  }

  public func close(leaving: Bool) {
    consumer.close(leaving: leaving)
    producer.close()
    settings.close()
  }

  // MARK: One batch

  private func ingest() throws {
    let at = clock.now()
    var outbox = Outbox()
    var journal = FrameBuilder(names: names, at: at)
    var moved: [TopicPartition: IngestTotals] = [:]
    if let tick = dueTick(at: at) {
      journal.tick()
      moved[tick.partition] = tick.totals
    }
    for record in batch.records {
      let partition = batch.partition(of: record)
      // Records of a partition that is no longer ours come again to whoever has it now.
      guard var totals = moved[partition] ?? standing[partition] else { continue }
      totals.received += 1
      totals.offset = record.offset + 1
      switch translators.translate(record, of: batch, from: partition, at: at, into: &journal.lines) {
      case nil:
        totals.accepted += 1
        journal.endLine()
      case let rejection?:
        totals.rejected += 1
        totals.codes[rejection.code, default: 0] += 1
        outbox.records.append(rejection.record(from: partition, offset: record.offset, names: names))
      }
      moved[partition] = totals
      reached[partition] = nil
    }
    guard !moved.isEmpty else { return }
    passing?(.afterTranslate)
    journal.finish(into: &outbox)
    for (partition, totals) in moved.sorted(by: { $0.key < $1.key }) {
      outbox.offsets[partition] = CommittedOffset(offset: totals.offset, metadata: totals.metadata)
      outbox.records.append(totals.progress(of: partition, names: names))
    }
    try commit(outbox)
    standing.merge(moved) { _, new in new }
  }

  private func commit(_ outbox: Outbox) throws(LogError) {
    let journal = names(.journal)
    let before = clock.nowOnTheLog().milliseconds - Self.clockTolerance
    try driver.send(outbox) { () throws(LogError) in
      try consumer.membership()
    } check: { deliveries throws(LogError) in
      let after = clock.nowOnTheLog().milliseconds + Self.clockTolerance
      for delivery in deliveries where delivery.partition.topic == journal && delivery.timestamp >= 0 {
        guard (before...after).contains(delivery.timestamp) else {
          throw LogError(
            .other, .stop,
            reason: "the broker's clock (\(delivery.timestamp) ms) and ours lie more than 5 s apart",
            partition: delivery.partition, advice: "set both machines' clocks by NTP, then start again")
        }
      }
    }
  }

  /// The hour's tick, when this member owns the partition that it rides on and it has not been written yet.
  private func dueTick(at: EventTime) -> (partition: TopicPartition, totals: IngestTotals)? {
    let partition = TopicPartition(names(.incidents), 0)
    guard var totals = standing[partition], totals.tickHour < at.hour else { return nil }
    totals.tickHour = at.hour
    return (partition, totals)
  }

  // MARK: The group

  private func answer(_ signal: LogSignal) throws {
    switch signal {
    case .assigned(let partitions): try takeOver(partitions)
    case .revoked:
      hasJoined = false
      standing = [:]
      reached = [:]
      try consumer.unassign()
    case .endOfPartition(let partition, let offset):
      if standing[partition] != nil { reached[partition] = offset }
    }
  }

  private func takeOver(_ partitions: [TopicPartition]) throws {
    hasJoined = true
    let committed = try consumer.stableCommitted(partitions)
    standing = [:]
    reached = [:]
    for partition in partitions {
      guard let offset = committed[partition] else { throw StopReason.missingOffset(partition, .ingest, names) }
      guard let totals = IngestTotals(offset) else { throw StopReason.foreignMetadata(partition, .ingest, names) }
      standing[partition] = totals
    }
    try consumer.assign(standing.mapValues(\.offset))
  }
}

extension StopReason {
  static func missingOffset(_ partition: TopicPartition, _ role: Role, _ names: Names) -> StopReason {
    StopReason(
      .divergence,
      reason: "the group \(names.group(role)) has no committed offset for \(partition), and never starts from zero",
      advice: "run `bellwether doctor`: it says whether the offset was lost, and puts it back with --repair")
  }

  static func foreignMetadata(_ partition: TopicPartition, _ role: Role, _ names: Names) -> StopReason {
    StopReason(
      .divergence,
      reason: "the offset that the group \(names.group(role)) committed for \(partition) does not carry our totals",
      advice: "something else has committed it: stop that, and restore the offset")
  }
}
