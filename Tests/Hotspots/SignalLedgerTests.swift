import Incidents
import Testing

@testable import Hotspots

/// The life of a signal, told by which days are in alarm: D is today, times are whole days.
@Suite struct SignalLedgerTests {
  static let today: Int32 = 20_000

  /// One series whose alarms are set by hand.
  struct Series {
    var ledger = SignalLedger()
    /// The days in alarm and their scores.
    var scores: [Int32: Double] = [:]
    var baselines: [Int32: [Int32]] = [:]
    var today = SignalLedgerTests.today

    init(_ days: Int32...) { set(days) }

    mutating func set(_ days: [Int32]) { scores = Dictionary(uniqueKeysWithValues: days.map { (today + $0, 5) }) }

    /// Days relative to D, in words.
    mutating func judge(_ occasion: JudgingOccasion = .frame) -> [String] {
      let (scores, baselines) = (scores, baselines)
      let steps = ledger.judge(
        now: EventTime(milliseconds: Int64(today) * 86_400_000), today: LocalDay(index: today), occasion
      ) { day in
        scores[day.index].map {
          DayJudgement(observed: 9, expected: 0, threshold: 1, score: $0, isAlarm: true)
        }
      } severity: {
        $0.score < 10 ? .low : .high
      } state: { episode in
        SignalStatement(
          day: episode.peak, days: episode.days, judgement: episode.judgement,
          baseline: baselines[episode.peak.index] ?? [], recurrenceIntervalDays: nil,
          severity: episode.judgement.score < 10 ? .low : .high,
          detector: DetectorIdentity(.earsC2, [7, 2, 3, 1]))
      }
      return steps.map { "\($0.status) D\($0.firstDay.index - today) \($0.revision)" }
    }
  }

  @Test func anEpisodeIsRaisedOnceAndClearedWhenItsLastDayIsThreeDaysOld() {
    var series = Series(0)
    #expect(series.judge() == ["raised D0 1"])
    #expect(series.judge() == [])
    for _ in 0..<2 {
      series.today += 1
      #expect(series.judge(.hour) == [])
    }
    series.today += 1
    #expect(series.judge(.hour) == ["cleared D-3 2"])
    #expect(series.judge(.hour) == [])
  }

  @Test func whatIsOlderThanTwoDaysIsNotRaised() {
    var series = Series(-3, -5)
    #expect(series.judge() == [])
    series.set([-2])
    #expect(series.judge() == ["raised D-2 1"])
  }

  /// A cleared with last day D−4, B stands from D−1; D−3 comes into alarm: B is withdrawn, A raised as its next revision.
  @Test func theFirstWorkedExample() {
    var series = Series(0)
    #expect(series.judge() == ["raised D0 1"])
    series.today += 4
    series.scores[series.today - 1] = 5
    #expect(series.judge() == ["cleared D-4 2", "raised D-1 1"])
    series.scores[series.today - 3] = 5
    #expect(series.judge() == ["withdrawn D-1 2", "raised D-4 3"])
    #expect(series.ledger.standing.map(\.statement.days.count) == [3])
  }

  /// D−6, D−4, D−2, D in alarm and D−4 is taken back: A (D−6) cleared, D−2 raised.
  @Test func theSecondWorkedExample() {
    var series = Series(-6, -4, -2, 0)
    #expect(series.judge() == ["raised D-6 1"])
    series.set([-6, -2, 0])
    #expect(series.judge() == ["cleared D-6 2", "raised D-2 1"])
    #expect(series.ledger.standing.map(\.statement.days.count) == [2])
  }

  /// A first day amended from D−5 to D−4: withdrawn, raised.
  @Test func theThirdWorkedExample() {
    var series = Series(-5, -3, -1)
    #expect(series.judge() == ["raised D-5 1"])
    series.set([-4, -3, -1])
    #expect(series.judge() == ["withdrawn D-5 2", "raised D-4 1"])
    series.set([-5, -3, -1])
    #expect(series.judge() == ["withdrawn D-4 2", "raised D-5 3"])
  }

  @Test func oneQuietDayIsBridgedAndTwoAreNot() {
    var series = Series(-4, -2)
    #expect(series.judge() == ["raised D-4 1"])
    series = Series(-5, -2)
    #expect(series.judge() == ["raised D-2 1"])
  }

  @Test func aClearedSignalIsWithdrawnWhileItsLastDayIsAtMost34DaysOld() {
    for (age, expected) in [(34, ["withdrawn D-34 3"]), (35, [])] {
      var series = Series(0)
      #expect(series.judge() == ["raised D0 1"])
      series.today += 3
      #expect(series.judge(.hour) == ["cleared D-3 2"])
      series.today += Int32(age - 3)
      series.set([])
      #expect(series.judge() == expected)
      // One that was withdrawn, or is past recall, comes again as its next revision.
      series.set(stride(from: -Int32(age), through: 0, by: 2).map { $0 })
      if age % 2 == 0 { #expect(series.judge() == ["raised D-34 4"]) } else { series.set([-35, -33, -31]) }
    }
  }

  @Test func aForgottenSignalComesAgainAsItsNextRevision() {
    var series = Series(0)
    #expect(series.judge() == ["raised D0 1"])
    series.today += 3
    #expect(series.judge(.hour) == ["cleared D-3 2"])
    series.today += 97
    series.set(stride(from: -100, through: 0, by: 2).map { $0 })
    #expect(series.judge() == ["raised D-100 3"])
  }

  @Test func severityIsToldAtOnceAndTheRestAtTheHour() {
    var series = Series(-1)
    #expect(series.judge() == ["raised D-1 1"])
    series.scores[series.today] = 6
    #expect(series.judge() == [])
    #expect(series.judge(.hour) == ["updated D-1 2"])
    #expect(series.ledger.standing.first?.statement.day.index == series.today)
    #expect(series.judge(.hour) == [])
    series.scores[series.today] = 11
    #expect(series.judge() == ["updated D-1 3"])
    series.baselines[series.today] = [1]
    #expect(series.judge() == [])
    #expect(series.judge(.hour) == ["updated D-1 4"])
    #expect(series.judge(.control) == ["updated D-1 5"])
  }

  @Test func thePeakIsTheGreatestScoreAndTheLaterOfEquals() throws {
    for (scores, peak) in [([5, 7, 7, 6.0], -1), ([8, 7, 7, 8.0], 0), ([9, 7, 7, 8.0], -3)] {
      var series = Series()
      for (place, score) in scores.enumerated() { series.scores[series.today + Int32(place) - 3] = score }
      _ = series.judge()
      #expect(series.ledger.standing.first?.statement.day.index == series.today + Int32(peak))
      // The same from the first day on, as a cleared signal has it.
      series.today += 3
      let day = LocalDay(index: series.today - 6)
      let said = try #require(
        Episode(from: day, to: LocalDay(index: series.today)) { day in
          series.scores[day.index].map {
            DayJudgement(observed: 9, expected: 0, threshold: 1, score: $0, isAlarm: true)
          }
        })
      #expect(said.peak.index == series.today + Int32(peak) - 3)
      #expect(said.days.count == 4)
    }
  }
}
