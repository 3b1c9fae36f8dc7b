import Incidents

/// When a story is told: spread over a scripted day, or at this moment.
enum StoryTime {
  case on(LocalDay)
  case now(EventTime)
}

extension Draws {
  /// An instant of the day, in whole minutes, by the hours in which things happen.
  mutating func time(on day: LocalDay) -> EventTime {
    time(on: day, in: Shape.hours(ofWeekday: day.weekday))
  }

  mutating func time(on day: LocalDay, in hours: Weighted<Int>) -> EventTime {
    let hour = min(pick(hours), day.hours - 1)
    return day.start.later(minutes: hour * 60 + below(60))
  }

  /// A day so many calendar months before the month of another.
  mutating func day(monthsBefore months: Int, _ day: LocalDay) -> LocalDay {
    let (year, month, _) = day.date
    let number = year * 12 + month - 1 - months
    guard let first = LocalDay(year: number / 12, month: number % 12 + 1, day: 1),
      let next = LocalDay(year: (number + 1) / 12, month: (number + 1) % 12 + 1, day: 1)
    else { return day }
    return first.advanced(by: Int32(below(Int(next.index - first.index))))
  }
}

extension EventTime {
  func later(minutes: Int) -> EventTime { EventTime(milliseconds: milliseconds + Int64(minutes) * 60_000) }

  func later(seconds: Int) -> EventTime { EventTime(milliseconds: milliseconds + Int64(seconds) * 1_000) }

  /// The calendar month of the local day, counted from year 0.
  var month: Int {
    let (year, month, _) = LocalDay(containing: self).date
    return year * 12 + month - 1
  }
}

/// From an occurrence to its first arrival.
struct Times {
  var occurredFrom: EventTime
  var occurredTo: EventTime
  var recordedAt: EventTime
  var arrival: EventTime

  /// Of an incident, as long after it as records really come.
  static func ofIncident(_ when: StoryTime, _ draws: inout Draws) -> Times {
    let minutes = draws.chance(7_000) ? draws.below(40) : draws.below(600)
    let months = draws.pick(draws.pick(PublishedTables.monthsToRecord))
    if months != 0 { return late(by: months, lasting: minutes, when, &draws) }
    if case .now(let now) = when {
      let to = now.later(minutes: -2 - draws.below(50))
      return Times(
        occurredFrom: to.later(minutes: -minutes), occurredTo: to, recordedAt: now.later(minutes: -1), arrival: now)
    }
    guard case .on(let day) = when else { preconditionFailure("one of two") }
    let from = draws.time(on: day)
    let to = from.later(minutes: minutes)
    var recorded = to.later(minutes: draws.pick(draws.pick(Shape.minutesToRecord)))
    // A month's end must not turn the shares of the table into others.
    for _ in 0..<8 where recorded.month != from.month {
      recorded = to.later(minutes: draws.pick(draws.pick(Shape.minutesToRecord)))
    }
    return Times(
      occurredFrom: from, occurredTo: to, recordedAt: recorded, arrival: recorded.later(minutes: 1 + draws.below(20)))
  }

  private static func late(
    by months: Int, lasting minutes: Int, _ when: StoryTime, _ draws: inout Draws
  ) -> Times {
    let arrival =
      switch when {
      case .now(let now): now
      case .on(let day): draws.time(on: day, in: Shape.officeHours)
      }
    let recorded = arrival.later(minutes: -1 - draws.below(20))
    if months < 0 {
      // Recorded, it says, before it happened: such rows exist.
      let from = recorded.later(minutes: -minutes - draws.below(600))
      let before = draws.time(on: draws.day(monthsBefore: -months, LocalDay(containing: from)))
      return Times(
        occurredFrom: from, occurredTo: from.later(minutes: minutes), recordedAt: before, arrival: arrival)
    }
    let from = draws.time(on: draws.day(monthsBefore: months, LocalDay(containing: recorded)))
    return Times(
      occurredFrom: from, occurredTo: from.later(minutes: minutes), recordedAt: recorded, arrival: arrival)
  }

  /// Of what is known at once: `delay` minutes from the end to the record, then `upload` to its arrival.
  static func prompt(
    _ when: StoryTime, lasting minutes: Int, delay: ClosedRange<Int>, upload: ClosedRange<Int>, _ draws: inout Draws
  ) -> Times {
    switch when {
    case .now(let now):
      let recorded = now.later(minutes: -1)
      let to = recorded.later(minutes: -draws.pick(delay))
      return Times(occurredFrom: to.later(minutes: -minutes), occurredTo: to, recordedAt: recorded, arrival: now)
    case .on(let day):
      let from = draws.time(on: day)
      let to = from.later(minutes: minutes)
      let recorded = to.later(minutes: draws.pick(delay))
      return Times(
        occurredFrom: from, occurredTo: to, recordedAt: recorded,
        arrival: recorded.later(minutes: draws.pick(upload)))
    }
  }
}
