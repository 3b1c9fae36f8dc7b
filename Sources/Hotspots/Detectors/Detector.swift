import Incidents

/// A way of judging whether a local day of a series is unusual: what it looks at, its parameters, its formulas.
///
/// A detector is one file that makes a value of this type and one line of `table`. It has no state: it is given the
/// counts of the judged day and of the days before, by what is known now, and answers. So a day whose counts were
/// restated is simply judged again.
public struct Detector: Sendable {
  /// A number that the formulas depend on.
  public struct Parameter: Sendable {
    public var name: String
    public var standard: Double
    /// What a configuration may set it to; nil: it cannot be set.
    public var range: ClosedRange<Double>?

    public init(_ name: String, _ standard: Double, in range: ClosedRange<Double>? = nil) {
      self.name = name
      self.standard = standard
      self.range = range
    }
  }

  /// All detectors, in the order of every output.
  public static let table: [Detector] = [.earsC2, .earsC1, .earsC3, .earsC3R]

  /// The whole table in one text, so that two programs can compare what their folds keep of signals.
  public static var canonicalText: String {
    table.map { detector in
      let parameters = detector.parameters.map { "\($0.name)=\($0.standard)" }.joined(separator: " ")
      let days = [detector.baseline, detector.scoredDays].map { "\($0.lowerBound)-\($0.upperBound)" }
      return "\(detector.name) \(detector.version) \(days.joined(separator: " ")) \(parameters)\n"
    }.joined()
  }

  public let name: String
  /// Raised when the same counts and parameters may give another answer.
  public let version: Int
  public let parameters: [Parameter]
  /// The days that a day is compared with, in days before it: 3 … 9 are t−9 … t−3.
  public let baseline: ClosedRange<Int32>
  /// The days whose counts a score is about, in days before: 0 … 0 is the day itself.
  public let scoredDays: ClosedRange<Int32>
  /// What it judges unless a configuration says otherwise.
  public let standardMeasures: MeasureSet
  /// The least that the counts of the scored days can add up to in alarm, whatever the baseline, by the values of the
  /// parameters: most days need no more than this comparison.
  let leastAlarm: @Sendable (_ parameters: [Double]) -> Int32
  /// Judges the day whose counts are given, by the values of the parameters.
  let judge: @Sendable (_ counts: RecentCounts, _ parameters: [Double]) -> DayJudgement
  /// In how many days chance alone brings such a score once; nil where the method has no such number.
  let recurrenceIntervalDays: @Sendable (_ score: Double) -> Int?
}

/// The counts of a day and of the days before it: at place k the count of the day k days before.
typealias RecentCounts = InlineArray<16, Int32>

/// What a detector says of a day.
public struct DayJudgement: Hashable, Sendable, BitwiseCopyable {
  public var observed: Int32
  /// The count that would have been usual.
  public var expected: Double
  /// The count above which a day is in alarm; nil where the method knows none.
  public var threshold: Double?
  public var score: Double
  public var isAlarm: Bool

  public init(observed: Int32, expected: Double, threshold: Double?, score: Double, isAlarm: Bool) {
    self.observed = observed
    self.expected = expected
    self.threshold = threshold
    self.score = score
    self.isAlarm = isAlarm
  }
}

/// Which measures a detector judges, and the values of its parameters.
public struct DetectorSettings: Hashable, Sendable {
  public var measures: MeasureSet
  /// In the order of the detector's parameters.
  public var parameters: [Double]

  public init(measures: MeasureSet, parameters: [Double]) {
    self.measures = measures
    self.parameters = parameters
  }

  /// What a detector does unless told otherwise.
  public init(standardOf detector: Detector) {
    self.init(measures: detector.standardMeasures, parameters: detector.parameters.map(\.standard))
  }
}

/// Which detector spoke, so that its numbers can be computed again.
public struct DetectorIdentity: Hashable, Sendable {
  public struct Parameter: Hashable, Sendable {
    public var name: String
    public var value: Double

    public init(name: String, value: Double) {
      self.name = name
      self.value = value
    }
  }

  public var name: String
  public var version: Int
  public var parameters: [Parameter]

  public init(name: String, version: Int, parameters: [Parameter]) {
    self.name = name
    self.version = version
    self.parameters = parameters
  }

  init(_ detector: Detector, _ values: [Double]) {
    name = detector.name
    version = detector.version
    parameters = zip(detector.parameters, values).map { Parameter(name: $0.name, value: $1) }
  }
}
