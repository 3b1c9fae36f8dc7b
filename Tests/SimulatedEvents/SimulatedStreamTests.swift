import Foundation
import Incidents
import Testing
import Wire

@testable import SimulatedEvents

@Suite struct SimulatedStreamTests {
  @Test func theSamePlanGivesTheSameBytesAndAnotherSeedOthers() {
    var plan = SimulationPlan(seed: 3, from: LocalDay(index: 20_485), days: 4, otherOffences: 0.05)
    let first = SimulatedStream(plan).map(\.value)
    #expect(first == SimulatedStream(plan).map(\.value))
    #expect(first.count > 1_000)
    plan.seed = 4
    #expect(first != SimulatedStream(plan).map(\.value))
  }

  /// These bytes are what the same seed gives on any machine.
  @Test func theBytesOfASeedAreKept() {
    let plan = SimulationPlan(seed: 1, from: LocalDay(index: 20_485), days: 2, otherOffences: 0.05)
    let bytes = SimulatedStream(plan).reduce(into: [UInt8]()) { $0 += $1.value }
    #expect(BLAKE2b.digest128(bytes.span).description == "447fcc778d262756d97a072cf59a9b47")
  }

  @Test func eventsComeInOrderWithinTheSpan() {
    let plan = SimulationPlan.oneWeek
    var last = plan.from.start
    for event in SimulatedStream(plan) {
      #expect(event.at >= last && event.at < plan.until)
      last = event.at
    }
  }

  /// A longer span goes on where a shorter one ends.
  @Test func theSpanCutsAndChangesNothing() {
    var plan = SimulationPlan(seed: 5, from: LocalDay(index: 20_485), days: 3, otherOffences: 0.05)
    let short = SimulatedStream(plan).map(\.value)
    plan.until = plan.from.advanced(by: 5).start
    #expect(Array(SimulatedStream(plan).map(\.value).prefix(short.count)) == short)
  }

  @Test func aHotspotAddsKnifeCrimesInItsAreaAndChangesNothingElse() throws {
    var plan = SimulationPlan.oneWeek
    let usual = Set(SimulatedStream(plan).map(\.value))
    guard case .current(let area) = AreaTable.lookup("E09000022") else { throw CocoaError(.featureUnsupported) }
    let from = plan.from.advanced(by: 2)
    plan.hotspots = [.init(area: area, from: from, days: 4, factor: 10)]
    plan.poison = 0
    let added = try plan.told().filter { !usual.contains($0.event.value) }
    plan.hotspots = []
    #expect(Set(SimulatedStream(plan).map(\.value)).isSubset(of: usual))

    let recorded = added.filter { $0.type == "incident.recorded" }
    let expected = (0..<4).reduce(0.0) {
      $0 + plan.expected(.blade, on: from.advanced(by: $1)) * PublishedTables.share(of: area) * 9
    }
    #expect(abs(Double(recorded.count) - expected) < 4 * expected.squareRoot())
    #expect(recorded.allSatisfy { $0.isBlade && $0.data.location?.area == "E09000022" })
    let prompt = recorded.filter { $0.monthsToRecord == 0 }
    #expect(
      prompt.allSatisfy { told in
        let day = told.occurredFrom.map { LocalDay(containing: $0) }
        return day.map { $0 >= from && $0 < from.advanced(by: 4) } ?? false
      })
  }

  @Test func aSilentSourceIsSilentAndTheOthersGoOn() throws {
    var plan = SimulationPlan.oneWeek
    let all = SimulatedStream(plan).map { $0 }
    let kent = try #require(Force(named: "Kent"))
    let silence = SimulationPlan.Silence(
      source: SimulatedSource(.hospital, kent), from: plan.from.advanced(by: 3).start)
    plan.silences = [silence]
    let kept = SimulatedStream(plan).map(\.value)
    let expected = all.filter { $0.source != silence.source || $0.at < silence.from }.map(\.value)
    #expect(kept == expected)
    #expect(expected.count < all.count)
  }
}
