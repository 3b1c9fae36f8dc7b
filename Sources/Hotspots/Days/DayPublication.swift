import Incidents

/// Which local days differ from what was published of them.
///
/// The counts of a day are kept as they were published when they are first touched after that, so that a batch can tell
/// what it changed: the day itself, and the judgements of the days that are compared with it.
struct DayPublication: Sendable {
  /// The counts of a day as they were published.
  private struct Image: Sendable, BitwiseCopyable {
    var bucket: Bucket
    var day: LocalDay
    var row: DayRow
  }

  private static let daysPerWord: Int32 = 64

  private var images: [Image] = []
  /// For each bucket the days that have an image, a bit a day since 1970.
  private var touched = [[UInt64]](repeating: [], count: Bucket.count)
  /// For each bucket the first of the days still to be offered; nil before its first event.
  private var nextDay = [LocalDay?](repeating: nil, count: Bucket.count)
  /// The rules by which the published days were judged.
  private var rules: JudgingRules?
  /// For each bucket the days that other rules have published, ascending, while these have published none; nil else.
  private var foreign: [[LocalDay]]?

  /// What stands published is not by these rules: every day that has a record, and every one that had, is offered once.
  mutating func forget(_ published: [(bucket: Bucket, day: LocalDay)]) {
    var days = [[LocalDay]](repeating: [], count: Bucket.count)
    for (bucket, day) in published { days[bucket.index].append(day) }
    foreign = days.map { $0.sorted() }
  }

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
    foreign = nil
  }

  /// The days to be published, in order; they count as published from then on.
  mutating func changes(in days: DayCounts, by rules: JudgingRules, today: LocalDay) -> [(Bucket, LocalDay)] {
    images.sort { ($0.bucket, $0.day) < ($1.bucket, $1.day) }
    let areSettingsNew = self.rules != rules
    var changes: [(Bucket, LocalDay)] = []
    var start = 0
    for index in 0..<Bucket.count {
      let bucket = Bucket(index: index)
      var end = start
      while end < images.count, images[end].bucket == bucket { end += 1 }
      defer { start = end }
      let isBegun = nextDay[index].map { $0 <= today } ?? false
      let wasForeign = foreign.map { nextDay[index] != nil || !$0[index].isEmpty } ?? false
      guard end > start || isBegun || wasForeign || (areSettingsNew && nextDay[index] != nil) else { continue }
      let comparison = Comparison(
        bucket: bucket, images: images[start..<end], days: days, rules: (self.rules, rules), next: nextDay[index],
        today: today, foreign: foreign?[index])
      changes += comparison.candidates(areSettingsNew: areSettingsNew).filter(comparison.isChanged).map { (bucket, $0) }
    }
    settle(by: rules, today: today)
    return changes
  }
}

extension DayPublication {
  /// The days of one bucket: as published, and as they stand.
  private struct Comparison {
    let bucket: Bucket
    /// By day.
    let images: ArraySlice<Image>
    let days: DayCounts
    let rules: (published: JudgingRules?, standing: JudgingRules)
    /// The first day that was never published for want of an event.
    let next: LocalDay?
    let today: LocalDay
    /// The days that other rules have published; nil when what is published is by these.
    let foreign: [LocalDay]?

    /// The days that may have changed, ascending.
    func candidates(areSettingsNew: Bool) -> [LocalDay] {
      var candidates = foreign ?? []
      for image in images where !stands(image.day, as: image.row) {
        candidates.append(image.day)
        guard !bucket.isUnattributed else { continue }
        for rule in rules.standing.rules {
          candidates += rule.detector.baseline.map { image.day.advanced(by: $0) }
        }
      }
      var begun = next ?? today.next
      if areSettingsNew, !bucket.isUnattributed {
        for rules in [rules.published, rules.standing] { begun = min(begun, rules?.firstJudged ?? begun) }
      }
      if foreign != nil {
        begun = min(begun, days.first(of: bucket) ?? begun)
        if !bucket.isUnattributed { begun = min(begun, rules.standing.firstJudged ?? begun) }
      }
      while begun <= today {
        candidates.append(begun)
        begun = begun.next
      }
      candidates.sort()
      var ascending: [LocalDay] = []
      for day in candidates where day <= today && day != ascending.last { ascending.append(day) }
      return ascending
    }

    func isChanged(_ day: LocalDay) -> Bool {
      if let foreign { return foreign.contains(day) || hasRecord(day) }
      if let image = image(of: day), !stands(day, as: image.row) { return true }
      if let next, day >= next { return hasRecord(day) }
      guard !bucket.isUnattributed else { return false }
      return rules.standing.rules.indices.contains { index in
        Measure.allCases.contains { measure in
          let published = rules.published.flatMap { rules in
            rules.judgement(rules.rules[index], measure, day) { publishedCount($0, measure) }
          }
          let standing = rules.standing.judgement(rules.standing.rules[index], measure, day) {
            days.count(bucket, $0, measure)
          }
          return published?.expected != standing?.expected || published?.threshold != standing?.threshold
            || published?.isAlarm != standing?.isAlarm
        }
      }
    }

    /// Whether there is anything to say of a day.
    private func hasRecord(_ day: LocalDay) -> Bool {
      if !stands(day, as: DayRow(repeating: 0)) { return true }
      guard !bucket.isUnattributed else { return false }
      return rules.standing.rules.contains { rule in
        Measure.allCases.contains {
          rule.settings.measures.contains($0) && day >= rules.standing.firstJudged(rule, $0)
        }
      }
    }

    private func stands(_ day: LocalDay, as row: DayRow) -> Bool {
      Measure.allCases.allSatisfy { days.count(bucket, day, $0) == row[Int($0.rawValue)] }
    }

    private func publishedCount(_ day: LocalDay, _ measure: Measure) -> Int32 {
      image(of: day)?.row[Int(measure.rawValue)] ?? days.count(bucket, day, measure)
    }

    private func image(of day: LocalDay) -> Image? {
      var (low, high) = (images.startIndex, images.endIndex)
      while low < high {
        let middle = (low + high) / 2
        if images[middle].day < day { low = middle + 1 } else { high = middle }
      }
      return low < images.endIndex && images[low].day == day ? images[low] : nil
    }
  }
}
