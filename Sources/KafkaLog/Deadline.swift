import Glibc

/// A point in monotonic time up to which something may take.
struct Deadline: Sendable {
  private let end: ContinuousClock.Instant

  init(after duration: Duration) { end = ContinuousClock.now + duration }

  var hasPassed: Bool { ContinuousClock.now >= end }

  /// What is left as librdkafka takes it, rounded up so that a wait does not end just before the deadline; at most
  /// `longest`.
  func milliseconds(atMost longest: Duration = .seconds(3600)) -> Int32 {
    min(end - ContinuousClock.now, longest).milliseconds
  }

  /// Puts this thread to sleep for a while, but not past the deadline.
  func pause(_ duration: Duration = .milliseconds(50)) {
    usleep(UInt32(milliseconds(atMost: duration)) * 1000)
  }
}

extension Duration {
  /// Whole milliseconds, rounded up, from 0 to a day.
  var milliseconds: Int32 {
    let whole = max(.zero, min(self, .seconds(86_400)))
    let (seconds, attoseconds) = whole.components
    return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
