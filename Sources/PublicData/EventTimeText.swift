import Incidents

extension EventTime {
  /// RFC 3339 in UTC, with milliseconds where there are some: `2022-06-30T23:00:00Z`. For the years 1 … 9999.
  var text: String {
    let day = milliseconds.floorDivided(by: 86_400_000)
    let time = milliseconds - day * 86_400_000
    // Civil date from a day number, after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in
    // March, so that the leap day is a year's last, and 146,097 days are an era of 400 years.
    let shifted = day + 719_468
    let era = shifted.floorDivided(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let date = [padded(year, 4), padded(month, 2), padded(dayOfYear - (153 * marchMonth + 2) / 5 + 1, 2)]
    let clock = [time / 3_600_000, time / 60_000 % 60, time / 1_000 % 60].map { padded($0, 2) }
    let fraction = time % 1_000 == 0 ? "" : "." + padded(time % 1_000, 3)
    return date.joined(separator: "-") + "T" + clock.joined(separator: ":") + fraction + "Z"
  }
}

private func padded(_ number: Int64, _ digits: Int) -> String {
  let text = String(number)
  return String(repeating: "0", count: max(digits - text.count, 0)) + text
}
