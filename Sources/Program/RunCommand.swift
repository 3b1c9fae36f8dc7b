import Arguments
import Checkpoints
import Dashboard
import Foundation
import HTTPService
import Pipeline
import Wire

/// `bellwether run`: the service. Each role runs on a thread of its own until a signal, a fault that only a person can
/// mend, or with `--until-caught-up` the end of the work.
struct RunCommand {
  private let deployment: Deployment
  private let roles: [Pipeline.Role]
  private let untilCaughtUp: Bool
  private let onStop: StopManner
  private let checkpointInterval: Duration
  /// Nil to listen nowhere.
  private let listen: ListeningAddress?
  private let hasPage: Bool

  init(_ invocation: Invocation<Arguments.Action>, _ deployment: Deployment) {
    self.deployment = deployment
    let chosen = invocation[Options.roles].map(\.rawValue)
    roles = Pipeline.Role.allCases.filter { chosen.contains($0.rawValue) }
    untilCaughtUp = invocation[Options.untilCaughtUp]
    onStop = invocation[Options.onStop]
    checkpointInterval = .seconds(invocation[Options.checkpointInterval])
    let standard = roles.contains(.serve) ? "127.0.0.1:8080" : ""
    listen = ListeningAddress(invocation[Options.listen] ?? standard)
    hasPage = !invocation[Options.noPage]
  }

  func perform() throws -> ExitCode {
    let stop = StopFlag()
    StopSignals.watch(stop, onStop: onStop)
    let lock = try InstanceLock(directory: deployment.stateDirectory)
    defer { lock.release() }
    let birth = try deployment.birth()
    let writer = WorkThread(name: "checkpoints")
    defer { writer.finish() }
    let checkpointer = checkpointer(journal: birth.journal, writer)
    let front = try listen.map { _ in
      try ServiceFront(
        names: deployment.names, log: deployment.readingLog,
        readModel: deployment.stateDirectory.appending(path: "readmodel.sqlite").path, roles: roles, stop: stop)
    }
    let threads = roles.map { role in
      RoleThread(role, stop: stop, makeWorker: worker(for: role, checkpointer, front))
    }
    if let listen, let front {
      let address = try front.start(on: [listen], hasPage: hasPage, showing: threads)
      Output.line(front.isServing ? "serving at http://\(address)/" : "metrics at http://\(address)/metrics")
    }
    defer { front?.stop() }
    for thread in threads { thread.start() }
    var hindrance: StopReason?
    do {
      if untilCaughtUp {
        hindrance = try CaughtUp(threads: threads, deployment: deployment).wait(unless: stop)
        // Nobody comes back for the partitions.
        stop.set(.leave)
      } else {
        while !stop.isSet {
          Thread.sleep(forTimeInterval: 0.1)
          watch(threads)
        }
      }
    } catch {
      stop.set(onStop)
      for thread in threads { thread.join() }
      throw error
    }
    for thread in threads { thread.join() }
    if let failure = threads.lazy.compactMap(\.failure).first ?? hindrance { throw failure }
    return .fine
  }

  /// Longer than any call may take that waits for brokers to come back.
  private static let patience: Duration = .seconds(900)

  /// A role that hangs ends the process where it stands, so that others can take its partitions over: that loses nothing.
  private func watch(_ threads: [RoleThread]) {
    guard let hung = threads.first(where: { $0.silence > Self.patience }) else { return }
    Output.complain("\(hung.role.rawValue): nothing heard for \(hung.silence.components.seconds) s; giving up")
    _exit(ExitCode.unreachable.rawValue)
  }

  /// Writes its checkpoints to the state directory; nil where none are wanted.
  private func checkpointer(journal: String, _ writer: WorkThread) -> Checkpointer? {
    guard checkpointInterval > .zero else { return nil }
    let (clock, passing, start) = (deployment.hooks.clock, deployment.hooks.passing(.fold), ContinuousClock.now)
    return Checkpointer(
      store: SQLiteCheckpoints(path: deployment.checkpointFile, clock: { clock.now() }, passing: passing),
      journal: journal, interval: checkpointInterval, elapsed: { ContinuousClock.now - start },
      perform: { writer.add($0) }, passing: passing, notice: { Output.complain("fold: \($0)") })
  }

  private func worker(
    for role: Pipeline.Role, _ checkpointer: Checkpointer?, _ front: ServiceFront?
  ) -> @Sendable () throws(RoleError) -> any Worker {
    let (log, names, instance, hooks) = (deployment.log, deployment.names, deployment.instance, deployment.hooks)
    let passing = front.map { $0.passing(role, hooks.passing(role)) } ?? hooks.passing(role)
    return switch role {
    case .ingest:
      { () throws(RoleError) in
        try Ingest(log: log, names: names, instance: instance, clock: hooks.clock, passing: passing)
      }
    case .fold:
      { () throws(RoleError) in
        try FoldRole(
          log: log, names: names, instance: instance, checkpointer: checkpointer, passing: passing,
          notice: { Output.complain("fold: \($0)") })
      }
    case .serve: servingWorker(front)
    }
  }
}

/// The serve role's worker, of whoever has an address.
func servingWorker(_ front: ServiceFront?) -> @Sendable () throws(RoleError) -> any Worker {
  guard let front else { preconditionFailure("the role serve always has an address") }
  return front.makeWorker()
}

/// What a thread needs of a role.
protocol Worker {
  func step(waiting: Duration) throws(RoleError)
  func close(leaving: Bool)
  var caughtUp: [TopicPartition: Int64] { get }
  var owned: Set<TopicPartition>? { get }
  /// What is owned and not read, and why.
  var parked: [TopicPartition: StopReason] { get }
  /// Why the group is not joined, as long as no other's work alone changes that.
  var hindrance: StopReason? { get }
}

extension Worker {
  var parked: [TopicPartition: StopReason] { [:] }
  var hindrance: StopReason? { nil }
}

extension Ingest: Worker {}
extension FoldRole: Worker {}
extension ServeRole: Worker {}
