import Foundation
import Synchronization

/// Does one piece of work after the other on a thread of its own.
final class WorkThread: Sendable {
  private struct State {
    var work: [@Sendable () -> Void] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  private let added = DispatchSemaphore(value: 0)
  private let done = DispatchSemaphore(value: 0)

  init(name: String) {
    let thread = Thread { [self] in run() }
    thread.name = name
    thread.stackSize = 8 << 20
    thread.start()
  }

  func add(_ work: @escaping @Sendable () -> Void) {
    state.withLock { $0.work.append(work) }
    added.signal()
  }

  /// Returns when all that was added is done. To be called once, at the end.
  func finish() {
    state.withLock { $0.isClosed = true }
    added.signal()
    done.wait()
  }

  private func run() {
    while true {
      added.wait()
      let next = state.withLock { state in state.work.isEmpty ? nil : state.work.removeFirst() }
      if let next {
        next()
      } else if state.withLock(\.isClosed) {
        done.signal()
        return
      }
    }
  }
}
