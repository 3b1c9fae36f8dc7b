import Incidents

extension Detector {
  /// EARS C3 as R's package `surveillance` 1.20.3 computes it (`earsC`, method "C3"), for comparison with what was found by
  /// it.
  ///
  /// R's upper bound is y(t) + s(t) · (z − Σ over t−2 and t−1 of max(0, C2 score − 1)), at least 0, and a day is in alarm
  /// when its count y(t) is over it. The count stands on both sides and falls out: what is left says only whether the two
  /// days before were high, so an alarm comes a day late and a day without an event is never in alarm. R's own manual has
  /// today's term too, as `earsC3` does.
  static let earsC3R = Detector(
    name: "earsC3R", version: 1, parameters: Parameter.ears(lag: 2, threshold: Ears.quantile975),
    baseline: 1...11, scoredDays: 1...2, standardMeasures: [],
    leastAlarm: Ears.leastAlarm,
    judge: { counts, parameters in
      let (threshold, minSigma) = (parameters[Ears.threshold], parameters[Ears.minSigma])
      return EarsC3.judgement(
        counts, score: EarsC3.before(counts, minSigma: minSigma),
        isAlarm: Double(counts[0]) > EarsC3R.upperBound(counts, threshold: threshold, minSigma: minSigma),
        minSigma: minSigma)
    },
    recurrenceIntervalDays: { _ in nil })
}

enum EarsC3R {
  /// R's upper bound. It hangs on the count that is held against it, so it is no threshold, and is not published.
  static func upperBound(_ counts: RecentCounts, threshold: Double, minSigma: Double) -> Double {
    let sigma = Ears(counts, lag: 2, minSigma: minSigma).sigma
    return max(0, Double(counts[0]) + sigma * (threshold - EarsC3.before(counts, minSigma: minSigma)))
  }
}
