import Arguments
import Foundation
import Hotspots
import Incidents
import Pipeline
import Wire

/// `bellwether status`: owners, positions, lag and verdicts per topic; exit code 1 when records are missing or counted twice.
struct StatusCommand {
  private let deployment: Deployment
  private let asJSON: Bool

  init(_ invocation: Invocation<Arguments.Action>, _ deployment: Deployment) {
    self.deployment = deployment
    asJSON = invocation[Options.json]
  }

  func perform() throws -> ExitCode {
    var status = try ServiceStatus(names: deployment.names, log: deployment.log)
    if !status.accounts.allSatisfy(\.isConserved) {
      // A commit reaches one partition after the other: what is seen between two of them looks like a loss.
      Thread.sleep(forTimeInterval: 1)
      status = try ServiceStatus(names: deployment.names, log: deployment.log)
    }
    let now = deployment.hooks.clock.now()
    let checkpoints = CheckpointSurvey(deployment, status.birth).found
    let age = { (partition: TopicPartition) in
      checkpoints.first { $0.partition == partition }.map { $0.seconds(at: now) }
    }
    if asJSON {
      Output.line(String(decoding: status.json(checkpointAge: age), as: UTF8.self))
    } else {
      show(status, age)
    }
    return status.accounts.allSatisfy(\.isConserved) ? .fine : .no
  }

  private func show(_ status: ServiceStatus, _ checkpointAge: (TopicPartition) -> Int64?) {
    Output.line("journal \(status.birth.journal), folded up to \(status.now.map(RFC3339.text) ?? "nothing yet")\n")
    var positions = TextTable([
      ("read by", .left), ("topic", .left), ("partition", .right), ("offset", .right), ("end", .right),
      ("lag", .right), ("owner", .left), ("digest", .left), ("checkpoint", .right),
    ])
    for position in status.positions {
      positions.append([
        position.role.rawValue, position.partition.topic, String(position.partition.partition),
        position.offset?.grouped ?? "none", position.end.grouped, position.lag?.grouped ?? "unknown",
        position.owner ?? "nobody", position.mark.map { String($0.digest.description.prefix(12)) } ?? "",
        position.role == .fold ? checkpointAge(position.partition).map { "\($0) s ago" } ?? "none here" : "",
      ])
    }
    Output.line(positions.render())
    for position in status.positions {
      guard let parking = position.parking else { continue }
      Output.line("\(position.partition) is parked: \(parking)\n")
    }
    var verdicts = TextTable([
      ("topic", .left), ("in", .right), ("folded", .right), ("duplicate", .right), ("conflict", .right),
      ("superseded", .right), ("rejected", .right), ("waiting", .right),
    ])
    for account in status.accounts {
      verdicts.append(
        [account.topic.name]
          + [
            account.received, account.folded, account.duplicate, account.conflict, account.superseded,
            account.rejected, account.waiting,
          ].map(\.grouped))
    }
    Output.write(verdicts.render())
    for account in status.accounts {
      let codes = account.codes.sorted { $0.key.rawValue < $1.key.rawValue }
      if !codes.isEmpty {
        let list = codes.map { "\($0.key.name) \($0.value.grouped)" }.joined(separator: ", ")
        Output.line("\(account.topic.name) rejected: \(list)")
      }
      if !account.isConserved {
        let fault =
          account.waiting < 0
          ? "\(-account.waiting) more verdicts than records" : "\(account.waiting) records without a verdict"
        Output.line("\(account.topic.name): \(fault): not conserved")
      }
    }
    guard status.overlapCount > 0 else { return }
    let count = status.overlapCount
    Output.line(
      "\(count.grouped) \(count == 1 ? "pair" : "pairs") of hospital returns of one site share days, which count twice:"
    )
    for overlap in status.overlaps {
      func text(_ days: ClosedRange<LocalDay>) -> String { "\(days.lowerBound) to \(days.upperBound)" }
      let site = "\(overlap.source.harmless), site \(overlap.site.harmless)"
      Output.line("  \(site): \(text(overlap.first)) and \(text(overlap.second))")
    }
    if count > status.overlaps.count { Output.line("  these are the newest") }
  }
}
