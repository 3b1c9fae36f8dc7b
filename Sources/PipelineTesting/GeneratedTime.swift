import Incidents

/// Times for generated events: their choice, and their text.
enum GeneratedTime {
  static let hour: Int64 = 3_600_000
  static let day: Int64 = 24 * hour
  static let minute: Int64 = 60_000

  /// The ages, in whole hours before the hour of now, at which some window begins or ends: an event of age k − 1 is in
  /// a window of k hours, one of age k is in the window before it.
  private static let edges: [Int64] =
    [0, 1, 23, 24, 47, 48, 167, 168, 335, 336, 671, 672, 1343, 1344]
    + [8_759, 8_760, 17_519, 17_520]

  /// When an event occurred, as it is known at `now`: most within 60 days, some in the last hours, some up to four
  /// years ago, a few up to five minutes ahead (clocks differ), and more than chance would bring at the hours where
  /// windows end, at midnights, around clock changes, and at the very beginning of 1970.
  static func occurrence(now: Int64, using generator: inout SeededGenerator) -> Int64 {
    let thisHour = now.floorDivided(by: hour) * hour
    switch generator.below(10_000) {
    case 0..<2: return 0
    case 2..<30: return now + generator.pick(in: 1..<5 * minute)
    case 30..<430:
      return min(now, thisHour - generator.pick(edges) * hour + generator.pick([-1, 0, 0, 1, hour - 1]))
    case 430..<630:
      // Midnight in London is 00:00 or 23:00 UTC.
      let midnight = now.floorDivided(by: day) * day - generator.pick([0, 0, 1, 1, 2, 30, 365]) * day
      return min(now, midnight - generator.pick([0, hour]) + generator.pick([-1, 0, 1]))
    case 630..<830:
      let change = generator.pick(clockChanges(before: now))
      return min(now, change + generator.pick([-hour, -1, 0, 1, hour, generator.pick(in: -3 * hour..<26 * hour)]))
    case 830..<2_000: return now - generator.pick(in: 0..<3 * hour)
    case 2_000..<3_000: return now - generator.pick(in: 0..<2 * day)
    case 3_000..<7_500: return now - generator.pick(in: 0..<60 * day)
    case 7_500..<8_900: return now - generator.pick(in: 0..<365 * day)
    case 8_900..<9_500: return now - generator.pick(in: 0..<730 * day)
    default: return now - generator.pick(in: 0..<1_461 * day)
    }
  }

  /// The instants of the last four years at which clocks in the United Kingdom changed: 01:00 UTC on the last Sundays
  /// of March and October.
  static func clockChanges(before now: Int64) -> [Int64] {
    let thisYear = civil(day: now.floorDivided(by: day)).year
    var changes: [Int64] = []
    for year in thisYear - 4...thisYear {
      for month: Int64 in [3, 10] {
        // Both months have 31 days. 1970-01-01 was a Thursday: four days after a Sunday.
        let last = dayNumber(year: year, month: month, day: 31)
        let daysAfterSunday = (last + 4) % 7
        changes.append((last - daysAfterSunday) * day + hour)
      }
    }
    return changes.filter { $0 < now && $0 > now - 1_461 * day }
  }

  /// RFC 3339 in one of the ways that it allows: UTC or an offset, a fraction of a second only where there is one or
  /// at a whim.
  static func text(_ time: Int64, using generator: inout SeededGenerator) -> String {
    let offset: (minutes: Int64, text: String)
    switch generator.below(20) {
    case 0: offset = (60, "+01:00")
    case 1: offset = (0, "+00:00")
    case 2: offset = (-330, "-05:30")
    default: offset = (0, "Z")
    }
    let local = time + offset.minutes * minute
    let inDay = local - local.floorDivided(by: day) * day
    let milliseconds = inDay % 1_000
    let fraction =
      milliseconds > 0
      ? generator.pick([".\(padded(milliseconds, 3))", ".\(padded(milliseconds, 3))000"])
      : generator.pick(["", "", "", "", "", ".0", ".000"])
    return dayText(local.floorDivided(by: day))
      + "T\(padded(inDay / hour, 2)):\(padded(inDay / minute % 60, 2)):\(padded(inDay / 1_000 % 60, 2))"
      + fraction + offset.text
  }

  /// A day counted from 1970-01-01, as `yyyy-mm-dd`.
  static func dayText(_ number: Int64) -> String {
    let date = civil(day: number)
    return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
  }

  static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// Days since 1970-01-01 of a date in the Gregorian calendar, counted in years that begin in March.
  static func dayNumber(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month > 2 ? year : year - 1
    let monthFromMarch = month > 2 ? month - 3 : month + 9
    let leapDays = shifted.floorDivided(by: 4) - shifted.floorDivided(by: 100) + shifted.floorDivided(by: 400)
    return shifted * 365 + leapDays + (153 * monthFromMarch + 2) / 5 + day - 1 - 719_468
  }

  /// The date of a day counted from 1970-01-01.
  static func civil(day number: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = number + 719_468
    let era = shifted.floorDivided(by: 146_097)
    let inEra = shifted - era * 146_097
    let yearOfEra = (inEra - inEra / 1_460 + inEra / 36_524 - inEra / 146_096) / 365
    let inYear = inEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * inYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, inYear - (153 * monthFromMarch + 2) / 5 + 1)
  }
}
