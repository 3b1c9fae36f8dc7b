import Hotspots
import Incidents
import Pipeline
import Wire

/// The whole pipeline on the in-memory log, driven by hand: no thread, no clock but the log's.
public final class MemoryService {
  public let log: MemoryLog
  public let names: Names
  private let factory: MemoryLogFactory
  private var ingest: Ingest?
  private var fold: FoldRole?
  private let instance: String
  /// The settings that the journal was born with.
  public let configuration: Configuration
  private let checkpoints: (any CheckpointStore)?
  private let release: Release
  /// Checkpoints that were begun and not written yet; the log's clock is theirs too.
  public let writing = HeldWork()
  /// What the fold had to say.
  public let notices = Notices()

  /// A service whose topics are there and whose journal is born. Takes a checkpoint after each commit if it has a store
  /// for them; held back, they are written by hand.
  public init(
    log: MemoryLog = MemoryLog(), names: Names = Names(prefix: ""), instance: String = "a",
    configuration: Configuration = Configuration(), checkpoints: (any CheckpointStore)? = nil,
    release: Release = .current
  ) throws {
    self.log = log
    self.names = names
    self.instance = instance
    self.configuration = configuration
    self.checkpoints = checkpoints
    self.release = release
    factory = MemoryLogFactory(log)
    let administration = try factory.makeAdministration()
    try administration.create(TopicPlan(names: names, administration: administration).missing)
    _ = try Founding(names: names, log: factory, release: release).establish(
      configuration: configuration, journal: String(repeating: "0", count: 32), at: LogClock(log.clock).now())
  }

  /// Writes records to an input, undecoded, in one transaction.
  public func feed(_ records: [OutgoingRecord]) throws {
    let producer = try factory.makeProducer(transactionalID: "feeder")
    try producer.initialise()
    try producer.begin()
    for record in records { try producer.produce(record) }
    _ = try producer.flush()
    try producer.commit()
  }

  /// Steps both roles so many times, one after the other.
  public func step(times: Int) throws {
    let (ingest, fold) = try roles()
    for _ in 0..<times {
      try ingest.step(waiting: .zero)
      try fold.step(waiting: .zero)
      if !writing.isHeld { writing.finish() }
    }
  }

  /// Steps both roles until neither has anything left to do.
  public func runUntilCaughtUp() throws {
    let (ingest, fold) = try roles()
    var quietRounds = 0
    while quietRounds < 3 {
      try step(times: 1)
      let isCaughtUp =
        try hasReachedEnds(ingest.owned, ingest.caughtUp) && hasReachedEnds(fold.owned, fold.caughtUp)
      quietRounds = isCaughtUp ? quietRounds + 1 : 0
    }
  }

  private func roles() throws -> (Ingest, FoldRole) {
    if let ingest, let fold { return (ingest, fold) }
    let birth = try Founding(names: names, log: factory).knownBirth()
    let ingest =
      try self.ingest
      ?? Ingest(log: factory, names: names, instance: instance, clock: LogClock(log.clock))
    let fold =
      try self.fold
      ?? FoldRole(
        log: factory, names: names, instance: instance, checkpointer: checkpointer(journal: birth.journal),
        release: release, notice: notices.add)
    self.ingest = ingest
    self.fold = fold
    return (ingest, fold)
  }

  private func checkpointer(journal: String) -> Checkpointer? {
    let (clock, writing) = (log.clock, writing)
    return checkpoints.map { store in
      Checkpointer(
        store: store, journal: journal, release: release, interval: .zero, elapsed: { .milliseconds(clock.now) },
        perform: { writing.add($0) }, notice: notices.add)
    }
  }

  /// Drops both roles as a crash would: nothing is closed, nothing finished.
  public func crash() {
    ingest = nil
    fold = nil
    writing.drop()
  }

  /// Closes both roles as a restart does.
  public func stop() {
    ingest?.close(leaving: false)
    fold?.close(leaving: false)
    writing.finish()
    crash()
  }

  public func status() throws -> ServiceStatus { try ServiceStatus(names: names, log: factory) }

  /// Whether a role owns something and has seen the end of all of it, as it is now: a role that was told of an end does not
  /// know of what came since.
  private func hasReachedEnds(_ owned: Set<TopicPartition>?, _ reached: [TopicPartition: Int64]) throws -> Bool {
    guard let owned, !owned.isEmpty else { return false }
    let ends = try factory.makeAdministration().bounds(of: Array(owned))
    return owned.allSatisfy { partition in
      guard let end = ends[partition]?.next, let reached = reached[partition] else { return false }
      return reached >= end
    }
  }
}

/// The log's hand-moved clock as the outside world's.
struct LogClock: WallClock {
  private let clock: MemoryClock

  init(_ clock: MemoryClock) { self.clock = clock }

  func now() -> EventTime { EventTime(milliseconds: clock.now) }
}
