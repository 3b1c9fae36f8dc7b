import Incidents

/// Which local days differ from what was published of them.
///
/// The counts of a day are kept as they were published when they are first touched after that, so that a batch can tell
/// what it changed: the day itself, and the judgements of the days that are compared with it.
struct DayPublication: Sendable {
  /// The counts of a day as they were published.
  struct Image: Sendable, BitwiseCopyable {
    var bucket: Bucket
    var day: LocalDay
    var row: DayRow
  }

  /// A day whose counts differ from the published ones, and in which measures.
  struct ChangedDay: Sendable, BitwiseCopyable {
    var image: Image
    var measures: MeasureSet
  }

  private static let daysPerWord: Int32 = 64

  private var images: [Image] = []
  /// For each bucket the days that have an image, a bit a day since 1970.
  private var touched = [[UInt64]](repeating: [], count: Bucket.count)
  /// For each bucket the first of the days still to be offered; nil before its first event.
  private var nextDay = [LocalDay?](repeating: nil, count: Bucket.count)
  /// The rules by which the published days were judged.
  private var rules: JudgingRules?

  /// An event came to count in a bucket: its days are offered from today on, whether anything happens or not.
  mutating func note(_ bucket: Bucket, in hour: Hour) {
    if nextDay[bucket.index] == nil { nextDay[bucket.index] = LocalDay(containing: hour) }
  }

  /// The counts of a day are about to change.
  mutating func save(_ bucket: Bucket, _ day: LocalDay, of days: DayCounts) {
    guard day.index >= 0 else { return }
    let (word, bit) = day.index.quotientAndRemainder(dividingBy: Self.daysPerWord)
    let missing = Int(word) + 1 - touched[bucket.index].count
    if missing > 0 { touched[bucket.index].append(contentsOf: repeatElement(0, count: missing)) }
    guard touched[bucket.index][Int(word)] & 1 << UInt64(bit) == 0 else { return }
    touched[bucket.index][Int(word)] |= 1 << UInt64(bit)
    images.append(Image(bucket: bucket, day: day, row: days.row(bucket, day)))
  }

  /// All days stand as published.
  mutating func settle(by rules: JudgingRules, today: LocalDay) {
    for image in images { touched[image.bucket.index][Int(image.day.index / Self.daysPerWord)] = 0 }
    images.removeAll(keepingCapacity: true)
    for bucket in nextDay.indices where nextDay[bucket] != nil { nextDay[bucket] = today.next }
    self.rules = rules
  }

  /// The days to be published, in order; they count as published from then on.
  mutating func changes(in days: DayCounts, by rules: JudgingRules, today: LocalDay) -> [(Bucket, LocalDay)] {
    let changed = changedImages(in: days)
    let areSettingsNew = self.rules != rules
    var changes: [(Bucket, LocalDay)] = []
    var start = 0
    for index in 0..<Bucket.count {
      let bucket = Bucket(index: index)
      var end = start
      while end < changed.count, changed[end].image.bucket == bucket { end += 1 }
      defer { start = end }
      let isBegun = nextDay[index].map { $0 <= today } ?? false
      guard end > start || isBegun || (areSettingsNew && nextDay[index] != nil) else { continue }
      let comparison = DayComparison(
        bucket: bucket, changed: changed[start..<end], days: days, rules: (self.rules, rules),
        areSettingsNew: areSettingsNew, next: nextDay[index], today: today)
      for day in comparison.candidates() where comparison.isChanged(day) { changes.append((bucket, day)) }
    }
    settle(by: rules, today: today)
    return changes
  }

  /// The days whose counts differ from the published ones, buckets in order, their days ascending.
  private func changedImages(in days: DayCounts) -> [ChangedDay] {
    var order: [UInt64] = []
    order.reserveCapacity(images.count)
    // Bucket, day and place in one number: the numbers are sorted, not the images.
    for (place, image) in images.enumerated() {
      order.append(UInt64(image.bucket.index) << 56 | UInt64(UInt32(bitPattern: image.day.index)) << 24 | UInt64(place))
    }
    order.sort()
    var changed: [ChangedDay] = []
    changed.reserveCapacity(order.count)
    for key in order {
      let image = images[Int(key & 0xFF_FFFF)]
      let measures = days.measures(of: image.bucket, image.day, differingFrom: image.row)
      if measures.rawValue != 0 { changed.append(ChangedDay(image: image, measures: measures)) }
    }
    return changed
  }
}
