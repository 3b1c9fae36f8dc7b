import Incidents

extension Detector {
  /// EARS C2: a day against the mean and deviation of the seven days t−9 … t−3, two days of distance kept so that the
  /// beginning of an outbreak does not raise its own threshold.
  static let earsC2 = Detector(
    name: "earsC2", version: 1, parameters: Parameter.ears(lag: 2, threshold: Ears.quantile999),
    baseline: 3...9, scoredDays: 0...0,
    standardMeasures: [.init(.knifeCrime), .init(.knifeInjury), .init(.hospitalSharp), .init(.tagBreach)],
    leastAlarm: Ears.leastAlarm,
    judge: { Ears.judge($0, lag: 2, threshold: $1[Ears.threshold], minSigma: $1[Ears.minSigma]) },
    recurrenceIntervalDays: { RecurrenceInterval.days(ofScore: $0, baselineDays: Double(Ears.baselineDays)) })
}
