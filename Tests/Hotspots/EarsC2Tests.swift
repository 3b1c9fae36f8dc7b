import Incidents
import Testing

@testable import Hotspots

/// EARS C2 at its edges, and what is made of its scores.
@Suite struct EarsC2Tests {
  static let quantile = 3.090232306167813

  /// The contract's own example.
  @Test func theContractsExample() throws {
    let judgement = Self.judge(9, baseline: [5, 5, 3, 3, 2, 2, 2])
    #expect(abs(judgement.expected - 3.1429) < 5e-5)
    #expect(abs(try #require(judgement.threshold) - 7.2998) < 5e-5)
    #expect(abs(judgement.score - 4.3542) < 5e-5)
    #expect(judgement.isAlarm)
    let rule = try #require(Self.rules().rules.first)
    #expect(rule.recurrenceIntervalDays(judgement) == 305)
    #expect(rule.severity(judgement, .knifeInjury) == .medium)
    #expect(rule.severity(judgement, .knifeHomicide) == .high)
  }

  @Test func anAlarmIsOverTheThresholdNotAtIt() {
    // Mean 2, deviation 0: the threshold is 2 + 3 · 1.
    #expect(!Self.judge(5, baseline: [2, 2, 2, 2, 2, 2, 2], threshold: 3).isAlarm)
    #expect(Self.judge(6, baseline: [2, 2, 2, 2, 2, 2, 2], threshold: 3).isAlarm)
  }

  /// The order of the baseline's days moves no bit, so that days of equal numbers have equal scores.
  @Test func theOrderOfTheBaselineDoesNotMatter() {
    let scores = Set(
      [[5, 5, 3, 3, 2, 2, 2], [2, 3, 5, 2, 3, 5, 2], [2, 2, 2, 3, 3, 5, 5]].map { Self.judge(9, baseline: $0).score })
    #expect(scores.count == 1)
  }

  @Test func hugeCountsAreJudgedToo() {
    let most = [Int](repeating: Int(Int32.max), count: 7)
    #expect(!Self.judge(0, baseline: most).isAlarm)
    #expect(Self.judge(Int(Int32.max), baseline: [0, 0, 0, 0, 0, 0, 0]).isAlarm)
  }

  /// Days are passed over unseen only where no baseline could put them in alarm.
  @Test(arguments: [(3.09, 1.0), (2.0, 0.5), (0.5, 0.01), (3.0, 1.0), (100.0, 1_000.0)])
  func theLeastCountInAlarmIsTheLeast(threshold: Double, minSigma: Double) throws {
    let detector = Detector.earsC2
    let least = detector.leastAlarm([7, 2, threshold, minSigma])
    let quiet = [0, 0, 0, 0, 0, 0, 0]
    #expect(Self.judge(Int(least), baseline: quiet, threshold: threshold, minSigma: minSigma).isAlarm)
    #expect(!Self.judge(Int(least) - 1, baseline: quiet, threshold: threshold, minSigma: minSigma).isAlarm)
  }

  /// Against the quantiles of Student's t with six degrees of freedom (any printed table): P(T > 1.439756) = 0.1, …
  @Test(arguments: [(1.439756, 10), (1.943180, 20), (3.142668, 100), (3.707428, 200), (5.207626, 1_000)])
  func recurrenceIntervalsAreThoseOfStudent(t: Double, days: Int) {
    let score = t * (8.0 / 7).squareRoot()
    #expect(abs(RecurrenceInterval.days(ofScore: score, baselineDays: 7) - days) <= 1)
  }

  @Test func recurrenceIntervalsAreBounded() {
    #expect(RecurrenceInterval.days(ofScore: 1e300, baselineDays: 7) == 36_500)
    #expect(RecurrenceInterval.days(ofScore: .infinity, baselineDays: 7) == 36_500)
    #expect(RecurrenceInterval.days(ofScore: 1_000, baselineDays: 7) == 36_500)
    #expect(RecurrenceInterval.days(ofScore: 0, baselineDays: 7) == 2)
  }

  @Test(arguments: [(119, Severity.low), (120, .medium), (364, .medium), (365, .high)])
  func severityFollowsTheInterval(days: Int, severity: Severity) throws {
    var rule = try #require(Self.rules().rules.first)
    rule.detector = Detector(
      name: "fixed", version: 1, parameters: [], baseline: 3...9, scoredDays: 0...0, standardMeasures: [],
      leastAlarm: { _ in 0 },
      judge: rule.detector.judge, recurrenceIntervalDays: { _ in days })
    #expect(rule.severity(Self.judge(9, baseline: [0, 0, 0, 0, 0, 0, 0]), .knifeCrime) == severity)
  }

  /// Only days whose whole baseline is observed are judged, each measure by its own topic.
  @Test func aDayIsJudgedWhenItsWholeBaselineIsObserved() throws {
    let birth = LocalDay(index: 20_000)
    let rules = JudgingRules(Configuration(observedFrom: [.hospital: LocalDay(index: 20_100)]), birth: birth)
    let rule = try #require(rules.rules.first)
    func isJudged(_ measure: Measure, _ day: Int32) -> Bool {
      rules.judgement(rule, measure, LocalDay(index: day), count: { _ in 0 }) != nil
    }
    #expect(!isJudged(.knifeCrime, 20_008) && isJudged(.knifeCrime, 20_009))
    #expect(!isJudged(.hospitalSharp, 20_108) && isJudged(.hospitalSharp, 20_109))
    #expect(!isJudged(.robbery, 20_200))
  }

  // MARK: - Reading

  static func rules() -> JudgingRules { JudgingRules(Configuration(), birth: LocalDay(index: 0)) }

  /// - Parameter baseline: t−9 … t−3.
  static func judge(
    _ observed: Int, baseline: [Int], threshold: Double = quantile, minSigma: Double = 1
  ) -> DayJudgement {
    var counts = RecentCounts(repeating: 1_000)
    counts[0] = Int32(observed)
    for (place, count) in baseline.enumerated() { counts[9 - place] = Int32(count) }
    return Detector.earsC2.judge(counts, [7, 2, threshold, minSigma])
  }
}
