import Arguments
import Foundation
import Incidents
import Pipeline
import Wire

/// `bellwether status --source S`: what of a source arrived, what was refused and why, and since when nothing came.
struct SourceStatusCommand {
  private static let newest = 5

  private let deployment: Deployment
  private let source: String
  private let asJSON: Bool

  init(source: String, _ invocation: Invocation<Arguments.Action>, _ deployment: Deployment) {
    self.deployment = deployment
    self.source = source
    asJSON = invocation[Options.json]
  }

  func perform() throws -> ExitCode {
    let report = try SourceReport(of: source, names: deployment.names, log: deployment.log, newest: Self.newest)
    guard report.isKnown else {
      let known = report.known.prefix(20).map(\.harmless).joined(separator: ", ")
      Output.complain(
        "nothing was ever read of a source \(source), and no registry lists it"
          + (known.isEmpty ? "" : "\n  known are: \(known)\(report.known.count > 20 ? ", …" : "")"))
      return .no
    }
    if asJSON {
      Output.line(String(decoding: report.json, as: UTF8.self))
    } else {
      show(report)
    }
    return .fine
  }

  private func show(_ report: SourceReport) {
    let force = report.force.map { ", \($0)" } ?? ""
    Output.line("\(report.source.harmless)\(force)\(registration(report))")
    if let asOf = report.asOf {
      Output.line("as of \(RFC3339.text(asOf)); what came later is told when the next hour begins\n")
      showInputs(report)
    } else {
      Output.line("nothing of it was accepted yet, or not within this hour\n")
    }
    showRefusals(report)
  }

  private func registration(_ report: SourceReport) -> String {
    guard let registered = report.registered else {
      return report.hasRegistry ? ": the registry does not list it, so its rows are refused" : ""
    }
    return registered.cadenceMinutes.map { ", expected every \($0) minutes" } ?? ", no cadence promised"
  }

  private func showInputs(_ report: SourceReport) {
    var table = TextTable([
      ("topic", .left), ("state", .left), ("last came", .left), ("ago", .right), ("last occurred", .left),
      ("accepted", .right), ("folded", .right), ("duplicate", .right), ("superseded", .right), ("conflict", .right),
    ])
    let now = deployment.hooks.clock.now()
    for input in report.inputs {
      table.append([
        input.topic, input.state, input.received.map(RFC3339.text) ?? "never",
        input.received.map { Self.words(now.milliseconds - $0.milliseconds) } ?? "",
        input.occurred.map(RFC3339.text) ?? "",
        (input.folded + input.duplicate + input.superseded + input.conflict).grouped, input.folded.grouped,
        input.duplicate.grouped, input.superseded.grouped, input.conflict.grouped,
      ])
    }
    Output.line(table.render())
    for input in report.inputs {
      if input.unmappedOffence > 0 {
        Output.line("\(input.topic): \(input.unmappedOffence.grouped) folded with an offence that no measure counts")
      }
      if !input.unattributed.isEmpty {
        let list = input.unattributed.map { "\($0.reason) \($0.count.grouped)" }.joined(separator: ", ")
        Output.line("\(input.topic): counted in no area: \(list)")
      }
    }
  }

  private func showRefusals(_ report: SourceReport) {
    if report.refused.isEmpty { return Output.line("nothing was refused in the last 30 days") }
    for topic in InputTopic.allCases {
      guard let codes = report.refused[topic] else { continue }
      let list = codes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.grouped)" }.joined(separator: ", ")
      Output.line("\(topic.name) refused in the last 30 days: \(list)")
    }
    if report.retried > 0 { Output.line("\(report.retried.grouped) of these were sent again since") }
    Output.line("the newest:")
    for row in report.newest.reversed() { Output.line("  \(row.words)") }
  }

  /// An age in its two largest units.
  private static func words(_ milliseconds: Int64) -> String {
    let minutes = max(0, milliseconds) / 60_000
    if minutes < 60 { return "\(minutes) min" }
    if minutes < 48 * 60 { return "\(minutes / 60) h \(minutes % 60) min" }
    return "\(minutes / 1_440) days"
  }
}

extension RefusedRow {
  /// In one line: when, where, what and what to do.
  var words: String {
    let member = self.member.isEmpty ? "" : " \(self.member)"
    let retried = isRetried ? " (sent again since)" : ""
    return "\(RFC3339.text(at)) \(partition)@\(offset) \(code)\(member): \(reason) \(action)\(retried)"
  }
}
