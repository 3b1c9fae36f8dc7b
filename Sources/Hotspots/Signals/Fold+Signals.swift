import Incidents

extension Fold {
  /// Ends the frame: judges the series that it touched (all, after a control frame), and answers with all that is to be
  /// published of signals since the frame began, in order, those of the hours that began with it first.
  public mutating func finish() -> [HotspotSignal] {
    judge(isControlFrame ? .control : .frame)
    finishSources()
    defer { signals = [] }
    return signals
  }

  /// The signals that stand in an area: measures and detectors in table order.
  func standingSignals(in bucket: Bucket) -> [StandingSignal] {
    guard let area = bucket.area, standing[Int(area.value)].rawValue != 0 else { return [] }
    return Measure.allCases.flatMap { measure in
      Detector.table.indices.flatMap { detector in
        ledgers[Self.ledger(area, measure, detector)].standing.map { step in
          StandingSignal(
            id: step.id(area, measure), measure: measure, severity: step.statement.severity, since: step.raisedAt)
        }
      }
    }
  }

  /// Judges what may have changed. An hour that begins changes the alarms of the new day alone, by the events that
  /// waited for it, or for some detectors by the days before; beside those only signals that stand can be cleared, or be
  /// due for an update. A series that neither holds is as it was.
  mutating func judge(_ occasion: JudgingOccasion) {
    defer { marks.removeAll() }
    guard let now, let rules else { return }
    if occasion == .frame, marks.isEmpty { return }
    let today = LocalDay(containing: now)
    let isNewDay = occasion == .hour && LocalDay(containing: Hour(index: now.hour.index - 1)) != today
    var drafts: [(area: AreaIndex, measure: Measure, step: SignalStep, reason: JournalPosition?)] = []
    for area in 0..<AreaTable.count {
      let index = AreaIndex(UInt8(area))
      var due: MeasureSet
      switch occasion {
      case .frame: due = marks[index]
      case .hour:
        due = marks[index].union(standing[area])
        if isNewDay { due.formUnion(rules.judgedWithoutEvent) }
      case .control: due = .all
      }
      while let measure = due.removeFirst() {
        for step in judge(index, measure, rules, now: now, occasion) {
          let isWithdrawn = step.status == .withdrawn
          drafts.append((index, measure, step, isWithdrawn ? reason(index, measure, occasion) : nil))
        }
      }
    }
    guard !drafts.isEmpty else { return }
    var search = EvidenceSearch()
    for draft in drafts { search.ask(draft.area, draft.measure, draft.step.statement.day) }
    let evidence = search.answer(from: events, until: now.hour, partition: partition)
    for (draft, evidence) in zip(drafts, evidence) {
      publication.touch(Bucket(draft.area))
      signals.append(
        signal(draft.step, draft.area, draft.measure, rules, now: now, evidence: evidence, reason: draft.reason))
    }
  }

  private mutating func judge(
    _ area: AreaIndex, _ measure: Measure, _ rules: JudgingRules, now: EventTime, _ occasion: JudgingOccasion
  ) -> [SignalStep] {
    let bucket = Bucket(area)
    let today = LocalDay(containing: now)
    var steps: [SignalStep] = []
    var stands = false
    for (detector, rule) in rules.rules.enumerated() {
      let ledger = Self.ledger(area, measure, detector)
      guard rule.settings.measures.contains(measure) || !ledgers[ledger].isEmpty else { continue }
      let days = days
      let count = { (day: LocalDay) in days.count(bucket, day, measure) }
      steps += ledgers[ledger].judge(now: now, today: today, occasion) { day in
        guard day <= today, !rule.isSurelyQuiet(day, count: count) else { return nil }
        let judgement = rules.judgement(rule, measure, day, count: count)
        return judgement?.isAlarm == true ? judgement : nil
      } severity: { judgement in
        rule.severity(judgement, measure)
      } state: { episode in
        SignalStatement(
          day: episode.peak, days: episode.days, judgement: episode.judgement,
          baseline: rule.baseline(of: episode.peak, count: count),
          recurrenceIntervalDays: rule.recurrenceIntervalDays(episode.judgement),
          severity: rule.severity(episode.judgement, measure), detector: rule.identity)
      }
      stands = stands || ledgers[ledger].hasStanding
    }
    if stands {
      standing[Int(area.value)].insert(MeasureSet(measure))
    } else {
      standing[Int(area.value)].remove(MeasureSet(measure))
    }
    return steps
  }

  private func reason(_ area: AreaIndex, _ measure: Measure, _ occasion: JudgingOccasion) -> JournalPosition {
    let line = occasion == .control ? lastIndex : marks.line(area, measure)
    return JournalPosition(partition: partition, frame: frames - 1, index: line)
  }

  private func signal(
    _ step: SignalStep, _ area: AreaIndex, _ measure: Measure, _ rules: JudgingRules, now: EventTime,
    evidence: SignalEvidence, reason: JournalPosition?
  ) -> HotspotSignal {
    let explanation = SignalExplanation(
      area: area, measure: measure, statement: step.statement, observedFrom: rules.observedFrom(measure),
      count: { days.count(Bucket(area), $0, measure) })
    return HotspotSignal(
      id: step.id(area, measure), revision: step.revision, status: step.status, area: area, measure: measure,
      statement: step.statement, raisedAt: step.raisedAt, judgedAt: now,
      position: JournalPosition(partition: partition, frame: frames - 1, index: signals.count), evidence: evidence,
      sources: InputTopic.allCases.map { states.freshness($0, force: AreaTable.force(area), now: now) },
      reason: reason, explanation: explanation.text(step.status))
  }

  /// The place of a series' ledger.
  static func ledger(_ area: AreaIndex, _ measure: Measure, _ detector: Int) -> Int {
    (Int(area.value) * Measure.allCases.count + Int(measure.rawValue)) * Detector.table.count + detector
  }

  /// How many ledgers there are.
  static let ledgerCount = AreaTable.count * Measure.allCases.count * Detector.table.count
}

extension SignalStep {
  fileprivate func id(_ area: AreaIndex, _ measure: Measure) -> SignalID {
    SignalID(area: area, measure: measure, detector: statement.detector.name, firstDay: firstDay)
  }
}

extension MeasureSet {
  /// Takes out the first one in table order; nil when there is none.
  fileprivate mutating func removeFirst() -> Measure? {
    guard rawValue != 0, let measure = Measure(rawValue: UInt8(rawValue.trailingZeroBitCount)) else { return nil }
    rawValue &= rawValue - 1
    return measure
  }
}
