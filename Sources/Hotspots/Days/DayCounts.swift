import Incidents

/// For each bucket, local day and measure: the count as far as the journal's time has come. Days lie in pages of 64,
/// made when first touched.
struct DayCounts: Sendable {
  private static let daysPerPage = 64
  private static let pageLength = daysPerPage * Measure.allCases.count

  /// For each bucket the pages by day since 1970: places in `counts` plus one, 0 for none.
  private var pages = [[UInt32]](repeating: [], count: Bucket.count)
  private var counts: [Int32] = []

  func count(_ bucket: Bucket, _ day: LocalDay, _ measure: Measure) -> Int32 {
    let page = Int(day.index) / Self.daysPerPage
    guard day.index >= 0, page < pages[bucket.index].count else { return 0 }
    let place = pages[bucket.index][page]
    guard place != 0 else { return 0 }
    return counts[row(Int(place) - 1, day) + Int(measure.rawValue)]
  }

  /// A day before which nothing of a bucket was ever counted; nil where nothing was.
  func first(of bucket: Bucket) -> LocalDay? {
    pages[bucket.index].firstIndex { $0 != 0 }.map { LocalDay(index: Int32($0 * Self.daysPerPage)) }
  }

  /// All counts of a day.
  func row(_ bucket: Bucket, _ day: LocalDay) -> DayRow {
    var counts = DayRow(repeating: 0)
    let page = Int(day.index) / Self.daysPerPage
    guard day.index >= 0, page < pages[bucket.index].count, pages[bucket.index][page] != 0 else { return counts }
    let start = row(Int(pages[bucket.index][page]) - 1, day)
    for measure in counts.indices { counts[measure] = self.counts[start + measure] }
    return counts
  }

  /// Counts an event in the local day of its hour, or takes it back (`sign` −1).
  mutating func add(_ event: LiveEvent, in day: LocalDay, sign: Int32) {
    guard event.measures.rawValue != 0 else { return }
    let page = Int(day.index) / Self.daysPerPage
    if page >= pages[event.bucket.index].count {
      let missing = page + 1 - pages[event.bucket.index].count
      pages[event.bucket.index].append(contentsOf: repeatElement(0, count: missing))
    }
    if pages[event.bucket.index][page] == 0 {
      counts.append(contentsOf: repeatElement(0, count: Self.pageLength))
      pages[event.bucket.index][page] = UInt32(counts.count / Self.pageLength)
    }
    let row = row(Int(pages[event.bucket.index][page]) - 1, day)
    var rest = event.measures.rawValue
    while rest != 0 {
      counts[row + rest.trailingZeroBitCount] += sign
      rest &= rest - 1
    }
  }

  private func row(_ page: Int, _ day: LocalDay) -> Int {
    page * Self.pageLength + Int(day.index) % Self.daysPerPage * Measure.allCases.count
  }
}

/// The counts of one day, by `Measure.allCases`.
typealias DayRow = InlineArray<15, Int32>
