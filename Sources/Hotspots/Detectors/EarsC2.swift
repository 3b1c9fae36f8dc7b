import Incidents

/// EARS C2 of the Centers for Disease Control (Hutwagner, Thompson, Seeman, Treadwell 2003): a day against the mean and
/// deviation of seven days, two days of distance kept so that the beginning of an outbreak does not raise its own
/// threshold.
enum EarsC2 {
  /// By what is `threshold` and `minSigma` in the parameters: alarm when y > m + threshold · max(s, minSigma), with mean
  /// m and deviation s (n − 1) of the days t−9 … t−3; score (y − m) / max(s, minSigma).
  static func judge(_ counts: RecentCounts, threshold: Double, minSigma: Double) -> DayJudgement {
    let days: Int64 = 7
    var sum: Int64 = 0
    var squares: Int64 = 0
    for back in 3...9 {
      let count = bounded(counts[back])
      sum += count
      squares += count * count
    }
    // In whole numbers up to here, so that the order of the days cannot move the last bit.
    let variance = Double(days * squares - sum * sum) / Double(days * (days - 1))
    let sigma = max(variance.squareRoot(), minSigma)
    let mean = Double(sum) / Double(days)
    let limit = mean + threshold * sigma
    let excess = Double(days * bounded(counts[0]) - sum)
    return DayJudgement(
      observed: counts[0], expected: mean, threshold: limit, score: excess / (Double(days) * sigma),
      isAlarm: Double(counts[0]) > limit)
  }

  /// No day counts this many events; sums of squares of what lies below it fit 64 bits.
  private static func bounded(_ count: Int32) -> Int64 { Int64(min(max(count, 0), 1 << 28)) }
}

extension Detector {
  static let earsC2 = Detector(
    name: "earsC2", version: 1,
    parameters: [
      Parameter("baseline", 7), Parameter("lag", 2),
      // The normal quantile of 0.999.
      Parameter("threshold", 3.090232306167813, in: 0.5...100),
      // The deviation of sparse counts is often 0 by chance, and any event would be an alarm.
      Parameter("minSigma", 1, in: 0.01...1_000),
    ],
    baseline: 3...9,
    standardMeasures: [.init(.knifeCrime), .init(.knifeInjury), .init(.hospitalSharp), .init(.tagBreach)],
    leastAlarm: { Int32(($0[2] * $0[3]).rounded(.down)) + 1 },
    judge: { EarsC2.judge($0, threshold: $1[2], minSigma: $1[3]) },
    recurrenceIntervalDays: { RecurrenceInterval.days(ofScore: $0, baselineDays: 7) })
}
