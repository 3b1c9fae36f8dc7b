import Incidents

/// What judging needs of a configuration, prepared once.
struct JudgingRules: Sendable, Equatable {
  /// A detector as it is set.
  struct Rule: Sendable {
    var detector: Detector
    var settings: DetectorSettings
    var leastAlarm: Int32

    var identity: DetectorIdentity { DetectorIdentity(detector, settings.parameters) }
  }

  /// In the order of `Detector.table`.
  let rules: [Rule]
  /// What any of them judges.
  let judged: MeasureSet
  /// What may come into alarm on a day without an event: by the days before.
  let judgedWithoutEvent: MeasureSet
  /// For each measure the first day whose counts are complete.
  private let observedFrom: [LocalDay]

  /// - Parameter birth: the day on which observation begins where the configuration does not say.
  init(_ configuration: Configuration, birth: LocalDay) {
    rules = zip(Detector.table, configuration.detectors).map { detector, settings in
      Rule(detector: detector, settings: settings, leastAlarm: detector.leastAlarm(settings.parameters))
    }
    judged = rules.reduce(into: []) { $0.formUnion($1.settings.measures) }
    judgedWithoutEvent = rules.filter { $0.detector.scoredDays.upperBound > 0 }
      .reduce(into: []) { $0.formUnion($1.settings.measures) }
    observedFrom = Measure.allCases.map { configuration.observedFrom[$0.topic] ?? birth }
  }

  /// The first day of which the counts of a measure are complete.
  func observedFrom(_ measure: Measure) -> LocalDay { observedFrom[Int(measure.rawValue)] }

  /// The first day that a rule may judge: its whole baseline is observed.
  func firstJudged(_ rule: Rule, _ measure: Measure) -> LocalDay {
    observedFrom(measure).advanced(by: rule.detector.baseline.upperBound)
  }

  /// The first day that any of the rules may judge; nil when none judges anything.
  var firstJudged: LocalDay? {
    rules.flatMap { rule in
      Measure.allCases.filter(rule.settings.measures.contains).map { firstJudged(rule, $0) }
    }.min()
  }

  /// What a rule says of a day; nil where it does not judge it.
  func judgement(
    _ rule: Rule, _ measure: Measure, _ day: LocalDay, count: (LocalDay) -> Int32
  ) -> DayJudgement? {
    guard rule.settings.measures.contains(measure), day >= firstJudged(rule, measure) else { return nil }
    return rule.judgement(day, count: count)
  }

  static func == (a: JudgingRules, b: JudgingRules) -> Bool {
    a.observedFrom == b.observedFrom && a.rules.map(\.settings) == b.rules.map(\.settings)
  }
}

extension JudgingRules.Rule {
  /// Whether a day's counts are so few that it cannot be in alarm, whatever the days before.
  func isSurelyQuiet(_ day: LocalDay, count: (LocalDay) -> Int32) -> Bool {
    var sum: Int64 = 0
    for back in detector.scoredDays { sum += Int64(count(day.advanced(by: -back))) }
    return sum < Int64(leastAlarm)
  }

  /// What the detector says of a day, observed or not.
  func judgement(_ day: LocalDay, count: (LocalDay) -> Int32) -> DayJudgement {
    var counts = RecentCounts(repeating: 0)
    for back in 0...detector.baseline.upperBound { counts[Int(back)] = count(day.advanced(by: -back)) }
    return detector.judge(counts, settings.parameters)
  }

  /// The counts that a day is compared with, in the order of the days.
  func baseline(of day: LocalDay, count: (LocalDay) -> Int32) -> [Int32] {
    detector.baseline.reversed().map { count(day.advanced(by: -$0)) }
  }

  /// In how many days chance alone brings such a day once; nil where the method has no such number.
  func recurrenceIntervalDays(_ judgement: DayJudgement) -> Int? {
    detector.recurrenceIntervalDays(judgement.score)
  }

  func severity(_ judgement: DayJudgement, _ measure: Measure) -> Severity {
    if measure == .knifeHomicide { return .high }
    switch recurrenceIntervalDays(judgement) ?? 0 {
    case ..<120: return .low
    case ..<365: return .medium
    default: return .high
    }
  }
}
