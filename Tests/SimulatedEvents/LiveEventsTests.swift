import Foundation
import Incidents
import Testing
import Wire

@testable import SimulatedEvents

@Suite struct LiveEventsTests {
  private static let plan: SimulationPlan = {
    var plan = SimulationPlan.oneWeek
    plan.poison = 500
    // Not at the end of a day.
    plan.until = EventTime(milliseconds: plan.until.milliseconds - 40_000_000)
    return plan
  }()

  private static func live() -> LiveEvents {
    var stream = SimulatedStream(plan)
    while stream.next() != nil {}
    return LiveEvents(after: stream)
  }

  @Test func nothingIsOfTheFuture() throws {
    var live = Self.live()
    let now = Self.plan.until
    var kinds: [String: Int] = [:]
    for _ in 0..<3_000 {
      let event = live.next(at: now)
      #expect(event.at == now)
      guard event.refusal == nil else {
        kinds["wrong", default: 0] += 1
        continue
      }
      let told = try Told(event)
      kinds[told.type, default: 0] += 1
      if let from = told.occurredFrom { #expect(from <= now) }
    }
    for kind in ["incident.recorded", "incident.amended", "tag.breach", "hospital.attendance", "wrong"] {
      #expect(kinds[kind, default: 0] > 20, "\(kind) \(kinds)")
    }
  }

  @Test(arguments: InputTopic.allCases) func ingestTakesThemAndRefusesThePoison(topic: InputTopic) {
    var live = Self.live()
    var translator = EventTranslator(topic: topic, sources: Set(SimulatedSource.all.map(\.name)))
    var lines: [UInt8] = []
    for _ in 0..<1_000 {
      let event = live.next(at: Self.plan.until)
      guard event.topic == topic else { continue }
      var batch = RecordBatch()
      batch.add(event)
      let rejection = translator.translate(batch.records[0], of: batch, at: Self.plan.until, into: &lines)
      #expect(rejection?.code.name == event.refusal, "\(String(decoding: event.value, as: UTF8.self))")
    }
  }

  @Test func aStabbingIsAKnifeInjuryInItsArea() throws {
    var live = Self.live()
    guard case .current(let area) = AreaTable.lookup("E09000022") else { return }
    let told = try (0..<20).map { _ in try Told(live.stabbing(in: area, at: Self.plan.until)) }
    #expect(told.allSatisfy { $0.isBlade && $0.data.location?.area == "E09000022" })
    #expect(Set(told.compactMap(\.data.reference)).count == 20)
  }
}
