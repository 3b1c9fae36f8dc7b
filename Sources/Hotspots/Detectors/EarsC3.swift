import Incidents

extension Detector {
  /// EARS C3, as the Centers for Disease Control define it: Σ over the days t−2 … t of max(0, C2 score − 1), in alarm over
  /// the normal quantile of 0.975. Three days that are each a little high add up. It knows neither a threshold of counts
  /// nor a recurrence interval.
  static let earsC3 = Detector(
    name: "earsC3", version: 1, parameters: Parameter.ears(lag: 2, threshold: Ears.quantile975),
    baseline: 1...11, scoredDays: 0...2, standardMeasures: [],
    leastAlarm: Ears.leastAlarm,
    judge: { counts, parameters in
      let minSigma = parameters[Ears.minSigma]
      let before = EarsC3.before(counts, minSigma: minSigma)
      let score = before + Ears.term(counts, back: 0, minSigma: minSigma)
      return EarsC3.judgement(counts, score: score, isAlarm: score > parameters[Ears.threshold], minSigma: minSigma)
    },
    recurrenceIntervalDays: { _ in nil })
}

/// What both ways to compute C3 share.
enum EarsC3 {
  /// The part of the score that is known before the day: its terms of t−2 and t−1.
  static func before(_ counts: RecentCounts, minSigma: Double) -> Double {
    Ears.term(counts, back: 2, minSigma: minSigma) + Ears.term(counts, back: 1, minSigma: minSigma)
  }

  static func judgement(_ counts: RecentCounts, score: Double, isAlarm: Bool, minSigma: Double) -> DayJudgement {
    DayJudgement(
      observed: counts[0], expected: Ears(counts, lag: 2, minSigma: minSigma).mean, threshold: nil, score: score,
      isAlarm: isAlarm)
  }
}
