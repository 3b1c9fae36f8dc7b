import Incidents

/// What has become of a signal with a record.
public enum SignalStatus: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// It stands from here on.
  case raised
  /// It stands, and something of it is new.
  case updated
  /// Its episode is over.
  case cleared
  /// By what is known now, no episode begins on its first day.
  case withdrawn

  /// The name in outputs.
  public var name: String { String(describing: self) }

  var isStanding: Bool { self == .raised || self == .updated }
}

/// What a signal says of its episode: the days in alarm, and the numbers of the peak.
public struct SignalStatement: Hashable, Sendable {
  /// The peak: the day of the greatest score, the later of equals.
  public var day: LocalDay
  /// The days in alarm, ascending; the first one names the signal.
  public var days: [LocalDay]
  /// The numbers of the peak.
  public var judgement: DayJudgement
  /// The counts that the peak is compared with, in the order of the days.
  public var baseline: [Int32]
  /// In how many days chance alone brings such a peak once; nil where the detector has no such number.
  public var recurrenceIntervalDays: Int?
  public var severity: Severity
  public var detector: DetectorIdentity

  public init(
    day: LocalDay, days: [LocalDay], judgement: DayJudgement, baseline: [Int32], recurrenceIntervalDays: Int?,
    severity: Severity, detector: DetectorIdentity
  ) {
    self.day = day
    self.days = days
    self.judgement = judgement
    self.baseline = baseline
    self.recurrenceIntervalDays = recurrenceIntervalDays
    self.severity = severity
    self.detector = detector
  }

  /// Whether a reader of one would learn nothing from the other but finer numbers.
  func saysTheSame(as other: SignalStatement) -> Bool {
    day == other.day && days == other.days && judgement.observed == other.judgement.observed
      && baseline == other.baseline
  }
}

/// Where the events of a day stand in the journal.
public struct SignalEvidence: Hashable, Sendable {
  /// How many events there are.
  public var count: Int
  /// The newest of them, at most 100, ascending.
  public var positions: [JournalPosition]
}

/// A revision of a signal, as published.
public struct HotspotSignal: Hashable, Sendable {
  public var id: SignalID
  /// 1, 2, 3 …, without a gap.
  public var revision: Int
  public var status: SignalStatus
  public var area: AreaIndex
  public var measure: Measure
  /// Of a withdrawn signal what was said last, else what holds now.
  public var statement: SignalStatement
  /// When it was raised, the last time.
  public var raisedAt: EventTime
  /// Journal time: the end of the frame, or the hour's boundary.
  public var judgedAt: EventTime
  /// The frame, and the signal's ordinal among that frame's.
  public var position: JournalPosition
  /// The events that now stand on the day of the peak.
  public var evidence: SignalEvidence
  /// By `InputTopic.allCases`, what concerns the area's force.
  public var sources: [TopicFreshness]
  /// Of a withdrawn signal: the line that last touched its series, or the control frame.
  public var reason: JournalPosition?
  /// One plain sentence.
  public var explanation: String
}

/// A signal that stands, as a projection lists it.
public struct StandingSignal: Hashable, Sendable {
  public var id: SignalID
  public var measure: Measure
  public var severity: Severity
  /// When it was raised, the last time.
  public var since: EventTime
}
