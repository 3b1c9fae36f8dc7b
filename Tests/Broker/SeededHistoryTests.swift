import Foundation
import Hotspots
import Incidents
import PipelineTesting
import Testing
import Wire

/// A seeded history through the whole program on a real broker.
@Suite(.needsBrokerAndProgram) struct SeededHistoryTests {
  /// As generated, and in another order of arrival that keeps conflicts in theirs.
  @Test(arguments: [false, true])
  func twentyThousandIncidentsEqualTheReference(isShuffled: Bool) throws {
    let deployment = try Deployment(configuration: Configuration(sources: GeneratedHistory.registry))
    defer { deployment.program.removeFiles() }
    let history = try GeneratedHistory(seed: 21, count: 20_000, now: Deployment.now)
    let records = isShuffled ? history.records.shuffled(seed: 22) : history.records
    try deployment.send(records.map { $0.outgoing(prefix: deployment.names.prefix) })
    try deployment.runUntilCaughtUp()
    try deployment.expectEqualToReference()
    try deployment.expectEachRecordOnce()
    try expectIntendedRefusals(records, deployment)
  }

  /// What the generator meant to break was refused with the code meant, at the member meant, and nothing else was.
  private func expectIntendedRefusals(_ records: [GeneratedRecord], _ deployment: Deployment) throws {
    let inputs = try deployment.read(deployment.names(.incidents))
    var expected: [String: String] = [:]
    for partition in 0..<Int32(6) {
      let offsets = inputs.records.filter { inputs.partition(of: $0).partition == partition }.map(\.offset)
      for (record, offset) in zip(records.filter { $0.partition == partition }, offsets) {
        guard let code = record.expectedCode else { continue }
        expected["\(partition)@\(offset)"] = "\(code.name) \(record.expectedMember ?? "")"
      }
    }
    let rejections = try deployment.read(deployment.names(.incidentsRejections))
    var found: [String: String] = [:]
    for record in rejections.records {
      func header(_ name: String) -> String { rejections.header(name, of: record) ?? "" }
      found["\(header("partition"))@\(header("offset"))"] = "\(header("code")) \(header("member"))"
    }
    #expect(found == expected)
  }
}
