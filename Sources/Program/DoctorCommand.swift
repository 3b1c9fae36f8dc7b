import Arguments
import Checkpoints
import Foundation
import Incidents
import Pipeline
import Wire

/// `bellwether doctor`: what is wrong and what to do; with `--repair` puts lost offsets back.
struct DoctorCommand {
  private let deployment: Deployment
  private let repairs: Bool
  private let asJSON: Bool

  init(_ invocation: Invocation<Arguments.Action>, _ deployment: Deployment) {
    self.deployment = deployment
    repairs = invocation[Options.repair]
    asJSON = invocation[Options.json]
  }

  func perform() throws -> ExitCode {
    let doctor = Doctor(names: deployment.names, log: deployment.log)
    let done = repairs ? try repair(doctor) : []
    let findings = try doctor.examine() + checkpoints()
    asJSON ? reportForMachines(findings, done) : reportForPeople(findings, done)
    return switch findings.map(\.severity).max() ?? .fine {
    case .fine: .fine
    case .wrong: .no
    case .stopping: .divergence
    }
  }

  /// Longer than the session of an instance that was killed or has stopped to stay.
  private static let patience: Duration = .seconds(20)

  /// Waits for instances that are gone and still count as members; who is at work is not waited for any longer.
  private func repair(_ doctor: Doctor) throws -> [String] {
    let deadline = ContinuousClock.now + Self.patience
    var isTold = false
    while let member = try doctor.members().first, ContinuousClock.now < deadline {
      if !isTold { Output.complain("waiting for the session of \(member.instance) to end") }
      isTold = true
      Thread.sleep(forTimeInterval: 0.5)
    }
    return try doctor.repair()
  }

  /// What the instances of this machine have kept.
  private func checkpoints() -> [Doctor.Finding] {
    guard let birth = try? deployment.birth() else { return [] }
    let survey = CheckpointSurvey(deployment, birth)
    let found = survey.found.map { checkpoint in
      Doctor.Finding(
        .fine, "checkpoint of \(checkpoint.partition)",
        "at offset \(checkpoint.offset), \(checkpoint.age(at: deployment.hooks.clock.now())) old, of \(checkpoint.instance)"
      )
    }
    let advice = "nothing need be done: a start that cannot use it folds the journal from its birth"
    return found + survey.complaints.map { .init(.wrong, "checkpoint", $0, advice: advice) }
  }

  private func reportForPeople(_ findings: [Doctor.Finding], _ done: [String]) {
    for line in done { Output.line(line) }
    for finding in findings {
      let mark = finding.severity == .fine ? "ok     " : finding.severity == .wrong ? "wrong  " : "STOPS  "
      Output.line("\(mark) \(finding.subject): \(finding.text)")
      if !finding.advice.isEmpty { Output.line("         \(finding.advice)") }
    }
  }

  private func reportForMachines(_ findings: [Doctor.Finding], _ done: [String]) {
    var writer = JSONWriter()
    writer.object { writer in
      writer.array("done") { writer in
        for line in done { writer.string(line) }
      }
      writer.array("findings") { writer in
        for finding in findings {
          writer.object { writer in
            writer.member("severity", String(describing: finding.severity))
            writer.member("subject", finding.subject)
            writer.member("text", finding.text)
            writer.member("advice", finding.advice)
          }
        }
      }
    }
    Output.line(String(decoding: writer.bytes, as: UTF8.self))
  }
}
