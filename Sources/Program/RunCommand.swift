import Arguments
import Foundation
import Pipeline
import Wire

/// `bellwether run`: the service. Each role runs on a thread of its own until a signal, a fault that only a person can
/// mend, or with `--until-caught-up` the end of the work.
struct RunCommand {
  private let deployment: Deployment
  private let roles: [Pipeline.Role]
  private let untilCaughtUp: Bool

  init(_ invocation: Invocation<Arguments.Action>, _ deployment: Deployment) {
    self.deployment = deployment
    let chosen = invocation[Options.roles].map(\.rawValue)
    roles = Pipeline.Role.allCases.filter { chosen.contains($0.rawValue) }
    untilCaughtUp = invocation[Options.untilCaughtUp]
  }

  func perform() throws -> ExitCode {
    let stop = StopFlag()
    StopSignals.watch(stop)
    let lock = try InstanceLock(directory: deployment.stateDirectory)
    defer { lock.release() }
    _ = try deployment.birth()
    let threads = roles.map { role in
      RoleThread(role, stop: stop, makeWorker: worker(for: role))
    }
    for thread in threads { thread.start() }
    do {
      if untilCaughtUp {
        try CaughtUp(threads: threads, deployment: deployment).wait(unless: stop)
        stop.set()
      } else {
        while !stop.isSet {
          Thread.sleep(forTimeInterval: 0.1)
          watch(threads)
        }
      }
    } catch {
      stop.set()
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

  private func worker(for role: Pipeline.Role) -> @Sendable () throws(RoleError) -> any Worker {
    let (log, names, instance, hooks) = (deployment.log, deployment.names, deployment.instance, deployment.hooks)
    let passing = hooks.passing(role)
    return switch role {
    case .ingest:
      { () throws(RoleError) in
        try Ingest(log: log, names: names, instance: instance, clock: hooks.clock, passing: passing)
      }
    case .fold:
      { () throws(RoleError) in
        try FoldRole(log: log, names: names, instance: instance, passing: passing) { Output.complain("fold: \($0)") }
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
