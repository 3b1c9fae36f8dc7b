import Foundation
import Hotspots
import Pipeline
import PipelineTesting
import Testing
import Wire

/// Offsets lost on a real broker: a stop that names the cure, and the cure.
@Suite(.needsBrokerAndProgram) struct DoctorTests {
  @Test func lostOffsetsAreFoundAndPutBack() throws {
    let deployment = try Deployment(configuration: Configuration(sources: GeneratedHistory.registry))
    let program = deployment.program
    defer { program.removeFiles() }
    let history = try GeneratedHistory(seed: 71, count: 4_000, now: Deployment.now)
    let records = history.outgoing(prefix: deployment.names.prefix)
    try deployment.send(Array(records[..<3_000]))
    try deployment.runUntilCaughtUp()
    #expect(try program("doctor").exitCode == 0)

    let groups = [Role.ingest, .fold].map(deployment.names.group)
    for group in groups { try GroupOffsets.forget(group: group, bootstrapServers: program.bootstrapServers) }
    try deployment.send(Array(records[3_000...]))
    let stopped = try program("run", "--roles", "ingest,fold", "--until-caught-up")
    #expect(stopped.exitCode == 4)
    #expect(stopped.complaints.contains("bellwether doctor"), "\(stopped.complaints)")

    let looked = try program("doctor")
    #expect(looked.exitCode == 4)
    #expect(looked.output.contains("the committed offset is lost; progress says that it was"), "\(looked.output)")
    #expect(looked.output.contains("bellwether doctor --repair"))
    let repaired = try program("doctor", "--repair")
    #expect(repaired.exitCode == 0, "\(repaired.output)\(repaired.complaints)")
    // Of each input six partitions, and the journal's one.
    let restored = repaired.output.split(separator: "\n").count { $0.hasPrefix("restored the offset of ") }
    #expect(restored == deployment.names.inputs.count * 6 + 1)
    let again = try program("doctor", "--repair")
    #expect(again.exitCode == 0 && !again.output.contains("restored"))

    try deployment.runUntilCaughtUp()
    try deployment.expectEqualToReference()
    try deployment.expectEachRecordOnce()
    #expect(try program("verify").exitCode == 0)
  }

  /// Looking changes nothing, whatever is missing.
  @Test func aDeploymentThatIsNotThere() throws {
    let program = try Program()
    defer { program.removeFiles() }
    for arguments in [["doctor"], ["doctor", "--json"]] {
      let answer = try program.run(arguments)
      #expect(answer.exitCode == 4)
      #expect(answer.output.contains("does not exist") && answer.output.contains("topics apply"))
    }
    let plan = try program("topics", "plan")
    #expect(plan.output.contains("create \(program.prefix)incidents"))
  }
}
