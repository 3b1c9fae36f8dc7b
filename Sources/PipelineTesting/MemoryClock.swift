import Synchronization

/// A clock moved by hand: milliseconds since 1970, standing still until told otherwise.
public final class MemoryClock: Sendable {
  private let time: Mutex<Int64>

  /// Starts at 1 March 2026, 12:00 UTC unless told otherwise.
  public init(now: Int64 = 1_772_366_400_000) { time = Mutex(now) }

  /// Milliseconds since 1970.
  public var now: Int64 { time.withLock { $0 } }

  /// Moves on by so many milliseconds; back where negative, as clocks of machines do.
  public func advance(milliseconds: Int64) { time.withLock { $0 += milliseconds } }

  /// Jumps to a time, milliseconds since 1970.
  public func set(_ now: Int64) { time.withLock { $0 = now } }
}
