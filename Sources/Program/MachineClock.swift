import Foundation
import Incidents
import Pipeline

/// The machine's clock.
public struct MachineClock: WallClock {
  public init() {}

  public func now() -> EventTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return EventTime(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
  }
}
