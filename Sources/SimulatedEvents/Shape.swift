import Incidents

/// What no published table says and the simulation has to assume: the hours of the week, the mix of what happens in an
/// offence, the first hours to a record, what becomes of a record, tags and hospitals. Plain guesses of the right order;
/// nothing may be concluded from them.
enum Shape {
  // MARK: Hours

  /// How often things happen by the local hour of the day: Monday to Thursday, Friday, Saturday, Sunday.
  private static let hourlyWeights: [[Int]] = [
    [18, 12, 8, 6, 5, 5, 8, 14, 22, 22, 24, 27, 30, 31, 35, 46, 52, 50, 48, 46, 44, 40, 34, 26],
    [18, 12, 8, 6, 5, 5, 8, 14, 22, 22, 24, 27, 30, 31, 35, 46, 53, 53, 52, 52, 54, 56, 56, 52],
    [50, 46, 38, 28, 16, 10, 8, 9, 13, 18, 23, 28, 33, 36, 40, 43, 46, 48, 50, 53, 57, 62, 64, 62],
    [60, 56, 46, 34, 20, 11, 8, 8, 11, 16, 21, 26, 31, 34, 37, 39, 41, 42, 41, 39, 36, 32, 27, 20],
  ]

  /// The hours of a day, 0 for Monday.
  static func hours(ofWeekday weekday: Int) -> Weighted<Int> { hours[kind(weekday)] }

  /// How a weekday compares with the average day.
  static func share(ofWeekday weekday: Int) -> Double {
    let week = (0..<7).reduce(0) { $0 + hours(ofWeekday: $1).total }
    return Double(hours(ofWeekday: weekday).total) * 7 / Double(week)
  }

  private static let hours = hourlyWeights.map { Weighted($0.enumerated().map { ($0.offset, $0.element) }) }

  private static func kind(_ weekday: Int) -> Int { max(0, weekday - 3) }

  // MARK: Incidents

  /// Minutes from an offence to its record, where that is in the same month.
  static let minutesToRecord = Weighted<ClosedRange<Int>>([
    10...60: 25, 61...360: 32, 361...1_440: 22, 1_441...4_320: 12, 4_321...14_400: 7, 14_401...36_000: 2,
  ])
  /// Offices that record what was reported later: local hours.
  static let officeHours = Weighted((8...18).map { ($0, $0 < 10 || $0 > 16 ? 1 : 2) })

  /// Of knife crimes, in 10,000: with injury as in London (3,384 of 13,552); of the injured, under 25 (1,250 of 3,384).
  static let knifeWithInjury = 2_497
  static let injuredUnder25 = 3_694
  static let codesWithInjury = Weighted(["8N": 560, "34B": 134, "5D": 250, "2": 30, "8S": 8, "1": 10, "20A": 8])
  static let codesWithoutInjury = Weighted([
    "34B": 560, "34A": 60, "3B": 190, "8N": 130, "5D": 30, "2": 10, "19C": 12, "20A": 8,
  ])
  static let blades = Weighted([Weapon.knife: 85, .otherBlade: 15])
  static let otherWeapons = Weighted([Weapon.none: 70, .unknown: 12, .other: 16, .firearm: 2])
  static let agesUnder25 = Weighted([VictimAgeBand.under18: 45, .from18To24: 55])
  static let agesFrom25 = Weighted([VictimAgeBand.from25To34: 40, .from35To54: 38, .from55: 12, .unknown: 10])

  /// Of incidents, in 10,000: amended, cancelled, transferred; of the amendments, moved to another force.
  static let amended = 800
  static let cancelled = 150
  static let transferred = 100
  static let movedToAnotherForce = 1_500
  /// Of incidents, in 10,000: without a place; in another force's area than the one that records it.
  static let placeUnknown = 400
  static let acrossTheBorder = 300
  /// Hours from one revision to the next.
  static let hoursToRevision = Weighted<ClosedRange<Int>>([2...24: 35, 25...120: 35, 121...480: 25, 481...960: 5])
  static let cancellations = Weighted([
    CancellationReason.c1: 15, .c2: 40, .c3: 25, .c4: 18, .c5: 2,
  ])

  // MARK: Tags

  /// Alerts a day, in all areas.
  static let alertsPerDay = 240.0
  static let tagKinds = Weighted([
    "curfewAbsence": 24, "lateReturn": 16, "exclusionEntry": 22, "inclusionExit": 6, "restrictionBreach": 4,
    "strapTamper": 5, "equipmentTamper": 2, "batteryLow": 9, "batteryDead": 4, "noSignal": 5,
    "missedAppointment": 2, "deviceNotFitted": 1,
  ])
  /// What becomes of an alert: nothing, confirmed, excused, withdrawn.
  static let alertEnds = Weighted<String?>([nil: 15, "confirmed": 38, "excused": 36, "withdrawn": 11])
  static let tagKnifeRelated = 6_500

  // MARK: Hospitals

  /// Assaults treated a day, in all sites.
  static let assaultsPerDay = 260.0
  static let mechanisms = Weighted([
    "bodyPart": 680, "knife": 90, "bottleOrGlass": 70, "blunt": 90, "firearm": 4, "other": 50, "unknown": 16,
  ])
  static let placesOfAssault = Weighted(["street": 50, "home": 20, "pub": 16, "school": 4, "transport": 10])
  /// Of returns, in 10,000: sent again, corrected.
  static let returnsReplaced = 4_000
}
