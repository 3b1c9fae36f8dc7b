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

  /// A service whose topics are there and whose journal is born.
  public init(
    log: MemoryLog = MemoryLog(), names: Names = Names(prefix: ""), instance: String = "a",
    configuration: Configuration = Configuration()
  ) throws {
    self.log = log
    self.names = names
    self.instance = instance
    factory = MemoryLogFactory(log)
    let administration = try factory.makeAdministration()
    try administration.create(TopicPlan(names: names, administration: administration).missing)
    _ = try Founding(names: names, log: factory).establish(
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
    }
  }

  /// Steps both roles until neither has anything left to do.
  public func runUntilCaughtUp() throws {
    let (ingest, fold) = try roles()
    var quietRounds = 0
    while quietRounds < 3 {
      try step(times: 1)
      let isCaughtUp = Self.isCaughtUp(ingest.owned, ingest.caughtUp) && Self.isCaughtUp(fold.owned, fold.caughtUp)
      quietRounds = isCaughtUp ? quietRounds + 1 : 0
    }
  }

  private func roles() throws -> (Ingest, FoldRole) {
    let ingest =
      try self.ingest
      ?? Ingest(
        log: factory, names: names, instance: instance, clock: LogClock(log.clock),
        birth: Founding(names: names, log: factory).birth() ?? Self.unborn())
    let fold = try self.fold ?? FoldRole(log: factory, names: names, instance: instance)
    self.ingest = ingest
    self.fold = fold
    return (ingest, fold)
  }

  /// Drops both roles as a crash would: nothing is closed, nothing finished.
  public func crash() {
    ingest = nil
    fold = nil
  }

  /// Closes both roles as a restart does.
  public func stop() {
    ingest?.close(leaving: false)
    fold?.close(leaving: false)
    crash()
  }

  public func status() throws -> ServiceStatus { try ServiceStatus(names: names, log: factory) }

  private static func isCaughtUp(_ owned: Set<TopicPartition>?, _ caughtUp: [TopicPartition: Int64]) -> Bool {
    owned.map { !$0.isEmpty && $0.allSatisfy { caughtUp[$0] != nil } } ?? false
  }

  private static func unborn() throws -> Birth {
    throw StopReason(.divergence, reason: "the journal has not been born", advice: "")
  }
}

/// The log's hand-moved clock as the outside world's.
struct LogClock: WallClock {
  private let clock: MemoryClock

  init(_ clock: MemoryClock) { self.clock = clock }

  func now() -> EventTime { EventTime(milliseconds: clock.now) }
}
