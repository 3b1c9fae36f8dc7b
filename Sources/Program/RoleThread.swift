import Arguments
import Foundation
import Pipeline
import Synchronization
import Wire

/// Set once, by whoever ends the service.
final class StopFlag: Sendable {
  private let manner = Mutex<StopManner?>(nil)

  var isSet: Bool { manner.withLock { $0 != nil } }

  /// Whether the partitions are left to others.
  var isLeaving: Bool { manner.withLock { $0 == .leave } }

  /// The first to say so decides how.
  func set(_ manner: StopManner = .stay) { self.manner.withLock { $0 = $0 ?? manner } }
}

/// A role on a thread of its own. A worker that is spent is replaced by a new one, which takes over what the group has
/// committed; a fault that only a person can mend ends the service.
final class RoleThread: Sendable {
  private struct State {
    /// Nil until the group has said what this member owns.
    var standing: RoleStanding?
    var hindrance: StopReason?
    var failure: StopReason?
    var takeOvers = 0
    var hasCaughtUp = false
    var isDone = false
    var lastSign = ContinuousClock.now
  }

  let role: Pipeline.Role
  private let stop: StopFlag
  private let makeWorker: @Sendable () throws(RoleError) -> any Worker
  private let state = Mutex(State())
  /// Between a worker that was spent and its successor.
  private static let pause: TimeInterval = 0.5

  init(
    _ role: Pipeline.Role, stop: StopFlag, makeWorker: @escaping @Sendable () throws(RoleError) -> any Worker
  ) {
    self.role = role
    self.stop = stop
    self.makeWorker = makeWorker
  }

  var failure: StopReason? { state.withLock(\.failure) }

  /// How many partitions have been taken over since the start.
  var takeOvers: Int { state.withLock(\.takeOvers) }

  /// Whether the worker has ever caught up with all that it owned.
  var hasCaughtUp: Bool { state.withLock(\.hasCaughtUp) }

  /// What the worker owns and has caught up with; nil until the group has said what it owns.
  var standing: RoleStanding? { state.withLock(\.standing) }

  /// Why the worker has not joined its group, as long as no other's work alone changes that.
  var hindrance: StopReason? { state.withLock(\.hindrance) }

  /// Since when nothing was heard of the work. librdkafka's heartbeats go on while a call hangs, so the group would
  /// wait for this member for ever: somebody has to notice.
  var silence: Duration { state.withLock { ContinuousClock.now - $0.lastSign } }

  func start() {
    let thread = Thread { [self] in
      run()
      state.withLock { $0.isDone = true }
    }
    thread.name = role.rawValue
    thread.stackSize = 8 << 20
    thread.start()
  }

  func join() {
    while !state.withLock(\.isDone) { Thread.sleep(forTimeInterval: 0.01) }
  }

  private func run() {
    while !stop.isSet {
      do throws(RoleError) {
        try work()
      } catch {
        switch error {
        case .restart(let error):
          Output.complain("\(role.rawValue): taking over anew after \(error)")
          Thread.sleep(forTimeInterval: Self.pause)
        case .stop(let reason):
          state.withLock { $0.failure = reason }
          stop.set(.leave)
        }
      }
    }
  }

  /// Works until the service stops or the worker is spent.
  private func work() throws(RoleError) {
    let worker = try makeWorker()
    state.withLock { $0.lastSign = ContinuousClock.now }
    defer {
      state.withLock { state in
        state.standing = nil
        state.hindrance = nil
      }
    }
    do throws(RoleError) {
      while !stop.isSet {
        try worker.step(waiting: .milliseconds(100))
        let standing = worker.owned.map { RoleStanding(owned: $0, caughtUp: worker.caughtUp, parked: worker.parked) }
        let hindrance = worker.hindrance
        state.withLock { state in
          state.takeOvers += standing?.owned.subtracting(state.standing?.owned ?? []).count ?? 0
          state.hasCaughtUp = state.hasCaughtUp || standing?.isCaughtUp ?? false
          state.standing = standing
          state.hindrance = hindrance
          state.lastSign = ContinuousClock.now
        }
      }
    } catch {
      // What only a person can mend is not mended by coming back, and mending may need a group without members.
      // Nor does a spent worker come back when the service leaves meanwhile, because of another role, say.
      if case .stop = error { worker.close(leaving: true) } else { worker.close(leaving: stop.isLeaving) }
      throw error
    }
    // Static membership keeps the partitions for the instance's return, unless it is not to return.
    worker.close(leaving: stop.isLeaving)
  }
}
