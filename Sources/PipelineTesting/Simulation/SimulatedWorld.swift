import Hotspots
import Incidents
import Pipeline
import Wire

/// What the runs of a simulation begin with: topics and a newborn journal, at each of some moments.
public struct SimulatedWorld: Sendable {
  struct Beginning: Sendable {
    var now: Int64
    var state: MemoryLogState
    var birth: Birth
  }

  let names = Names(prefix: "")
  let beginnings: [Beginning]
  let poison: [PoisonRecord]

  /// An ordinary afternoon, the nights of both clock changes, the eve of 29 February, the end of a year.
  private static let moments: [Int64] = [
    1_772_366_400_000, 1_774_741_500_000, 1_792_884_600_000, 1_835_394_600_000, 1_798_759_800_000,
  ]

  public init() throws {
    // Megabytes of poison would only slow the runs down.
    poison = try PoisonRecord.load(directory: GeneratedHistory.rejectedFolder).filter { ($0.value?.count ?? 0) < 4_096 }
    beginnings = try Self.moments.map { [names] now in
      let log = MemoryLog(clock: MemoryClock(now: now))
      let factory = MemoryLogFactory(log)
      let administration = try factory.makeAdministration()
      try administration.create(TopicPlan(names: names, administration: administration).missing)
      let founding = Founding(names: names, log: factory)
      _ = try founding.establish(
        configuration: Configuration(sources: GeneratedHistory.registry), journal: String(repeating: "0", count: 32),
        at: EventTime(milliseconds: now))
      guard let birth = try founding.birth() else { throw SimulationFinding(.stuck, "no journal was born") }
      return Beginning(now: now, state: log.state, birth: birth)
    }
  }
}

/// What a run shows that must not be.
public struct SimulationFinding: Error, Sendable, CustomStringConvertible {
  public enum Kind: String, Sendable {
    /// An input record has neither a journal line nor a rejection.
    case lost
    /// Something stands twice.
    case duplicated
    /// Something became of a record that was never committed, or was seen before what it was made of.
    case abortedRead = "aborted-read"
    /// Something came before what it follows.
    case reordered
    /// Something differs from what was computed independently.
    case divergent
    /// Something that should have been published was not.
    case unseen
    /// A process stopped for a person although nothing was wrong.
    case stopped
    /// Work was left that nobody did.
    case stuck
  }

  public var kind: Kind
  public var text: String

  init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }

  public var description: String { "\(kind.rawValue): \(text)" }
}

/// What happened in one run, or in many.
public struct SimulationReport: Sendable {
  public var runs = 0
  public var records = 0
  public var crashes: [String: Int] = [:]
  public var crashesInTransaction = 0
  public var takeOvers = 0
  public var rebalances = 0
  public var revokedAsLost = 0
  public var faults = 0
  /// Workers that were replaced, by the code of the error that spent them.
  public var spent: [String: Int] = [:]
  public var expiredSessions = 0
  public var expiredTransactions = 0
  public var projections = 0
  public var frames = 0
  public var verdicts = Verdicts()
  public var rejected = 0

  public init() {}

  public var crashesInAll: Int { crashes.values.reduce(0, +) }

  public static func += (a: inout SimulationReport, b: SimulationReport) {
    a.runs += b.runs
    a.records += b.records
    a.crashes.merge(b.crashes, uniquingKeysWith: +)
    a.crashesInTransaction += b.crashesInTransaction
    a.takeOvers += b.takeOvers
    a.rebalances += b.rebalances
    a.revokedAsLost += b.revokedAsLost
    a.faults += b.faults
    a.spent.merge(b.spent, uniquingKeysWith: +)
    a.expiredSessions += b.expiredSessions
    a.expiredTransactions += b.expiredTransactions
    a.projections += b.projections
    a.frames += b.frames
    a.verdicts += b.verdicts
    a.rejected += b.rejected
  }

  /// What should have happened at least once in many runs, and did not.
  public var missing: [String] {
    var missing = CrashPoint.allCases.map(\.rawValue).filter { crashes[$0] == nil }.map { "crash at \($0)" }
    if crashesInTransaction == 0 { missing.append("crash inside a transaction") }
    if rebalances == 0 { missing.append("rebalance") }
    if revokedAsLost == 0 { missing.append("lost assignment") }
    if spent["producerFenced"] == nil { missing.append("fenced producer") }
    if spent["memberFenced"] == nil { missing.append("fenced member") }
    if expiredTransactions == 0 { missing.append("expired transaction") }
    if verdicts.superseded == 0 || verdicts.duplicate == 0 || verdicts.conflict == 0 || rejected == 0 {
      missing.append("every verdict")
    }
    return missing
  }
}
