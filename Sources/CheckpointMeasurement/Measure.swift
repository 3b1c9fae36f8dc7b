import Checkpoints
import Dispatch
import Foundation
import Hotspots
import Incidents
import Pipeline
import PipelineTesting
import Synchronization
import Wire

/// What checkpoints cost and what they save: the fold role on a log in memory, with so many live events behind it.
///
///     CheckpointMeasurement [EVENTS [BATCHES]]
///
/// EVENTS incidents (1,000,000) are ingested and folded; then BATCHES (3,000) of twenty each are folded one by one, a
/// checkpoint being due every 200. Printed are the times of the batches while a checkpoint was being written and of the
/// others, as the fold's thread spent them on a processor, so that what else the machine does is left out; how long the
/// writer took; and how long a restart takes from the newest checkpoint and from the journal's birth.
@main
enum Measure {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
    let events = arguments.first ?? 1_000_000
    let batches = arguments.dropFirst().first ?? 3_000
    let file = FileManager.default.temporaryDirectory.appending(path: "checkpoints-\(UUID().uuidString).sqlite")
    defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file.path + suffix) } }

    let world = try World(checkpoints: file.path)
    let began = ContinuousClock.now
    try world.load(events)
    print("\(events) incidents ingested and folded in \(ContinuousClock.now - began)")

    try world.waitForWriter()
    print("the first checkpoint, a whole one: \(size(of: file.path)) MiB, written in \(world.writes.last ?? .zero)")
    let delays = try world.live(batches)
    print("batches of twenty while a checkpoint was being written: \(Delays(delays.filter(\.isWriting)))")
    print("all other batches:                                      \(Delays(delays.filter { !$0.isWriting }))")
    let burst = try world.burst(10_000)
    print(
      "10,000 incidents in one batch directly behind a checkpoint \(burst.behind), and without one \(burst.without)")
    try world.waitForWriter()
    let writes = world.writes.dropFirst()
    print("\(writes.count) more checkpoints, the slowest written in \(writes.max() ?? .zero)")

    print("restart to live from the checkpoint: \(try world.restart(withCheckpoints: true))")
    print("restart to live from the journal's birth: \(try world.restart(withCheckpoints: false))")
  }

  private static func size(of path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return ((attributes?[.size] as? Int) ?? 0) >> 20
  }
}

/// One batch: what the fold's thread spent on it, and whether a checkpoint was handed over with it or being written.
struct Delay {
  var spent: Duration
  var isWriting: Bool
}

/// Many batches in one line.
struct Delays: CustomStringConvertible {
  private let sorted: [Duration]

  init(_ delays: [Delay]) { sorted = delays.map(\.spent).sorted() }

  var description: String {
    guard let longest = sorted.last else { return "none" }
    func share(_ part: Double) -> Duration { sorted[Int(Double(sorted.count - 1) * part)] }
    return "\(sorted.count), median \(share(0.5)), 99 of 100 within \(share(0.99)), the longest \(longest)"
  }
}

/// The thread that writes checkpoints, and how long it took.
final class Writer: Sendable {
  let queue = DispatchQueue(label: "checkpoints")
  private let waiting = Atomic(0)
  private let taken = Mutex<[Duration]>([])

  /// How many were handed over and are not written.
  var isBusy: Bool { waiting.load(ordering: .relaxed) > 0 }

  var writes: [Duration] { taken.withLock(\.self) }

  func perform(_ work: @escaping @Sendable () -> Void) {
    waiting.wrappingAdd(1, ordering: .relaxed)
    queue.async { [self] in
      let began = ContinuousClock.now
      work()
      let took = ContinuousClock.now - began
      taken.withLock { $0.append(took) }
      waiting.wrappingSubtract(1, ordering: .relaxed)
    }
  }
}

/// The pipeline in memory, its checkpoints on disk and written by a thread of their own.
final class World {
  private struct Clock: WallClock {
    let clock: MemoryClock
    func now() -> EventTime { EventTime(milliseconds: clock.now) }
  }

  private let log = MemoryLog()
  private let factory: MemoryLogFactory
  private let names = Names(prefix: "")
  private let writer = Writer()
  private let path: String
  private var generator: IncidentGenerator
  private let ingest: Ingest
  private var fold: FoldRole
  /// Moved by hand: a checkpoint is due when it has gone on by the interval.
  private let elapsed = MemoryClock(now: 0)

  init(checkpoints path: String) throws {
    self.path = path
    factory = MemoryLogFactory(log)
    let administration = try factory.makeAdministration()
    try administration.create(TopicPlan(names: names, administration: administration).missing)
    let now = EventTime(milliseconds: log.clock.now)
    _ = try Founding(names: names, log: factory).establish(
      configuration: Configuration(), journal: String(repeating: "0", count: 32), at: now)
    generator = IncidentGenerator(seed: 1, now: now)
    ingest = try Ingest(log: factory, names: names, instance: "a", clock: Clock(clock: log.clock))
    fold = try FoldRole(log: factory, names: names, instance: "a")
  }

  var writes: [Duration] { writer.writes }

  private func checkpointer() -> Checkpointer {
    let (clock, elapsed, writer) = (log.clock, elapsed, writer)
    return Checkpointer(
      store: SQLiteCheckpoints(path: path, clock: { EventTime(milliseconds: clock.now) }),
      journal: String(repeating: "0", count: 32), elapsed: { .milliseconds(elapsed.now) },
      perform: { writer.perform($0) }, notice: { print($0) })
  }

  private func feed(_ count: Int) throws {
    let producer = try factory.makeProducer(transactionalID: "feeder")
    try producer.initialise()
    try producer.begin()
    for record in generator.generate(count: count) { try producer.produce(record.outgoing()) }
    _ = try producer.flush()
    try producer.commit()
  }

  private func step(until isDone: () -> Bool) throws {
    repeat {
      try ingest.step(waiting: .zero)
      try fold.step(waiting: .zero)
    } while !isDone()
  }

  /// Everything ingested and folded, and the fold taken over once more by one that writes checkpoints.
  func load(_ events: Int) throws {
    for start in stride(from: 0, to: events, by: 20_000) {
      try feed(min(20_000, events - start))
      for _ in 0..<8 {
        try ingest.step(waiting: .zero)
        try fold.step(waiting: .zero)
      }
    }
    try step { fold.caughtUp.count == 1 && ingest.caughtUp.count == 6 }
    fold.close(leaving: false)
    fold = try FoldRole(log: factory, names: names, instance: "a", checkpointer: checkpointer())
    try step { fold.caughtUp.count == 1 }
    try feed(20)
    try step { fold.caughtUp.count == 1 && !writer.isBusy && !writes.isEmpty }
  }

  /// Batches as they come live, each folded by itself.
  func live(_ batches: Int) throws -> [Delay] {
    var delays: [Delay] = []
    for batch in 0..<batches {
      log.clock.advance(milliseconds: 100)
      if batch % 200 == 199 { elapsed.advance(milliseconds: 10_000) }
      try enter(20)
      let wasWriting = writer.isBusy
      let spent = try measure()
      delays.append(Delay(spent: spent, isWriting: wasWriting || writer.isBusy))
    }
    return delays
  }

  /// So many at once, with the pages just handed over and without: all that they touch is copied, or nothing.
  func burst(_ count: Int) throws -> (behind: Duration, without: Duration) {
    try waitForWriter()
    try enter(count)
    let without = try measure()
    // A checkpoint is handed over with a batch of its own, and the writer held until the burst is through.
    let gate = DispatchSemaphore(value: 0)
    writer.queue.async { gate.wait() }
    elapsed.advance(milliseconds: 10_000)
    try enter(1)
    _ = try measure()
    try enter(count)
    let behind = try measure()
    gate.signal()
    return (behind, without)
  }

  /// Fed and ingested, and waiting in the journal.
  private func enter(_ count: Int) throws {
    try feed(count)
    for _ in 0..<4 { try ingest.step(waiting: .zero) }
  }

  private func measure() throws -> Duration {
    let began = Self.processorTime()
    try fold.step(waiting: .zero)
    return Self.processorTime() - began
  }

  func waitForWriter() throws {
    while writer.isBusy { Thread.sleep(forTimeInterval: 0.01) }
  }

  /// From a new role to all folded, compared and live.
  func restart(withCheckpoints: Bool) throws -> Duration {
    fold.close(leaving: false)
    let began = ContinuousClock.now
    fold = try FoldRole(
      log: factory, names: names, instance: "a", checkpointer: withCheckpoints ? checkpointer() : nil)
    try step { fold.caughtUp.count == 1 }
    return ContinuousClock.now - began
  }

  private static func processorTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
