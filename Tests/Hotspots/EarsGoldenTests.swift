import Incidents
import Testing

@testable import Hotspots

/// The detectors against the numbers of R's `surveillance`, and of the CDC's formula where R departs from it.
@Suite struct EarsGoldenTests {
  @Test(arguments: [("C1", Detector.earsC1, 1_312), ("C2", .earsC2, 1_248)])
  func alarmsAndThresholdsAreThoseOfR(method: String, detector: Detector, rows: Int) throws {
    let reference = try EarsReference()
    var (compared, alarms) = (0, 0)
    for row in try EarsReference.rows("ears_c123_knife_borough_month.csv") where row["method"] == method {
      let judgement = try reference.judge(row, by: detector)
      let threshold = try #require(Double(row["upperbound"] ?? ""))
      #expect(String(judgement.observed) == row["observed"])
      #expect(abs(try #require(judgement.threshold) - threshold) < 1e-9)
      #expect(judgement.isAlarm == (row["alarm"] == "1"))
      alarms += judgement.isAlarm ? 1 : 0
      compared += 1
    }
    #expect(compared == rows)
    #expect(alarms > 20)
  }

  /// R's upper bound is computed, though it is no threshold to publish.
  @Test func c3AsRComputesIt() throws {
    let reference = try EarsReference()
    var (compared, alarms) = (0, 0)
    for row in try EarsReference.rows("ears_c123_knife_borough_month.csv") where row["method"] == "C3" {
      let judgement = try reference.judge(row, by: .earsC3R)
      let bound = EarsC3R.upperBound(
        try reference.counts(row), threshold: Ears.quantile975, minSigma: EarsReference.minSigmaOfR)
      #expect(abs(try #require(Double(row["upperbound"] ?? "")) - bound) < 1e-9)
      #expect(judgement.isAlarm == (row["alarm"] == "1"))
      #expect(judgement.threshold == nil)
      alarms += judgement.isAlarm ? 1 : 0
      compared += 1
    }
    #expect(compared == 1_184)
    #expect(alarms == 99)
  }

  @Test func scoresAndAlarmsAreThoseOfTheCDC() throws {
    let reference = try EarsReference()
    var (compared, alarms) = (0, 0)
    for row in try EarsReference.rows("ears_c2_c3_cdcformula.csv") {
      let score = try #require(Double(row["c2"] ?? ""))
      #expect(abs(try reference.judge(row, by: .earsC2).score - score) < 1e-9)
      let judgement = try reference.judge(row, by: .earsC3)
      let sum = try #require(Double(row["c3_cdc"] ?? ""))
      #expect(abs(judgement.score - sum) < 1e-9)
      #expect(judgement.isAlarm == (sum > Ears.quantile975))
      #expect(judgement.threshold == nil)
      alarms += judgement.isAlarm ? 1 : 0
      compared += 1
    }
    #expect(compared == 1_184)
    #expect(alarms == 152)
  }

  /// C3 knows no interval, so its signals are the least severe, but for a homicide's.
  @Test(arguments: [Detector.earsC3, .earsC3R])
  func whatC3DoesNotKnow(detector: Detector) throws {
    var configuration = Configuration()
    let index = try #require(Detector.table.firstIndex { $0.name == detector.name })
    configuration.detectors[index].measures = .all
    let rule = JudgingRules(configuration, birth: LocalDay(index: 0)).rules[index]
    let judgement = DayJudgement(observed: 9, expected: 1, threshold: nil, score: 1_000, isAlarm: true)
    #expect(rule.recurrenceIntervalDays(judgement) == nil)
    #expect(rule.severity(judgement, .knifeCrime) == .low)
    #expect(rule.severity(judgement, .knifeHomicide) == .high)
    #expect(rule.baseline(of: LocalDay(index: 100)) { $0.index } == [Int32](89...99))
  }

  /// A day on which nothing happened: the days before can put it in alarm by the CDC's formula, never by R's.
  @Test func aDayWithoutAnEvent() {
    var counts = RecentCounts(repeating: 0)
    (counts[1], counts[2]) = (5, 5)
    let parameters = Detector.earsC3.parameters.map(\.standard)
    #expect(Detector.earsC3.judge(counts, parameters).isAlarm)
    #expect(!Detector.earsC3R.judge(counts, parameters).isAlarm)
    counts[0] = 1
    #expect(Detector.earsC3R.judge(counts, parameters).isAlarm)
  }

  /// Days are passed over unseen only where they cannot be in alarm.
  @Test(arguments: Detector.table.indices, [(2.0, 0.5), (1.96, 1.0), (0.5, 0.01)])
  func whatIsSurelyQuietIsQuiet(detector: Int, setting: (threshold: Double, minSigma: Double)) {
    var configuration = Configuration()
    configuration.detectors[detector].measures = .all
    configuration.detectors[detector].parameters[Ears.threshold] = setting.threshold
    configuration.detectors[detector].parameters[Ears.minSigma] = setting.minSigma
    let rule = JudgingRules(configuration, birth: LocalDay(index: 0)).rules[detector]
    var random = SplitMix(seed: 7)
    var passed = 0
    for _ in 0..<2_000 {
      let counts = (0...12).map { _ in Int32.random(in: 0...2, using: &random) }
      let day = LocalDay(index: 12)
      guard rule.isSurelyQuiet(day, count: { counts[Int($0.index)] }) else { continue }
      passed += 1
      #expect(!rule.judgement(day) { counts[Int($0.index)] }.isAlarm, "\(counts)")
    }
    #expect(passed > 0)
  }
}
