import Foundation
import Pipeline
import PipelineTesting
import Testing
import Wire

/// What becomes of a stopped instance's partitions.
@Suite(.needsBrokerAndProgram) struct StoppingTests {
  /// Its session is far longer than the test, so that whoever still owns partitions was not merely forgotten.
  /// Returns when it has ingested and folded something: else it might be stopped before it has joined.
  private static func start(_ deployment: Deployment, _ instance: String, _ more: String...) throws -> Process {
    let received = try deployment.status().accounts.first?.received ?? 0
    let history = try GeneratedHistory(seed: 91, count: 100, now: Deployment.now)
    try deployment.send(history.outgoing(prefix: deployment.names.prefix))
    let arguments = ["run", "--roles", "ingest,fold", "--instance", instance, "-X", "session.timeout.ms=300000"] + more
    let process = try deployment.program.launch(arguments)
    try wait(deployment) { status in
      status.positions.contains { $0.owner == instance }
        && status.accounts.contains { $0.received > received && $0.isCaughtUp && $0.waiting == 0 }
    }
    return process
  }

  private static func wait(_ deployment: Deployment, until isTrue: (ServiceStatus) -> Bool) throws {
    while try !isTrue(deployment.status()) { Thread.sleep(forTimeInterval: 0.1) }
  }

  private static func owners(_ deployment: Deployment) throws -> Set<String?> {
    Set(try deployment.status().positions.map(\.owner))
  }

  @Test func whoStaysKeepsThemAndWhoLeavesDoesNot() throws {
    let deployment = try Deployment()
    defer { deployment.program.removeFiles() }
    let staying = try Self.start(deployment, "only")
    staying.terminate()
    staying.waitUntilExit()
    #expect(staying.terminationStatus == 0)
    #expect(try Self.owners(deployment) == ["only"])

    let returned = try Self.start(deployment, "only")
    kill(returned.processIdentifier, SIGUSR1)
    returned.waitUntilExit()
    #expect(returned.terminationStatus == 0)
    #expect(try Self.owners(deployment) == [nil])

    let leaving = try Self.start(deployment, "only", "--on-stop", "leave")
    leaving.terminate()
    leaving.waitUntilExit()
    #expect(leaving.terminationStatus == 0)
    #expect(try Self.owners(deployment) == [nil])

    try deployment.runUntilCaughtUp()
    #expect(try Self.owners(deployment) == [nil])
  }

  /// The partitions of whoever leaves are the other's.
  @Test func theOtherGetsWhatIsLeft() throws {
    let deployment = try Deployment()
    defer { deployment.program.removeFiles() }
    let first = try Self.start(deployment, "first")
    let second = try Self.start(deployment, "second")
    kill(first.processIdentifier, SIGUSR1)
    first.waitUntilExit()
    try Self.wait(deployment) { $0.positions.allSatisfy { $0.owner == "second" } }
    second.terminate()
    second.waitUntilExit()
    #expect(first.terminationStatus == 0 && second.terminationStatus == 0)
  }
}
