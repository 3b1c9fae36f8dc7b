import Dashboard
import Pipeline
import Synchronization

/// How long the steps of a role take, told from the points that it passes on its own thread.
final class RoleTimings: Sendable {
  private struct State {
    var polled: ContinuousClock.Instant?
    var computed: ContinuousClock.Instant?
  }

  private let state = Mutex(State())
  /// From a batch read to its outcome computed.
  let computing = LatencyHistogram()
  /// From there to its commit.
  let committing = LatencyHistogram()

  func pass(_ point: CrashPoint) {
    let now = ContinuousClock.now
    switch point {
    case .afterPoll: state.withLock { $0 = State(polled: now) }
    case .afterTranslate, .afterFold:
      let polled = state.withLock { state in
        state.computed = now
        return state.polled
      }
      if let polled { computing.record(now - polled) }
    case .afterCommit:
      let computed = state.withLock { state in
        defer { state = State() }
        return state.computed
      }
      if let computed { committing.record(now - computed) }
    default: break
    }
  }
}
