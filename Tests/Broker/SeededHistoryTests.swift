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

  /// In parts, with so much happening on the newest days that signals are raised, cleared, withdrawn and raised again.
  @Test func finalSignalsEqualTheReference() throws {
    let observedFrom = LocalDay(containing: Deployment.now).advanced(by: -70)
    var configuration = Configuration(
      observedFrom: [.incidents: observedFrom], sources: GeneratedHistory.registry)
    for index in configuration.detectors.indices {
      configuration.detectors[index].parameters = GeneratedHistory.easilyAlarmed(Detector.table[index])
    }
    let deployment = try Deployment(configuration: configuration)
    defer { deployment.program.removeFiles() }
    let history = try GeneratedHistory(seed: 23, count: 4_000, now: Deployment.now, rates: .eventful)
    for start in stride(from: 0, to: history.records.count, by: 1_000) {
      let part = history.records[start..<min(start + 1_000, history.records.count)]
      try deployment.send(part.map { $0.outgoing(prefix: deployment.names.prefix) })
      try deployment.runUntilCaughtUp()
    }
    try deployment.expectEqualToReference()
    let signals = try deployment.read(deployment.names(.hotspotSignals))
    var tally = SignalTally()
    for record in signals.records { tally.note(try JSONValue(parsing: record.value.map { signals.copy($0) } ?? [])) }
    #expect(tally.isEventful("earsC2"), "\(tally)")
  }

  /// Incidents, tags and hospitals together, with everything that becomes of them.
  @Test func allInputsEqualTheReference() throws {
    let observed = LocalDay(containing: Deployment.now).advanced(by: -70)
    let days = Dictionary(uniqueKeysWithValues: InputTopic.allCases.map { ($0, observed) })
    let deployment = try Deployment(
      configuration: Configuration(observedFrom: days, sources: GeneratedHistory.registry))
    defer { deployment.program.removeFiles() }
    let history = try GeneratedHistory(ofAllInputs: 31, count: 8_000, now: Deployment.now)
    try deployment.send(history.outgoing(prefix: deployment.names.prefix))
    try deployment.runUntilCaughtUp()
    try deployment.expectEqualToReference()
    try deployment.expectEachRecordOnce()
    try expectIntendedRefusals(history.records, deployment)
    let status = try deployment.status()
    #expect(status.accounts.map(\.topic) == InputTopic.allCases)
    #expect(status.accounts.allSatisfy { $0.isConserved && $0.folded > 0 && $0.rejected > 0 })
    #expect(status.overlapCount > 0)
  }

  /// What the generator meant to break was refused with the code meant, at the member meant, and nothing else was.
  private func expectIntendedRefusals(_ records: [GeneratedRecord], _ deployment: Deployment) throws {
    for topic in InputTopic.allCases {
      let sent = records.filter { $0.topic == topic }
      let inputs = try deployment.read(deployment.names.input(topic))
      var expected: [String: String] = [:]
      for partition in 0..<Int32(6) {
        let offsets = inputs.records.filter { inputs.partition(of: $0).partition == partition }.map(\.offset)
        for (record, offset) in zip(sent.filter { $0.partition == partition }, offsets) {
          guard let code = record.expectedCode else { continue }
          expected["\(partition)@\(offset)"] = "\(code.name) \(record.expectedMember ?? "")"
        }
      }
      let rejections = try deployment.read(deployment.names.rejections(of: topic))
      var found: [String: String] = [:]
      for record in rejections.records {
        func header(_ name: String) -> String { rejections.header(name, of: record) ?? "" }
        found["\(header("partition"))@\(header("offset"))"] = "\(header("code")) \(header("member"))"
      }
      #expect(found == expected, "\(topic.name)")
    }
  }
}
