import Dispatch
import Foundation
import Synchronization

/// Threads of which one runs at a time: whoever has the turn. The thread that made this object hands the turn out and gets
/// it back, so the order in which things happen is its choice alone.
final class TurnTaking: Sendable {
  private let host = DispatchSemaphore(value: 0)
  private let guests: [DispatchSemaphore]
  /// What a guest does with its first turn, until it returns; nil ends the threads.
  private let work: Mutex<(@Sendable (Int) -> Void)?>
  /// The guests that are in the middle of their work.
  private let inside: Mutex<Set<Int>>

  init(guests count: Int) {
    guests = (0..<count).map { _ in DispatchSemaphore(value: 0) }
    work = Mutex { _ in }
    inside = Mutex([])
    for guest in 0..<count {
      let thread = Thread { [self] in attend(guest) }
      thread.name = "guest \(guest)"
      thread.stackSize = 4 << 20
      thread.start()
    }
  }

  private func attend(_ guest: Int) {
    while true {
      guests[guest].wait()
      guard let work = work.withLock({ $0 }) else { return }
      inside.withLock { _ = $0.insert(guest) }
      work(guest)
      inside.withLock { _ = $0.remove(guest) }
      host.signal()
    }
  }

  /// What guests that are not in the middle of their work do with their next turn.
  func setWork(_ work: @escaping @Sendable (Int) -> Void) { self.work.withLock { $0 = work } }

  /// Whether a guest is in the middle of its work. Asked by the host, when no guest has the turn.
  func isInside(_ guest: Int) -> Bool { inside.withLock { $0.contains(guest) } }

  /// Ends the threads. No guest may be in the middle of its work.
  func dismiss() {
    work.withLock { $0 = nil }
    for guest in guests { guest.signal() }
  }

  /// Hands the turn to a guest and waits until it gives it back or its work is done.
  func give(to guest: Int) {
    guests[guest].signal()
    host.wait()
  }

  /// Called by a guest: gives the turn back and waits for the next one.
  func giveBack(_ guest: Int) {
    host.signal()
    guests[guest].wait()
  }
}
