import Foundation
import Incidents
import Testing

@testable import SimulatedEvents

/// That the events have the shape of the tables they are made from.
@Suite struct ShapeTests {
  static let told = Result { try SimulationPlan.fourWeeks.told() }

  private func first(_ type: String) throws -> [Told] { try Self.told.get().filter { $0.type == type } }

  /// Whether a number of `count` trials is within four standard deviations of what a share of it should be.
  private func expect(
    _ number: Int, of count: Int, is share: Double, _ what: String, _ place: SourceLocation = #_sourceLocation
  ) {
    let expected = share * Double(count)
    let tolerance = 4 * (expected * (1 - share)).squareRoot()
    #expect(
      abs(Double(number) - expected) <= tolerance, "\(what): \(number) of \(count), expected \(expected)",
      sourceLocation: place)
  }

  @Test func recordsAreAsLateAsInTheTable() throws {
    let incidents = try first("incident.recorded")
    #expect(incidents.count > 8_000)
    let records = Double(PublishedTables.delays.reduce(0) { $0 + $1.records })
    for (first, last, count) in PublishedTables.delays {
      let found = incidents.count { $0.monthsToRecord.map { (first...last).contains($0) } ?? false }
      expect(found, of: incidents.count, is: Double(count) / records, "\(first) to \(last) months")
    }
  }

  @Test func knifeCrimeIsWhereItIsRecorded() throws {
    let knives = try first("incident.recorded").filter(\.isBlade)
    for (area, count) in PublishedTables.knifeByArea {
      let found = knives.count { $0.data.responsibleArea == AreaTable.code(area) }
      expect(found, of: knives.count, is: Double(count) / Double(PublishedTables.knifeInAll), AreaTable.code(area))
    }
    let days = (0..<28).map { SimulationPlan.fourWeeks.from.advanced(by: $0) }
    let expected = days.reduce(0) { $0 + SimulationPlan.fourWeeks.expected(.blade, on: $1) }
    #expect(abs(Double(knives.count) - expected) < 0.05 * expected)
  }

  @Test func thingsHappenInTheHoursOfTheWeek() throws {
    let prompt = try first("incident.recorded").filter { $0.monthsToRecord == 0 }
    for weekday in 0..<7 {
      let ofDay = prompt.compactMap(\.occurredFrom).filter { LocalDay(containing: $0).weekday == weekday }
      let hours = Shape.hours(ofWeekday: weekday)
      let shares = Dictionary(grouping: (0..<hours.total).map { hours.value(at: $0) }, by: { $0 })
      for hour in 0..<24 {
        let found = ofDay.count { Int($0.hour.index - LocalDay(containing: $0).startHour.index) == hour }
        let share = Double(shares[hour]?.count ?? 0) / Double(hours.total)
        expect(found, of: ofDay.count, is: share, "hour \(hour) of day \(weekday)")
      }
    }
  }

  @Test func amendmentsMoveToOtherForces() throws {
    let told = try Self.told.get()
    let recorded = told.count { $0.type == "incident.recorded" }
    let amended = told.filter { $0.type == "incident.amended" }
    // Some come only after the span, some are of the run-up.
    #expect((0.05...0.09).contains(Double(amended.count) / Double(recorded)))
    let moved = amended.count { told in
      guard let area = told.data.responsibleArea, case .current(let index) = AreaTable.lookup(area) else {
        return false
      }
      return AreaTable.force(index) != told.event.source.force
    }
    #expect((0.1...0.2).contains(Double(moved) / Double(amended.count)))
    #expect(told.contains { $0.type == "incident.cancelled" } && told.contains { $0.type == "incident.transferred" })
  }

  @Test func revisionsOfAThingRise() throws {
    var known: [String: Int] = [:]
    for told in try Self.told.get() {
      guard let reference = told.data.reference else { continue }
      #expect(told.data.revision > known[reference] ?? 0)
      known[reference] = told.data.revision
    }
  }

  @Test func tagsAreAlertedThenJudged() throws {
    let breaches = try first("tag.breach")
    let states = Dictionary(grouping: breaches, by: { $0.data.state ?? "" }).mapValues(\.count)
    let alerts = try #require(states["alerted"])
    #expect(alerts > 4_000)
    #expect(breaches.allSatisfy { ($0.data.state == "alerted") == ($0.data.revision == 1) })
    for (state, share) in [("confirmed", 0.38), ("excused", 0.36), ("withdrawn", 0.11)] {
      let found = Double(states[state] ?? 0) / Double(alerts)
      #expect(abs(found - share) < 0.03, "\(state) \(found)")
    }
  }

  @Test func returnsCoverTheMonthBeforeAndAreReplaced() throws {
    let returns = try first("hospital.return")
    let sites = HospitalSite.all.filter(\.sendsReturns).count
    let firsts = returns.filter { $0.data.revision == 1 }
    #expect(Set(firsts.map { $0.data.site }).count == sites)
    #expect(firsts.count == sites)
    #expect((6...20).contains(returns.count - firsts.count))
    for told in returns {
      let start = try #require(told.data.periodStart.flatMap { LocalDay($0) })
      let end = try #require(told.data.periodEnd.flatMap { LocalDay($0) })
      #expect(start.date.day == 1 && end.next.date.day == 1 && end < LocalDay(containing: told.event.at))
      for assault in try #require(told.data.assaults) {
        let at = try #require(time(assault.assaultAt))
        #expect((start...end).contains(LocalDay(containing: at)))
      }
    }
  }

  @Test func poisonHasItsShare() {
    var plan = SimulationPlan.oneWeek
    plan.poison = 500
    let events = SimulatedStream(plan).map { $0 }
    // A twentieth of the stories; each has somewhat more than one event.
    let share = Double(events.count { $0.refusal != nil }) / Double(events.count)
    #expect((0.03...0.05).contains(share), "\(share)")
    #expect(Set(events.compactMap(\.refusal)).count == Flaw.allCases.count)
  }
}
