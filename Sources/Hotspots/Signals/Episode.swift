import Incidents

/// Days in alarm with at most one quiet day between neighbours, the two days before the first one being quiet.
struct Episode {
  /// Ascending, at least one.
  private(set) var days: [LocalDay]
  /// The day of the greatest score, the later of equals.
  private(set) var peak: LocalDay
  private(set) var judgement: DayJudgement

  var first: LocalDay { days.first ?? peak }
  var last: LocalDay { days.last ?? peak }

  /// The episode that reaches the newest three days; nil when they are quiet. There cannot be two: days so near are
  /// neighbours.
  ///
  /// - Parameter alarm: what is said of a day in alarm; nil for a quiet one.
  init?(reaching today: LocalDay, alarm: (LocalDay) -> DayJudgement?) {
    var newest = today
    var said = alarm(newest)
    while said == nil, newest > today.advanced(by: -2) {
      newest = newest.advanced(by: -1)
      said = alarm(newest)
    }
    guard let said else { return nil }
    self.init(newest, said)
    // From the newest day back: turned round at the end.
    while let (day, judgement) = Self.neighbour(of: last, by: -1, alarm) {
      days.append(day)
      if judgement.score > self.judgement.score { (peak, self.judgement) = (day, judgement) }
    }
    days.reverse()
  }

  /// The episode that begins on a first day, as far as it has come; nil when that day is quiet.
  init?(from first: LocalDay, to today: LocalDay, alarm: (LocalDay) -> DayJudgement?) {
    guard let judgement = alarm(first) else { return nil }
    self.init(first, judgement)
    while let (day, judgement) = Self.neighbour(of: last, by: 1, alarm), day <= today {
      days.append(day)
      if judgement.score >= self.judgement.score { (peak, self.judgement) = (day, judgement) }
    }
  }

  private init(_ day: LocalDay, _ judgement: DayJudgement) {
    days = [day]
    peak = day
    self.judgement = judgement
  }

  private static func neighbour(
    of day: LocalDay, by step: Int32, _ alarm: (LocalDay) -> DayJudgement?
  ) -> (LocalDay, DayJudgement)? {
    for distance in [step, step * 2] {
      let day = day.advanced(by: distance)
      if let judgement = alarm(day) { return (day, judgement) }
    }
    return nil
  }

  /// Whether an episode begins on a day.
  static func begins(on day: LocalDay, alarm: (LocalDay) -> DayJudgement?) -> Bool {
    alarm(day) != nil && alarm(day.advanced(by: -1)) == nil && alarm(day.advanced(by: -2)) == nil
  }
}
