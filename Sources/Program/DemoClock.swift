import Incidents
import Pipeline
import Synchronization

/// The demonstration's clock, which its broker shares: set by hand while history is imported, then the machine's. It never
/// goes back.
final class DemoClock: WallClock {
  private let machine = MachineClock()
  /// Nil: as the machine.
  private let scripted: Mutex<EventTime?>

  init(_ start: EventTime) { scripted = Mutex(start) }

  func now() -> EventTime { scripted.withLock { $0 } ?? machine.now() }

  /// Stands still at a time, which must be past.
  func set(_ time: EventTime) { scripted.withLock { $0 = max($0 ?? time, time) } }

  /// Runs with the machine from here on.
  func release() { scripted.withLock { $0 = nil } }
}
