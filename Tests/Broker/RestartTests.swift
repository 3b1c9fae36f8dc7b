import Foundation
import Hotspots
import Incidents
import PipelineTesting
import Testing
import Wire

/// The service stopped and started in the middle of its work, on a real broker.
@Suite(.needsBrokerAndProgram) struct RestartTests {
  @Test(arguments: [UInt64(11)])
  func stoppedCleanlyAndKilledTenTimes(seed: UInt64) throws {
    let deployment = try Deployment(configuration: Configuration(sources: GeneratedHistory.registry))
    defer { deployment.program.removeFiles() }
    var random = SeededGenerator(seed: seed)
    var records = try GeneratedHistory(seed: seed, count: 20_000, now: Deployment.now)
      .outgoing(prefix: deployment.names.prefix)[...]
    let rounds = 11
    for round in 0..<rounds {
      let service = try deployment.program.launch("run", "--roles", "ingest,fold")
      let share = records.prefix(round == rounds - 1 ? records.count : 20_000 / rounds)
      records = records.dropFirst(share.count)
      try deployment.send(Array(share))
      // Anywhere between the start of the process and the end of its work.
      Thread.sleep(forTimeInterval: Double.random(in: 0.05...1.5, using: &random))
      if round == rounds / 2 {
        service.terminate()
      } else {
        kill(service.processIdentifier, SIGKILL)
      }
      service.waitUntilExit()
    }
    try deployment.runUntilCaughtUp()
    try deployment.expectEqualToReference()
    try deployment.expectEachRecordOnce()
  }

  /// Who waits until all is done waits for what another process of the group folds, too.
  @Test func caughtUpMeansTheOthersToo() throws {
    let deployment = try Deployment(configuration: Configuration(sources: GeneratedHistory.registry))
    defer { deployment.program.removeFiles() }
    // Of two members the one whose name comes first has the journal's only partition.
    let other = try deployment.program.launch("run", "--roles", "fold", "--instance", "first")
    defer {
      other.terminate()
      other.waitUntilExit()
    }
    let history = try GeneratedHistory(seed: 12, count: 20_000, now: Deployment.now)
    try deployment.send(history.outgoing(prefix: deployment.names.prefix))
    try deployment.runUntilCaughtUp()
    let account = try #require(try deployment.status().accounts.first)
    #expect(account.waiting == 0)
    #expect(account.received == Int64(history.records.count))
    try deployment.expectEqualToReference()
  }
}
