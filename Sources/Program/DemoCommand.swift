import Arguments
import Demonstration
import Foundation
import Incidents
import Pipeline
import SimulatedEvents
import Wire

/// `bellwether demo`: from nothing to everything in one process. Four weeks are imported at speed, then it goes on live, and
/// in one area a hotspot is injected that must come true.
struct DemoCommand {
  private let seed: UInt64
  private let rate: Double
  private let isPlain: Bool
  private let duration: Duration?
  private let hasPage: Bool

  init(_ invocation: Invocation<Arguments.Action>) {
    seed = invocation[Options.seed]
    rate = invocation[Options.rate] ?? 2
    isPlain = invocation[Options.plain]
    duration = invocation[Options.duration]
    hasPage = !invocation[Options.noPage]
  }

  func perform() throws -> ExitCode {
    let stop = StopFlag()
    StopSignals.watch(stop)
    let directory = FileManager.default.temporaryDirectory.appending(
      path: "bellwether-demo-\(getpid())", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let plan = Self.plan(seed: seed, now: MachineClock().now())
    let service = try DemoService(plan: plan, directory: directory, stop: stop, hasPage: hasPage)
    defer { service.end() }
    let show = try DemoShow(
      service: service, plan: plan, rate: rate, duration: duration, terminal: isPlain ? nil : DemoTerminal())
    return try show.run()
  }

  /// The four weeks before now: all knife crime of the tables, a quarter of the rest, so that the embedded broker can hold
  /// it; with a few hotspots of the last days, and two sources that have gone quiet.
  private static func plan(seed: UInt64, now: EventTime) -> SimulationPlan {
    var plan = SimulationPlan(
      seed: seed, from: LocalDay(containing: now).advanced(by: -28), days: 28, otherOffences: 0.25)
    plan.until = now
    for (area, days, factor) in [("E09000033", 2, 5.0), ("E08000035", 3, 4), ("E09000010", 1, 8), ("E08000025", 2, 5)] {
      guard case .current(let area) = AreaTable.lookup(area) else { continue }
      let from = LocalDay(containing: now).advanced(by: Int32(-days))
      plan.hotspots.append(.init(area: area, from: from, days: days, factor: factor))
    }
    for (topic, force, hours) in [(InputTopic.incidents, "Lancashire", 40), (.hospital, "Kent", 130)] {
      guard let force = Force(named: force) else { continue }
      plan.silences.append(
        .init(
          source: SimulatedSource(topic, force),
          from: EventTime(milliseconds: now.milliseconds - Int64(hours) * 3_600_000)))
    }
    return plan
  }
}
