import Arguments
import Checkpoints
import Foundation
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

  init(_ invocation: Invocation<Arguments.Action>, _ deployment: Deployment) {
    self.deployment = deployment
    let chosen = invocation[Options.roles].map(\.rawValue)
    roles = Pipeline.Role.allCases.filter { chosen.contains($0.rawValue) }
    untilCaughtUp = invocation[Options.untilCaughtUp]
    onStop = invocation[Options.onStop]
    checkpointInterval = .seconds(invocation[Options.checkpointInterval])
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
    let threads = roles.map { role in
      RoleThread(role, stop: stop, makeWorker: worker(for: role, checkpointer))
    }
    for thread in threads { thread.start() }
    do {
      if untilCaughtUp {
        try CaughtUp(threads: threads, deployment: deployment).wait(unless: stop)
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
    if let failure = threads.lazy.compactMap(\.failure).first { throw failure }
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
    for role: Pipeline.Role, _ checkpointer: Checkpointer?
  ) -> @Sendable () throws(RoleError) -> any Worker {
    let (log, names, instance, hooks) = (deployment.log, deployment.names, deployment.instance, deployment.hooks)
    let passing = hooks.passing(role)
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
    }
  }
}

/// What a thread needs of a role.
protocol Worker {
  func step(waiting: Duration) throws(RoleError)
  func close(leaving: Bool)
  var caughtUp: [TopicPartition: Int64] { get }
  var owned: Set<TopicPartition>? { get }
}

extension Ingest: Worker {}
extension FoldRole: Worker {}
