/// An instant: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
public struct EventTime: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  public static func < (a: EventTime, b: EventTime) -> Bool { a.milliseconds < b.milliseconds }

  /// The UTC hour that this instant lies in.
  public var hour: Hour { Hour(index: Int32(clamping: milliseconds.floorDivided(by: 3_600_000))) }
}

/// A UTC hour: whole hours since 1970-01-01T00:00Z. It covers `start ..< next.start`.
public struct Hour: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var index: Int32

  public init(index: Int32) { self.index = index }

  public static func < (a: Hour, b: Hour) -> Bool { a.index < b.index }

  public var start: EventTime { EventTime(milliseconds: Int64(index) * 3_600_000) }
}

extension Int64 {
  /// The quotient rounded towards minus infinity, for a positive divisor.
  package func floorDivided(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
