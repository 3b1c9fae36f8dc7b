import Incidents

/// For each bucket and measure: the count of each window, of the one before each, and of everything standing.
struct WindowCounts: Sendable {
  /// Window, previous window, window, …; then the total.
  static let width = Window.allCases.count * 2 + 1
  private static let total = width - 1

  private var counts = [Int32](repeating: 0, count: Bucket.count * Measure.allCases.count * width)

  private static func row(_ bucket: Bucket, _ measure: Int) -> Int {
    (bucket.index * Measure.allCases.count + measure) * width
  }

  func current(_ bucket: Bucket, _ measure: Measure, _ window: Window) -> Int32 {
    counts[Self.row(bucket, Int(measure.rawValue)) + Int(window.rawValue) * 2]
  }

  func previous(_ bucket: Bucket, _ measure: Measure, _ window: Window) -> Int32 {
    counts[Self.row(bucket, Int(measure.rawValue)) + Int(window.rawValue) * 2 + 1]
  }

  func total(_ bucket: Bucket, _ measure: Measure) -> Int32 {
    counts[Self.row(bucket, Int(measure.rawValue)) + Self.total]
  }

  /// Counts an event of the hour `age` hours before the current one, or takes it back (`sign` −1), in every window that
  /// now holds that hour. An hour still to come (`age` < 0) is in the total only.
  mutating func add(_ event: LiveEvent, age: Int32, sign: Int32) {
    forEachMeasure(of: event) { counts, row in
      counts[row + Self.total] += sign
      guard age >= 0 else { return }
      for window in event.precision.firstWindow..<Window.allCases.count {
        let hours = Window.allCases[window].hours
        if age < hours {
          counts[row + window * 2] += sign
        } else if age < hours * 2 {
          counts[row + window * 2 + 1] += sign
        }
      }
    }
  }

  /// The event's hour has become the current one: it enters every window.
  mutating func enter(_ event: LiveEvent) {
    forEachMeasure(of: event) { counts, row in
      for window in event.precision.firstWindow..<Window.allCases.count { counts[row + window * 2] += 1 }
    }
  }

  /// The event's hour has left a window and entered the one before it.
  mutating func pass(_ event: LiveEvent, _ window: Window) {
    guard Int(window.rawValue) >= event.precision.firstWindow else { return }
    forEachMeasure(of: event) { counts, row in
      counts[row + Int(window.rawValue) * 2] -= 1
      counts[row + Int(window.rawValue) * 2 + 1] += 1
    }
  }

  /// The event's hour has left the window before a window.
  mutating func leave(_ event: LiveEvent, _ window: Window) {
    guard Int(window.rawValue) >= event.precision.firstWindow else { return }
    forEachMeasure(of: event) { counts, row in counts[row + Int(window.rawValue) * 2 + 1] -= 1 }
  }

  /// An order-free sum of hashes of all counts: equal counts give equal sums, whatever led to them.
  var digest: UInt64 {
    var sum: UInt64 = 0
    for (place, count) in counts.enumerated() where count != 0 {
      sum &+= Self.mix(UInt64(place) << 32 | UInt64(UInt32(bitPattern: count)))
    }
    return sum
  }

  /// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): every bit of the input moves every bit of the output.
  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  private mutating func forEachMeasure(of event: LiveEvent, _ body: (inout [Int32], Int) -> Void) {
    var rest = event.measures.rawValue
    while rest != 0 {
      body(&counts, Self.row(event.bucket, rest.trailingZeroBitCount))
      rest &= rest - 1
    }
  }
}
