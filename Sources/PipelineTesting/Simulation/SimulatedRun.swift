import Hotspots
import Incidents
import Pipeline
import Synchronization
import Wire

/// One run of the whole pipeline on an in-memory log: two processes of each role, each on a thread of its own, and a seeded
/// scheduler that lets one of them go on at a time, as far as it likes, and kills, freezes, fences and expels them anywhere
/// on the way. The same seed gives the same run.
final class SimulatedRun: Sendable {
  /// Where a process stands still.
  enum Place: Sendable {
    case call(LogCall)
    case point(CrashPoint)
    case joining
    case betweenSteps

    var name: String {
      switch self {
      case .call(let call): "before \(call.rawValue)"
      case .point(let point): point.rawValue
      case .joining: "before joining"
      case .betweenSteps: "between steps"
      }
    }
  }

  /// How a process that ends by itself goes.
  enum Order: Sendable {
    case restart
    case leave
  }

  struct Process: Sendable {
    let role: Role
    let instance: String
    /// Its thread is in the middle of an incarnation.
    var isRunning = false
    var isKilled = false
    var order: Order?
    var place = Place.betweenSteps
    /// For so many moves it gets no turn.
    var frozenMoves = 0
    /// How many partitions it owns and has read to their ends; nil while it owns one that it has not.
    var caughtUp: Int?
  }

  struct Shared: Sendable {
    var random: SeededGenerator
    var processes: [Process]
    var report = SimulationReport()
    /// How often, in ten thousandths, a process loses its turn where it may.
    var pauses: Int
    /// The most records of one poll.
    var batch: Int
    /// Nothing bad happens any more.
    var isSettling = false
    var isOver = false
    var failure: SimulationFinding?
    var trace: [String]?
    /// A digest of all that was decided, to compare runs by.
    var fingerprint: UInt64 = 0xCBF2_9CE4_8422_2325
  }

  static let processes = [
    Process(role: .ingest, instance: "a"), Process(role: .ingest, instance: "b"),
    Process(role: .fold, instance: "a"), Process(role: .fold, instance: "b"),
  ]

  let log: MemoryLog
  let names: Names
  let birth: Birth
  let start: Int64
  let turns: TurnTaking
  let shared: Mutex<Shared>
  /// Each process has a disk of its own, which it finds again when it starts anew.
  private let disks: [MemoryCheckpoints]
  /// Between two checkpoints, by the log's clock.
  private let checkpointInterval: Duration

  init(seed: UInt64, world: SimulatedWorld, turns: TurnTaking, isTraced: Bool) {
    var random = SeededGenerator(seed: seed)
    let beginning = random.pick(world.beginnings)
    start = beginning.now
    birth = beginning.birth
    names = world.names
    log = MemoryLog(clock: MemoryClock(now: beginning.now), state: beginning.state)
    self.turns = turns
    let clock = log.clock
    disks = Self.processes.map { _ in MemoryCheckpoints(clock: clock) }
    checkpointInterval = random.pick([.zero, .seconds(10), .seconds(3_600), .seconds(1_000_000_000)])
    let pauses = random.pick([500, 1_500, 3_000, 6_000])
    let batch = random.pick([1, 3, 8, 30, 10_000])
    shared = Mutex(
      Shared(random: random, processes: Self.processes, pauses: pauses, batch: batch, trace: isTraced ? [] : nil))
  }

  // MARK: For the processes

  /// Called by a process wherever it may lose its turn.
  private func pause(_ place: Place, _ process: Int) {
    let loses = shared.withLock { shared in
      shared.processes[process].place = place
      if shared.isOver || shared.processes[process].isKilled { return false }
      if shared.isSettling {
        // Whoever waits for another's transaction must let the other end it.
        if case .call(.committed) = place { return true }
        return false
      }
      return shared.random.chance(shared.pauses)
    }
    if loses { turns.giveBack(process) }
  }

  /// Called before each call on the log. Throws when the process was killed meanwhile.
  func pass(_ place: Place, _ process: Int) throws(LogError) {
    pause(place, process)
    guard isAlive(process) else { throw LogError(.other, .restart, reason: "the process was killed") }
  }

  func isAlive(_ process: Int) -> Bool {
    shared.withLock { !$0.isOver && !$0.processes[process].isKilled }
  }

  func limit(_ limit: PollLimit) -> PollLimit {
    PollLimit(records: min(limit.records, shared.withLock(\.batch)), bytes: limit.bytes)
  }

  func note(_ signal: LogSignal?, _ process: Int) {
    switch signal {
    case .assigned: shared.withLock { $0.report.takeOvers += 1 }
    case .revoked(_, lost: true): shared.withLock { $0.report.revokedAsLost += 1 }
    default: break
    }
  }

  /// One incarnation of a process, on its thread: from its start until it is killed, told to go, or the run is over.
  func live(_ process: Int) {
    while true {
      do throws(RoleError) {
        try work(process)
        return
      } catch {
        guard isAlive(process) else { return }
        switch error {
        case .restart(let error):
          shared.withLock { $0.report.spent[error.code.rawValue, default: 0] += 1 }
          trace { "\(Self.processes[process].name) is spent: \(error)" }
        case .stop(let reason):
          trace { "\(Self.processes[process].name) stops: \(reason)" }
          fail(SimulationFinding(.stopped, "\(Self.processes[process].name): \(reason)"))
          return
        }
      }
    }
  }

  private func work(_ process: Int) throws(RoleError) {
    let worker = try makeWorker(process)
    shared.withLock { $0.processes[process].caughtUp = nil }
    while true {
      let order = shared.withLock { $0.processes[process].order }
      if let order {
        worker.close(leaving: order == .leave)
        return
      }
      do throws(RoleError) {
        try worker.step(waiting: .zero)
      } catch {
        worker.close(leaving: false)
        throw error
      }
      let reached = worker.caughtUp
      let caughtUp = worker.owned.flatMap { owned in owned.allSatisfy { reached[$0] != nil } ? owned.count : nil }
      let (isSettling, isAlive) = shared.withLock { shared in
        shared.processes[process].caughtUp = caughtUp
        shared.processes[process].place = .betweenSteps
        return (shared.isSettling, !shared.isOver && !shared.processes[process].isKilled)
      }
      guard isAlive else { return }
      if isSettling { turns.giveBack(process) } else { pause(.betweenSteps, process) }
      guard self.isAlive(process) else { return }
    }
  }

  private func makeWorker(_ process: Int) throws(RoleError) -> any SimulatedWorker {
    let log = SimulatedLog(self, process: process)
    let instance = Self.processes[process].instance
    let passing: CrashPoint.Hook = { [self] point in pause(.point(point), process) }
    return switch Self.processes[process].role {
    case .ingest:
      try Ingest(
        log: log, names: names, instance: instance, clock: LogClock(self.log.clock), passing: passing)
    case .fold:
      try FoldRole(
        log: log, names: names, instance: instance, checkpointer: checkpointer(process, passing), passing: passing)
    case .serve: preconditionFailure("no process of the simulation serves")
    }
  }

  private func checkpointer(_ process: Int, _ passing: @escaping CrashPoint.Hook) -> Checkpointer {
    let clock = log.clock
    return Checkpointer(
      store: SimulatedCheckpoints(disk: disks[process], passing: passing) { [self] in isAlive(process) },
      journal: birth.journal, interval: checkpointInterval, elapsed: { .milliseconds(clock.now) },
      perform: { $0() }, passing: passing, notice: { _ in })
  }

  // MARK: What comes of it

  func fail(_ finding: SimulationFinding) {
    shared.withLock { if $0.failure == nil { $0.failure = finding } }
  }

  func trace(_ text: () -> String) {
    guard shared.withLock({ $0.trace != nil }) else { return }
    let text = text()
    shared.withLock { $0.trace?.append(text) }
  }
}

extension SimulatedRun.Process {
  var name: String { "\(role.rawValue) \(instance)" }
  var transactionalID: String { Names(prefix: "").transactionalID(role, instance: instance) }
}

/// What a process of the simulation needs of a role.
protocol SimulatedWorker: AnyObject {
  func step(waiting: Duration) throws(RoleError)
  func close(leaving: Bool)
  var owned: Set<TopicPartition>? { get }
  var caughtUp: [TopicPartition: Int64] { get }
}

extension Ingest: SimulatedWorker {}
extension FoldRole: SimulatedWorker {}
