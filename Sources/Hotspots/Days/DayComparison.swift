import Incidents

/// The days of one bucket: as published, and as they stand.
struct DayComparison {
  let bucket: Bucket
  /// By day.
  let changed: ArraySlice<DayPublication.ChangedDay>
  let days: DayCounts
  let rules: (published: JudgingRules?, standing: JudgingRules)
  let areSettingsNew: Bool
  /// The first day that was never published for want of an event.
  let next: LocalDay?
  let today: LocalDay

  /// The days that may have changed, ascending.
  func candidates() -> [LocalDay] {
    var candidates: [LocalDay] = []
    for day in changed {
      candidates.append(day.image.day)
      guard !bucket.isUnattributed else { continue }
      for rule in rules.standing.rules where !rule.settings.measures.isDisjoint(with: day.measures) {
        for back in rule.detector.baseline { candidates.append(day.image.day.advanced(by: back)) }
      }
    }
    var begun = next ?? today.next
    if areSettingsNew, !bucket.isUnattributed {
      for rules in [rules.published, rules.standing] { begun = min(begun, rules?.firstJudged ?? begun) }
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
    let recent = changed(from: day.advanced(by: -RecentCounts.longest), through: day)
    if recent.last?.image.day == day { return true }
    if let next, day >= next { return hasRecord(day) }
    guard !bucket.isUnattributed else { return false }
    // Where neither the settings nor any count changed, the judgement is the same.
    let measures = areSettingsNew ? .all : recent.reduce(into: MeasureSet()) { $0.formUnion($1.measures) }
    return rules.standing.rules.indices.contains { index in
      var judged = rules.standing.rules[index].settings.measures
      if areSettingsNew { judged = .all }
      judged.formIntersection(measures)
      while let measure = judged.removeFirst() {
        if isJudgedAnew(day, measure, index, recent) { return true }
      }
      return false
    }
  }

  private func isJudgedAnew(
    _ day: LocalDay, _ measure: Measure, _ rule: Int, _ recent: ArraySlice<DayPublication.ChangedDay>
  ) -> Bool {
    let standing = rules.standing.judgement(rules.standing.rules[rule], measure, day) {
      days.count(bucket, $0, measure)
    }
    let published = rules.published.flatMap { rules in
      rules.judgement(rules.rules[rule], measure, day) { day in
        recent.first { $0.image.day == day }?.image.row[Int(measure.rawValue)] ?? days.count(bucket, day, measure)
      }
    }
    return published?.expected != standing?.expected || published?.threshold != standing?.threshold
      || published?.isAlarm != standing?.isAlarm
  }

  /// Whether there is anything to say of a day.
  private func hasRecord(_ day: LocalDay) -> Bool {
    if days.measures(of: bucket, day, differingFrom: DayRow(repeating: 0)).rawValue != 0 { return true }
    guard !bucket.isUnattributed else { return false }
    return rules.standing.rules.contains { rule in
      Measure.allCases.contains {
        rule.settings.measures.contains($0) && day >= rules.standing.firstJudged(rule, $0)
      }
    }
  }

  /// The changed days of a stretch.
  private func changed(from first: LocalDay, through last: LocalDay) -> ArraySlice<DayPublication.ChangedDay> {
    var (low, high) = (changed.startIndex, changed.endIndex)
    while low < high {
      let middle = (low + high) / 2
      if changed[middle].image.day < first { low = middle + 1 } else { high = middle }
    }
    var end = low
    while end < changed.endIndex, changed[end].image.day <= last { end += 1 }
    return changed[low..<end]
  }
}
