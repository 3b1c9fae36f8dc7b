import Foundation
import Hotspots
import Incidents
import Pipeline
import Testing
import Wire

/// A threshold changed through the journal while the service runs, on a real broker.
@Suite(.needsBrokerAndProgram) struct ThresholdTests {
  private static func configuration(threshold: Double) throws -> Configuration {
    var configuration = Configuration(observedFrom: [.incidents: try #require(LocalDay("2025-01-01"))])
    configuration.detectors[0].parameters[2] = threshold
    return configuration
  }

  /// So many offences with a knife in an area, now.
  private static func offences(_ count: Int, in area: String, topic: String) -> [OutgoingRecord] {
    (0..<count).map { number in
      let event = """
        {"specversion":"1.0","id":"1","source":"/police/metropolitan","type":"incident.recorded","data":{"reference":\
        "\(area)-\(number)","revision":1,"occurredFrom":"\(RFC3339.text(Deployment.now))","offenceCode":"8N",\
        "weapon":"knife","weaponUse":"used","injury":"none","location":{"area":"\(area)"}}}
        """
      return OutgoingRecord(topic: topic, key: Array("\(area)-\(number)".utf8), value: Array(event.utf8))
    }
  }

  private struct Signal {
    var name: String
    var revision: Int64
    var frame: Int64
  }

  private static func signals(_ deployment: Deployment) throws -> [Signal] {
    let batch = try deployment.read(deployment.names(.hotspotSignals))
    return try batch.records.map { record in
      let value = try JSONValue(parsing: batch.copy(try #require(record.value)))
      return Signal(
        name: "\(value["area"]?.string ?? "") \(value["status"]?.string ?? "")",
        revision: try #require(value["revision"]?.integer),
        frame: try #require(value["position"]?["frame"]?.integer))
    }
  }

  @Test func signalsAreRaisedAndWithdrawnWhereItChanged() throws {
    let (many, few) = ("E09000022", "E09000030")
    let deployment = try Deployment(configuration: try Self.configuration(threshold: 3))
    defer { deployment.program.removeFiles() }
    let service = try deployment.program.launch("run", "--roles", "ingest,fold")
    defer {
      service.terminate()
      service.waitUntilExit()
    }
    let topic = deployment.names(.incidents)
    try deployment.send(Self.offences(12, in: many, topic: topic) + Self.offences(3, in: few, topic: topic))
    func expect(_ count: Int) throws -> [Signal] {
      while service.isRunning {
        let signals = try Self.signals(deployment)
        if signals.count >= count { return signals }
      }
      Issue.record("the service ended")
      return []
    }
    #expect(try expect(1).map(\.name) == ["\(many) raised"])

    func apply(_ threshold: Double, _ exitCode: Int32 = 0) throws {
      let file = FileManager.default.temporaryDirectory.appending(path: "\(deployment.program.prefix)changed.json")
      try Data(try Self.configuration(threshold: threshold).json).write(to: file)
      defer { try? FileManager.default.removeItem(at: file) }
      let answer = try deployment.program.run(["config", "apply", "--config", file.path])
      #expect(answer.exitCode == exitCode, "\(answer.output)\(answer.complaints)")
    }
    try apply(2)
    let lower = try expect(3).suffix(2)
    #expect(Set(lower.map(\.name)) == ["\(many) updated", "\(few) raised"])
    try apply(20)
    let higher = try expect(5).suffix(2)
    #expect(Set(higher.map(\.name)) == ["\(many) withdrawn", "\(few) withdrawn"])
    // A mistake changes nothing.
    try apply(0, 2)
    try apply(3)
    let all = try expect(6)
    #expect(all.last?.name == "\(many) raised")
    for change in [lower, higher] { #expect(Set(change.map(\.frame)).count == 1) }
    #expect(all.filter { $0.name.hasPrefix(many) }.map(\.revision) == [1, 2, 3, 4])
    #expect(all.filter { $0.name.hasPrefix(few) }.map(\.revision) == [1, 2])

    let journal = try deployment.read(deployment.names(.journal))
    for (change, place) in zip([lower, higher], [0, 1]) {
      let frames = journal.records.indices.filter { journal.header("kind", of: journal.records[$0]) == "config" }
      #expect(change.first?.frame == Int64(frames[place]))
    }
    service.terminate()
    service.waitUntilExit()
    try deployment.runUntilCaughtUp()
    let answer = try deployment.program("verify")
    #expect(answer.exitCode == 0, "\(answer.output)\(answer.complaints)")
    #expect(answer.output.contains("\(all.count) signals"))
  }
}
