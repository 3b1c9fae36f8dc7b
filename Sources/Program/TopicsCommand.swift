import Arguments
import Foundation
import Hotspots
import Pipeline
import Wire

/// `bellwether topics plan|apply|check`.
struct TopicsCommand {
  private let deployment: Deployment
  private let asJSON: Bool

  init(_ invocation: Invocation<Arguments.Action>, _ deployment: Deployment) {
    self.deployment = deployment
    asJSON = invocation[Options.json]
  }

  /// Says what `apply` would do; exit code 1 when that is something.
  func plan() throws -> ExitCode {
    let plan = try topicPlan()
    let isBorn = try plan.missing.isEmpty && Founding(names: deployment.names, log: deployment.log).birth() != nil
    report(
      plan.missing.map { "create \(Self.words($0))" } + (isBorn ? [] : ["write the journal's birth and first offsets"])
        + plan.drifts.map { "by hand: \($0)" },
      none: "nothing to do")
    return plan.isEmpty && isBorn ? .fine : .no
  }

  /// Creates what is missing, writes the birth, commits the first offsets. What exists is never altered: a drift is
  /// named, and is for a person to judge.
  func apply() throws -> ExitCode {
    let configuration = try deployment.configuration()
    let plan = try topicPlan()
    if !plan.missing.isEmpty {
      let administration = try deployment.log.makeAdministration()
      defer { administration.close() }
      try administration.create(plan.missing)
    }
    let founding = Founding(names: deployment.names, log: deployment.log)
    let kept = try plan.missing.isEmpty ? configuration.flatMap { try founding.birth()?.kept(insteadOf: $0) } : nil
    let done = try founding.establish(
      configuration: configuration ?? Configuration(), journal: Self.newJournalID(), at: deployment.hooks.clock.now())
    report(
      plan.missing.map { "created \(Self.words($0))" } + done + plan.drifts.map { "left as it is: \($0)" }
        + (kept.map { ["left as it is: \($0)"] } ?? []),
      none: "nothing to do")
    return plan.drifts.isEmpty && kept == nil ? .fine : .no
  }

  /// Names each drift; exit code 1 when there is one.
  func check() throws -> ExitCode {
    let plan = try topicPlan()
    report(
      plan.missing.map { "\($0.name): does not exist" } + plan.drifts.map(\.description),
      none: "all topics are as they should be")
    return plan.isEmpty ? .fine : .no
  }

  private func topicPlan() throws -> TopicPlan {
    let administration = try deployment.log.makeAdministration()
    defer { administration.close() }
    return try TopicPlan(names: deployment.names, administration: administration)
  }

  private func report(_ lines: [String], none: String) {
    guard asJSON else { return Output.line(lines.isEmpty ? none : lines.joined(separator: "\n")) }
    var writer = JSONWriter()
    writer.object { writer in
      writer.array("changes") { writer in
        for line in lines { writer.string(line) }
      }
    }
    Output.line(String(decoding: writer.bytes, as: UTF8.self))
  }

  private static func words(_ topic: TopicDescription) -> String {
    let settings = topic.settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    return "\(topic.name): \(topic.partitions) partitions, \(topic.replicas) replicas, \(settings)"
  }

  private static func newJournalID() -> String {
    (0..<2).map { _ in
      let half = String(UInt64.random(in: .min ... .max), radix: 16)
      return String(repeating: "0", count: 16 - half.count) + half
    }.joined()
  }
}

extension Birth {
  /// What to say of a configuration that is offered after the birth: nil when it is the one that the journal has.
  fileprivate func kept(insteadOf offered: Configuration) -> String? {
    let agrees =
      offered.sources == configuration.sources
      && offered.observedFrom.allSatisfy { configuration.observedFrom[$0.key] == $0.value }
    return agrees ? nil : "the configuration of journal \(journal); to change it: `bellwether config apply`"
  }
}
