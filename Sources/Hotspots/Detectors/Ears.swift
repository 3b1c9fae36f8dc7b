import Incidents

/// What the detectors of the Early Aberration Reporting System (Hutwagner, Thompson, Seeman, Treadwell 2003) compute: how
/// a day stands to the seven days that end `lag` days before it.
struct Ears {
  /// The days of a baseline.
  static let baselineDays = 7

  /// The mean of the baseline.
  let mean: Double
  /// Its deviation (n − 1), at least `minSigma`.
  let sigma: Double
  /// By how many deviations the day is over the mean.
  let score: Double

  /// - Parameter back: how many days before the judged one the day lies.
  init(_ counts: RecentCounts, back: Int = 0, lag: Int, minSigma: Double) {
    let days = Int64(Self.baselineDays)
    var sum: Int64 = 0
    var squares: Int64 = 0
    for day in back + lag + 1...back + lag + Self.baselineDays {
      let count = Self.bounded(counts[day])
      sum += count
      squares += count * count
    }
    // In whole numbers up to here, so that the order of the days cannot move the last bit.
    let variance = Double(days * squares - sum * sum) / Double(days * (days - 1))
    sigma = max(variance.squareRoot(), minSigma)
    mean = Double(sum) / Double(days)
    let excess = Double(days * Self.bounded(counts[back]) - sum)
    score = excess / (Double(days) * sigma)
  }

  /// No day counts this many events; sums of squares of what lies below it fit 64 bits.
  private static func bounded(_ count: Int32) -> Int64 { Int64(min(max(count, 0), 1 << 28)) }

  /// In alarm when y > m + threshold · max(s, minSigma): what C1 and C2 say, by the distance of their baselines.
  static func judge(_ counts: RecentCounts, lag: Int, threshold: Double, minSigma: Double) -> DayJudgement {
    let day = Ears(counts, lag: lag, minSigma: minSigma)
    let limit = day.mean + threshold * day.sigma
    return DayJudgement(
      observed: counts[0], expected: day.mean, threshold: limit, score: day.score, isAlarm: Double(counts[0]) > limit)
  }

  /// What C3 adds up: by how much more than one deviation a day is over the mean of its C2 baseline, or 0.
  static func term(_ counts: RecentCounts, back: Int, minSigma: Double) -> Double {
    max(0, Ears(counts, back: back, lag: 2, minSigma: minSigma).score - 1)
  }
}

extension Detector.Parameter {
  /// The parameters that all of them have.
  static func ears(lag: Double, threshold: Double) -> [Self] {
    [
      Self("baseline", Double(Ears.baselineDays)), Self("lag", lag), Self("threshold", threshold, in: 0.5...100),
      // The deviation of sparse counts is often 0 by chance, and any event would be an alarm.
      Self("minSigma", 1, in: 0.01...1_000),
    ]
  }
}

extension Ears {
  /// The normal quantile of 0.999.
  static let quantile999 = 3.090232306167813
  /// The normal quantile of 0.975.
  static let quantile975 = 1.959963984540054
  static let threshold = 2
  static let minSigma = 3

  /// What the counts of the scored days must add up to at least: a score is at most their sum in units of `minSigma`.
  static func leastAlarm(_ parameters: [Double]) -> Int32 {
    Int32((parameters[threshold] * parameters[minSigma]).rounded(.down)) + 1
  }
}
