import Arguments
import Foundation
import Incidents
import KafkaLog
import PublicData
import SimulatedEvents
import Wire

/// `bellwether simulate`: events that are made up, to Kafka or to a file.
struct SimulateCommand {
  private let deployment: Deployment
  private let plan: SimulationPlan
  private let rate: Double?
  private let output: String?
  private let asJSON: Bool

  init(_ invocation: Invocation<Arguments.Action>, _ deployment: Deployment) throws {
    self.deployment = deployment
    rate = invocation[Options.rate]
    output = invocation[Options.to]
    asJSON = invocation[Options.json]
    plan = SimulationPlan(
      seed: invocation[Options.seed], from: try Self.day(invocation[Options.from]), days: invocation[Options.days],
      scale: invocation[Options.scale], poison: Int((invocation[Options.poison] * 100).rounded()),
      hotspots: try invocation[Options.hotspots].map { try Self.hotspot($0) })
  }

  private static func day(_ text: String) throws -> LocalDay {
    guard let day = LocalDay(text) else {
      throw CommandFailure("\"\(text)\" is not a day; write it as 2026-02-01")
    }
    return day
  }

  private static func hotspot(_ given: HotspotArgument) throws -> SimulationPlan.Hotspot {
    guard case .current(let area) = AreaTable.lookup(given.area) else {
      throw CommandFailure("\"\(given.area)\" is not the code of an area of today, as E09000022 is")
    }
    return .init(area: area, from: try day(given.day), days: given.days, factor: given.factor)
  }

  func perform() throws -> ExitCode {
    var counts = SimulatedCounts()
    if let output {
      var file = try RecordFile(path: output)
      try simulate(&counts) { try file.write($0) }
      try file.close()
    } else {
      let stop = StopFlag()
      StopSignals.watch(stop)
      let sender = try deployment.log.makeSender()
      defer { sender.close() }
      try simulate(&counts, unless: stop) { try sender.send($0) }
      let totals = try sender.flush()
      if let failure = totals.failure {
        Output.complain("\(totals.failed.grouped) of \(counts.all.grouped) events were not written")
        throw failure
      }
    }
    report(counts)
    return .fine
  }

  private func simulate(
    _ counts: inout SimulatedCounts, unless stop: StopFlag? = nil, send: (OutgoingRecord) throws -> Void
  ) throws {
    var line = ProgressLine()
    var pace = Pace(rate: rate)
    var stream = SimulatedStream(plan)
    while stop?.isSet != true, let event = stream.next() {
      pace.wait(unless: stop)
      try send(event.record(topic: deployment.names.input(event.topic)))
      counts.count(event)
      line.show("\(counts.all.grouped) events, \(LocalDay(containing: event.at))")
    }
    line.clear()
  }

  private func report(_ counts: SimulatedCounts) {
    if asJSON {
      var writer = JSONWriter()
      writer.object { writer in
        for topic in InputTopic.allCases { writer.member(topic.name, counts.byTopic[topic] ?? 0) }
        writer.member("wrong", counts.wrong)
      }
      return Output.line(String(decoding: writer.bytes, as: UTF8.self))
    }
    var table = TextTable([("topic", .left), (output == nil ? "sent" : "written", .right)])
    for topic in InputTopic.allCases {
      table.append([deployment.names.input(topic), (counts.byTopic[topic] ?? 0).grouped])
    }
    Output.write(table.render())
    Output.line("\n\(counts.all.grouped) in all, of which \(counts.wrong.grouped) are wrong on purpose")
  }
}

/// How many events were made.
private struct SimulatedCounts {
  var byTopic: [InputTopic: Int] = [:]
  var wrong = 0

  var all: Int { byTopic.values.reduce(0, +) }

  mutating func count(_ event: SimulatedEvent) {
    byTopic[event.topic, default: 0] += 1
    if event.refusal != nil { wrong += 1 }
  }
}

/// So many events a second, evenly; without a rate as fast as they come.
struct Pace {
  private let interval: Duration?
  private var due = ContinuousClock.now

  init(rate: Double?) { interval = rate.map { .seconds(1 / $0) } }

  /// Waits until the next event is due, in short steps, so that a stop is heard.
  mutating func wait(unless stop: StopFlag?) {
    guard let interval else { return }
    while stop?.isSet != true {
      let left = due - ContinuousClock.now
      if left <= .zero { break }
      Thread.sleep(forTimeInterval: min(0.1, left / .seconds(1)))
    }
    // Who falls behind by more than a second does not catch up in a burst.
    due = max(due, ContinuousClock.now - .seconds(1)) + interval
  }
}
