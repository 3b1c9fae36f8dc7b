import Incidents
import Pipeline
import Wire

/// The scheduler's side: what happens next, and whether all is well.
extension SimulatedRun {
  /// Plays the run to its end. Throws what must not be.
  func play(_ world: SimulatedWorld, seed: UInt64) throws {
    defer { end() }
    turns.setWork { [self] process in live(process) }
    let observer = try SimulationObserver(log: log, names: names, registry: GeneratedHistory.registry)
    var feeder = try SimulationFeeder(log: log, records: history(world, seed: seed))
    shared.withLock { $0.report.records = feeder.count }
    let moves = 150 + draw(below: 250)
    for move in 0..<moves {
      try makeMove(&feeder, observer)
      // All records come in time, some only when everything else is over.
      if move > moves * 3 / 4 { try feeder.feed(share: 8, draw: draw) }
      if let failure = shared.withLock(\.failure) { throw failure }
    }
    try settle(&feeder)
    try observer.finish()
    try SimulationVerdict(run: self, observer: observer).check()
    shared.withLock {
      $0.report.runs = 1
      $0.report.projections = observer.projectionsSeen
      $0.report.frames = observer.frames.count
      $0.report.verdicts = observer.naive.verdicts
      $0.report.rejected = observer.refused.count
      $0.report.rebalances =
        log.state.generation(of: names.group(.ingest)) + log.state.generation(of: names.group(.fold))
    }
  }

  private func history(_ world: SimulatedWorld, seed: UInt64) -> [OutgoingRecord] {
    var generator = IncidentGenerator(
      seed: seed, now: EventTime(milliseconds: start), poison: world.poison, registry: true, rates: .eventful)
    return generator.generate(count: 8 + draw(below: 24)).map { $0.outgoing(prefix: names.prefix) }
  }

  private func makeMove(_ feeder: inout SimulationFeeder, _ observer: SimulationObserver) throws {
    switch draw(below: 1_000) {
    case 0..<690: resume()
    case 690..<750: try feeder.feed(share: 1 + draw(below: 12), draw: draw)
    case 750..<790: try observer.look()
    case 790..<830: passTime()
    case 830..<880: startOne()
    case 880..<905: killOne()
    case 905..<910: for process in Self.processes.indices { kill(process) }
    case 910..<930: stopOne()
    case 930..<950: freezeOne()
    case 950..<965: expireSession()
    case 965..<975: expireTransaction()
    default: plantFault()
    }
  }

  // MARK: Moves

  private func resume() {
    let process: Int? = shared.withLock { shared in
      for process in shared.processes.indices where shared.processes[process].frozenMoves > 0 {
        shared.processes[process].frozenMoves -= 1
      }
      let able = shared.processes.indices.filter {
        shared.processes[$0].isRunning && shared.processes[$0].frozenMoves == 0
      }
      return able.isEmpty ? nil : shared.random.pick(able)
    }
    if let process { giveTurn(to: process) } else { startOne() }
  }

  private func giveTurn(to process: Int) {
    note("\(Self.processes[process].name) goes on")
    turns.give(to: process)
    noteEnd(of: process)
  }

  /// A process whose thread is not in the middle of `live` any more has ended.
  private func noteEnd(of process: Int) {
    let isInside = turns.isInside(process)
    shared.withLock { shared in
      guard !isInside else { return }
      shared.processes[process].isRunning = false
      shared.processes[process].isKilled = false
      shared.processes[process].order = nil
      shared.processes[process].frozenMoves = 0
      shared.processes[process].caughtUp = nil
    }
    trace { "  … \(isInside ? shared.withLock { $0.processes[process].place.name } : "has ended")" }
  }

  private func startOne() {
    guard let process = pickOne(where: { !$0.isRunning }) else { return }
    begin(process)
  }

  func begin(_ process: Int) {
    shared.withLock { $0.processes[process].isRunning = true }
    note("\(Self.processes[process].name) starts")
    turns.give(to: process)
    noteEnd(of: process)
  }

  private func killOne() {
    // Half of the time somebody who is in the middle of a transaction, if there is one.
    let open = draw(below: 2) == 0 ? log.state.openTransactions : []
    let victim =
      pickOne { process in process.isRunning && open.contains(process.transactionalID) } ?? pickOne(where: \.isRunning)
    if let victim { kill(victim) }
  }

  private func kill(_ process: Int) {
    let (isRunning, place) = shared.withLock { shared in
      shared.processes[process].isKilled = shared.processes[process].isRunning
      return (shared.processes[process].isRunning, shared.processes[process].place.name)
    }
    guard isRunning else { return }
    let isOpen = log.state.openTransactions.contains(Self.processes[process].transactionalID)
    shared.withLock { shared in
      shared.report.crashes[place, default: 0] += 1
      if isOpen { shared.report.crashesInTransaction += 1 }
    }
    note("\(Self.processes[process].name) is killed \(place)")
    turns.give(to: process)
    noteEnd(of: process)
  }

  private func stopOne() {
    guard let process = pickOne(where: { $0.isRunning && $0.order == nil }) else { return }
    let order: Order = draw(below: 2) == 0 ? .restart : .leave
    shared.withLock { $0.processes[process].order = order }
    note("\(Self.processes[process].name) is told to \(order)")
  }

  private func freezeOne() {
    guard let process = pickOne(where: \.isRunning) else { return }
    let moves = 5 + draw(below: 60)
    shared.withLock { $0.processes[process].frozenMoves = moves }
    note("\(Self.processes[process].name) freezes")
  }

  private func expireSession() {
    let process = draw(below: Self.processes.count)
    let (role, instance) = (Self.processes[process].role, Self.processes[process].instance)
    log.expire(group: names.group(role), instance: instance)
    shared.withLock { $0.report.expiredSessions += 1 }
    note("the session of \(Self.processes[process].name) expires")
  }

  private func expireTransaction() {
    let open = log.state.openTransactions.filter { $0 != SimulationFeeder.transactionalID }
    guard !open.isEmpty else { return }
    let name = open[draw(below: open.count)]
    log.expireTransactions(of: name)
    shared.withLock { $0.report.expiredTransactions += 1 }
    note("the transaction of \(name) expires")
  }

  /// The clock goes on, mostly a little, sometimes by hours or days; now and then it is set back a little.
  private func passTime() {
    let hour = 3_600_000
    let milliseconds: Int =
      switch draw(below: 100) {
      case 0..<50: draw(below: 60_000)
      case 50..<80: draw(below: hour)
      case 80..<94: draw(below: 4 * hour)
      case 94..<97: draw(below: 70 * hour)
      default: -draw(below: 4_000)
      }
    let now = max(start, log.clock.now + Int64(milliseconds))
    log.clock.set(now)
    note("it is \(now)")
  }

  private func plantFault() {
    let call = [LogCall.poll, .committed, .initialise, .begin, .produce, .flush, .sendOffsets, .commit, .abort][
      draw(below: 9)]
    let remedy: LogError.Remedy =
      switch call {
      case .produce, .flush, .sendOffsets: [.abort, .abort, .retry, .restart][draw(below: 4)]
      case .commit: [.abort, .retry, .restart][draw(below: 3)]
      default: [.retry, .restart][draw(below: 2)]
      }
    let canBeLost = remedy != .abort && [.initialise, .sendOffsets, .commit, .abort].contains(call)
    let moment: MemoryLogFault.Moment = canBeLost && draw(below: 2) == 0 ? .after : .before
    let process = Self.processes[draw(below: Self.processes.count)]
    let isConsumers = call == .poll || call == .committed
    log.failNext(
      call, by: isConsumers ? process.instance : process.transactionalID,
      with: LogError(.other, remedy, reason: "planted \(call.rawValue) \(remedy.rawValue) \(moment)"), moment: moment)
    shared.withLock { $0.report.faults += 1 }
    note("a fault for \(process.name): \(call.rawValue) \(remedy.rawValue) \(moment)")
  }

  // MARK: The end

  /// Lets everything that is left be done, by whoever is there, with no further fault.
  private func settle(_ feeder: inout SimulationFeeder) throws {
    note("it settles")
    try feeder.finish()
    log.forgetFaults()
    shared.withLock { shared in
      shared.isSettling = true
      for process in shared.processes.indices {
        shared.processes[process].frozenMoves = 0
        shared.processes[process].order = nil
      }
    }
    // Of each role at least one process runs; whoever does not come back is given up by the group and the log.
    for role in Role.allCases {
      let isRunning = shared.withLock { $0.processes.contains { $0.role == role && $0.isRunning } }
      if !isRunning, let process = pickOne(where: { $0.role == role && !$0.isRunning }) { begin(process) }
    }
    for (index, process) in shared.withLock(\.processes).enumerated() where !process.isRunning {
      log.expire(group: names.group(process.role), instance: Self.processes[index].instance)
      log.expireTransactions(of: Self.processes[index].transactionalID)
    }
    var quietRounds = 0
    for _ in 0..<2_000 {
      let before = log.state.ends
      for process in Self.processes.indices where shared.withLock({ $0.processes[process].isRunning }) {
        giveTurn(to: process)
      }
      if let failure = shared.withLock(\.failure) { throw failure }
      quietRounds = log.state.ends == before && isSettled ? quietRounds + 1 : 0
      if quietRounds == 4 { return }
    }
    throw SimulationFinding(.stuck, "work was left after 2,000 rounds: \(log.state.openTransactions)")
  }

  /// Whether every partition has an owner that has read it to its end.
  private var isSettled: Bool {
    guard log.state.openTransactions.isEmpty else { return false }
    return shared.withLock { shared in
      for (role, count) in [(Role.ingest, Topic.inputPartitions), (.fold, Topic.journal.partitions)] {
        let caughtUp = shared.processes.filter { $0.role == role && $0.isRunning }.compactMap(\.caughtUp)
        guard caughtUp.reduce(0, +) == count else { return false }
      }
      return true
    }
  }

  /// Lets every thread find the way out.
  private func end() {
    shared.withLock { $0.isOver = true }
    for process in Self.processes.indices where turns.isInside(process) { turns.give(to: process) }
  }

  // MARK: Choices

  private func pickOne(where isFit: (Process) -> Bool) -> Int? {
    shared.withLock { shared in
      let fit = shared.processes.indices.filter { isFit(shared.processes[$0]) }
      return fit.isEmpty ? nil : shared.random.pick(fit)
    }
  }

  func draw(below bound: Int) -> Int { shared.withLock { $0.random.below(bound) } }

  /// Notes a decision.
  private func note(_ text: @autoclosure () -> String) {
    let text = text()
    shared.withLock { shared in
      for byte in text.utf8 { shared.fingerprint = (shared.fingerprint ^ UInt64(byte)) &* 0x100_0000_01B3 }
      shared.trace?.append(text)
    }
  }
}

/// Writes the history to the inputs, in transactions of which some stay open for a while and some are aborted and come
/// again.
struct SimulationFeeder {
  static let transactionalID = "feeder"

  let count: Int
  private var rest: ArraySlice<OutgoingRecord>
  /// How many of the rest an open transaction holds.
  private var open = 0
  private let producer: any LogProducer

  init(log: MemoryLog, records: [OutgoingRecord]) throws {
    count = records.count
    rest = records[...]
    producer = try MemoryLogFactory(log).makeProducer(transactionalID: Self.transactionalID)
    try producer.initialise()
  }

  /// Begins a transaction of so many records, or ends the one that is open.
  mutating func feed(share: Int, draw: (Int) -> Int) throws {
    if open > 0 {
      try end(committing: draw(8) > 0)
    } else if !rest.isEmpty {
      try begin(share)
      if draw(3) > 0 { try end(committing: draw(8) > 0) }
    }
  }

  /// Writes all that is left.
  mutating func finish() throws {
    if open > 0 { try end(committing: true) }
    if !rest.isEmpty {
      try begin(rest.count)
      try end(committing: true)
    }
  }

  private mutating func begin(_ share: Int) throws {
    try producer.begin()
    open = min(share, rest.count)
    for record in rest.prefix(open) { try producer.produce(record) }
    _ = try producer.flush()
  }

  private mutating func end(committing: Bool) throws {
    if committing {
      try producer.commit()
      rest = rest.dropFirst(open)
    } else {
      try producer.abort()
    }
    open = 0
  }
}
