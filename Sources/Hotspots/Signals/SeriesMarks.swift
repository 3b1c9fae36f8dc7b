import Incidents

/// The series that are to be judged again, and the line of the frame that touched each one last.
struct SeriesMarks: Sendable {
  private(set) var isEmpty = true
  private var measures = [MeasureSet](repeating: [], count: AreaTable.count)
  private var lines = [Int32](repeating: -1, count: AreaTable.count * Measure.allCases.count)

  /// A line of the frame (−1: the beginning of an hour) changed the day counts of these measures.
  mutating func touch(_ area: AreaIndex, _ touched: MeasureSet, line: Int) {
    isEmpty = false
    measures[Int(area.value)].formUnion(touched)
    var rest = touched.rawValue
    while rest != 0 {
      lines[Int(area.value) * Measure.allCases.count + rest.trailingZeroBitCount] = Int32(truncatingIfNeeded: line)
      rest &= rest - 1
    }
  }

  subscript(area: AreaIndex) -> MeasureSet { measures[Int(area.value)] }

  /// The line that touched a series last; −1 when none of the frame did.
  func line(_ area: AreaIndex, _ measure: Measure) -> Int {
    self[area].contains(measure) ? Int(lines[Int(area.value) * Measure.allCases.count + Int(measure.rawValue)]) : -1
  }

  mutating func removeAll() {
    guard !isEmpty else { return }
    isEmpty = true
    for area in measures.indices { measures[area] = [] }
  }
}
