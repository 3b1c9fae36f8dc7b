import Incidents

/// What a signal says in words: one plain sentence.
struct SignalExplanation {
  let area: AreaIndex
  let measure: Measure
  let statement: SignalStatement
  /// The first day whose counts are complete.
  let observedFrom: LocalDay
  let count: (LocalDay) -> Int32

  /// For example "9 knife injuries in Lambeth on Sunday 1 March where about 3 are usual; the most in a day since
  /// 4 January.", or of a detector that adds up days "14 knife injuries in Lambeth in the 3 days to Sunday 1 March where
  /// about 3 a day are usual."
  func text(_ status: SignalStatus) -> String {
    let place = "in \(AreaTable.name(area))"
    switch status {
    case .raised, .updated:
      return "\(observed) \(observed == 1 ? measure.noun.one : measure.noun.many) \(place) \(time) \(usual)\(record)."
    case .cleared:
      let last = statement.days.last ?? statement.day
      return "No day after \(Self.named(last)) had unusually many \(measure.noun.many) \(place); the peak was "
        + "\(observed) \(time) \(usual)."
    case .withdrawn:
      let first = statement.days.first ?? statement.day
      return
        "By what is known now, \(Self.named(first)) does not begin an unusual run of \(measure.noun.many) \(place);"
        + " what was said of it is withdrawn."
    }
  }

  /// The days before the peak that its score is about; 0 … 0 is the peak alone.
  private var scoredDays: ClosedRange<Int32> {
    Detector.table.first { $0.name == statement.detector.name }?.scoredDays ?? 0...0
  }

  private var isAboutOneDay: Bool { scoredDays == 0...0 }

  /// What was counted on the scored days, by now; of the peak alone what the statement says.
  private var observed: Int64 {
    isAboutOneDay
      ? Int64(statement.judgement.observed)
      : scoredDays.reduce(0) { $0 + Int64(count(statement.day.advanced(by: -$1))) }
  }

  private var time: String {
    guard !isAboutOneDay else { return "on \(Self.named(statement.day))" }
    return
      "in the \(scoredDays.count) days \(scoredDays.lowerBound == 0 ? "to" : "before") \(Self.named(statement.day))"
  }

  private var usual: String {
    let expected = statement.judgement.expected
    let aDay = isAboutOneDay ? "" : " a day"
    switch expected {
    case ..<0.5: return "where hardly any are usual"
    case ..<1.5: return "where about 1\(aDay) is usual"
    default: return "where about \(Int64(min(expected, 1e15).rounded()))\(aDay) are usual"
    }
  }

  /// Since when no day had as many; said only when that is a week or more, or all that was observed.
  private var record: String {
    guard isAboutOneDay else { return "" }
    let peak = statement.day
    var day = peak
    repeat {
      day = day.advanced(by: -1)
      guard day >= observedFrom, day.index >= 0 else { return "; the most in a day since observation began" }
    } while count(day) < statement.judgement.observed
    guard day < peak.advanced(by: -6) else { return "" }
    let year = day.date.year == peak.date.year ? "" : " \(day.date.year)"
    return "; the most in a day since \(Self.dayAndMonth(day))\(year)"
  }

  private static func named(_ day: LocalDay) -> String { "\(weekdays[day.weekday]) \(dayAndMonth(day))" }

  private static func dayAndMonth(_ day: LocalDay) -> String { "\(day.date.day) \(months[day.date.month - 1])" }

  private static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]
}

extension Measure {
  /// One of what is counted, and several.
  fileprivate var noun: (one: String, many: String) {
    switch self {
    case .knifeCrime: ("knife crime", "knife crimes")
    case .knifeInjury: ("knife injury", "knife injuries")
    case .knifeInjuryUnder25: ("knife injury of a person under 25", "knife injuries of people under 25")
    case .knifeRobbery: ("knife robbery", "knife robberies")
    case .knifeHomicide: ("knife homicide", "knife homicides")
    case .possession: ("weapon possession", "weapon possessions")
    case .robbery: ("robbery", "robberies")
    case .violence: ("violent offence", "violent offences")
    case .openViolence: ("violent or sexual offence", "violent or sexual offences")
    case .openWeapons: ("offence of weapon possession", "offences of weapon possession")
    case .hospitalAssault: ("hospital attendance after an assault", "hospital attendances after assaults")
    case .hospitalSharp:
      (
        "hospital attendance after an assault with a blade or glass",
        "hospital attendances after assaults with blades or glass"
      )
    case .hospitalKnife: ("hospital attendance after a knife assault", "hospital attendances after knife assaults")
    case .tagAlert: ("tag alert", "tag alerts")
    case .tagBreach: ("confirmed tag breach", "confirmed tag breaches")
    }
  }
}
