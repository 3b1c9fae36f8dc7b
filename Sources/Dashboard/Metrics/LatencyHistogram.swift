import Synchronization

/// Counts how long something took, for Prometheus.
public final class LatencyHistogram: Sendable {
  /// The upper bounds of the buckets, in seconds.
  public static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

  public struct Counts: Hashable, Sendable {
    /// One more than there are bounds: the last for what took longer.
    public var buckets = [Int64](repeating: 0, count: bounds.count + 1)
    public var seconds = 0.0
  }

  private let state = Mutex(Counts())

  public init() {}

  public var counts: Counts { state.withLock(\.self) }

  public func record(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let time = Double(seconds) + Double(attoseconds) * 1e-18
    let place = Self.bounds.firstIndex { time <= $0 } ?? Self.bounds.count
    state.withLock { counts in
      counts.buckets[place] += 1
      counts.seconds += time
    }
  }
}
