import Incidents

/// What is published of a local day of a bucket.
public struct BoroughDay: Hashable, Sendable {
  /// What a detector says of the day.
  public struct Judgement: Hashable, Sendable {
    public var detector: String
    public var expected: Double
    public var threshold: Double?
    public var isAlarm: Bool

    public init(detector: String, expected: Double, threshold: Double?, isAlarm: Bool) {
      self.detector = detector
      self.expected = expected
      self.threshold = threshold
      self.isAlarm = isAlarm
    }
  }

  /// A measure with a count or a judgement.
  public struct Entry: Hashable, Sendable {
    public var measure: Measure
    /// As far as time has come.
    public var count: Int32
    /// In table order; of the detectors that judge it.
    public var judgements: [Judgement]

    public init(measure: Measure, count: Int32, judgements: [Judgement]) {
      self.measure = measure
      self.count = count
      self.judgements = judgements
    }
  }

  public var bucket: Bucket
  public var day: LocalDay
  public var now: EventTime
  public var position: JournalPosition
  /// In table order.
  public var measures: [Entry]
}

extension Fold {
  /// The days whose records are out of date, as they stand: buckets in order, their days ascending. They count as
  /// published from then on.
  public mutating func changedDays() -> [BoroughDay] {
    guard let now, let rules else { return [] }
    return dayPublication.changes(in: days, by: rules, today: LocalDay(containing: now)).map { bucket, day in
      record(of: day, bucket, rules, now: now)
    }
  }

  /// What is to be said of a day as it stands; nil before the first frame.
  public func day(_ day: LocalDay, of bucket: Bucket) -> BoroughDay? {
    guard let now, let rules else { return nil }
    return record(of: day, bucket, rules, now: now)
  }

  private func record(of day: LocalDay, _ bucket: Bucket, _ rules: JudgingRules, now: EventTime) -> BoroughDay {
    BoroughDay(
      bucket: bucket, day: day, now: now, position: position,
      measures: Measure.allCases.compactMap { measure in
        let judgements = rules.judgements(of: bucket, measure, day) { days.count(bucket, $0, measure) }
        let count = days.count(bucket, day, measure)
        return count == 0 && judgements.isEmpty
          ? nil : BoroughDay.Entry(measure: measure, count: count, judgements: judgements)
      })
  }

  /// The days stand as they were published before.
  public mutating func settleDays() {
    guard let now, let rules else { return }
    dayPublication.settle(by: rules, today: LocalDay(containing: now))
  }
}

extension JudgingRules {
  /// What the detectors say of a day, those that judge it.
  fileprivate func judgements(
    of bucket: Bucket, _ measure: Measure, _ day: LocalDay, count: (LocalDay) -> Int32
  ) -> [BoroughDay.Judgement] {
    guard !bucket.isUnattributed else { return [] }
    return rules.compactMap { rule in
      judgement(rule, measure, day, count: count).map { said in
        BoroughDay.Judgement(
          detector: rule.detector.name, expected: said.expected, threshold: said.threshold, isAlarm: said.isAlarm)
      }
    }
  }
}
