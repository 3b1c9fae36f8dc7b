import Incidents

extension Detector {
  /// EARS C1: a day against the mean and deviation of the seven days before it, t−7 … t−1. It sees a sudden rise sooner
  /// than C2, and a slow one not at all, because the rise is soon in its own baseline.
  static let earsC1 = Detector(
    name: "earsC1", version: 1, parameters: Parameter.ears(lag: 0, threshold: Ears.quantile999),
    baseline: 1...7, scoredDays: 0...0, standardMeasures: [],
    leastAlarm: Ears.leastAlarm,
    judge: { Ears.judge($0, lag: 0, threshold: $1[Ears.threshold], minSigma: $1[Ears.minSigma]) },
    recurrenceIntervalDays: { RecurrenceInterval.days(ofScore: $0, baselineDays: Double(Ears.baselineDays)) })
}
