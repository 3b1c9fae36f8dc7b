/// The rolling windows, in hours, in the order of the outputs. A window ends with the hour of `now`; the one before it
/// has the same length and ends where it starts.
public enum Window: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  case day, week, fourWeeks, year

  public var hours: Int32 {
    switch self {
    case .day: 24
    case .week: 168
    case .fourWeeks: 672
    case .year: 8_760
    }
  }

  /// The name in outputs.
  public var name: String {
    switch self {
    case .day: "24h"
    case .week: "7d"
    case .fourWeeks: "28d"
    case .year: "365d"
    }
  }
}

extension Precision {
  /// The first window that an event of this precision counts in, as an index of `Window.allCases`; it counts in all
  /// longer ones too.
  var firstWindow: Int {
    switch self {
    case .exact: 0
    case .day: 1
    case .longer: 3
    }
  }

  /// Whether an event of this precision counts in its local day.
  var countsInDay: Bool { self != .longer }
}
