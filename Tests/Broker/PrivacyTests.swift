import Foundation
import Hotspots
import Incidents
import Pipeline
import PipelineTesting
import Testing
import Wire

/// Whose tag it was ends at ingest: no byte of it is in any other topic, in the state directory, or in what the program says.
@Suite(.needsBrokerAndProgram) struct PrivacyTests {
  private static let device = "D-f0c5aa17"
  private static let wearer = "P-9b3de2c4"

  /// Breaches that are taken, in both modes, and breaches that are refused for every reason that can name the two.
  private static func events() -> [(value: String, headers: [RecordHeader])] {
    func breach(_ number: Int, device: String = "\"\(device)\"", state: String = "alerted", more: String = "") -> String
    {
      """
      {"reference":"V-\(number)","revision":1,"device":\(device),"wearer":"\(wearer)","kind":"strapTamper",\
      "state":"\(state)","occurredFrom":"2025-03-01T20:55:00Z","location":{"area":"E09000022"}\(more)}
      """
    }
    func event(_ data: String) -> String {
      #"{"specversion":"1.0","id":"1","source":"/em/national","type":"tag.breach","data":\#(data)}"#
    }
    let structured = [
      event(breach(1)), event(breach(2, more: #","note":"\#(device) of \#(wearer)""#)), event(breach(3, state: wearer)),
      event(breach(4, device: "[\"\(device)\"]")), event(breach(5, more: #","device":"\#(device)""#)),
      event(breach(6)) + "}", event(breach(7, more: #","\#(wearer)":null,"revision":0"#)),
    ]
    let attributes = [("specversion", "1.0"), ("id", "1"), ("source", "/em/national"), ("type", "tag.breach")]
    let binary = attributes.map { RecordHeader("ce_\($0.0)", $0.1) } + [RecordHeader("x-wearer", wearer)]
    return structured.map { ($0, []) } + [(breach(8), binary)]
  }

  @Test func deviceAndWearerGoNoFurtherThanIngest() throws {
    let deployment = try Deployment()
    defer { deployment.program.removeFiles() }
    let topic = deployment.names(.tagBreaches)
    try deployment.send(
      Self.events().map {
        OutgoingRecord(topic: topic, partition: 0, key: nil, value: Array($0.value.utf8), headers: $0.headers)
      })
    let answer = try deployment.program("run", "--roles", "ingest,fold", "--until-caught-up")
    try #require(answer.exitCode == 0, "\(answer.complaints)")
    let status = try deployment.program("status")
    let account = try #require(try deployment.status().accounts.first { $0.topic == .tagBreaches })
    #expect(account.received == 8 && account.rejected == 5 && account.folded == 3)

    func expectNothing(in bytes: [UInt8], _ place: String) {
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(!text.contains(Self.device) && !text.contains(Self.wearer), "\(place)")
    }
    for other in Topic.allCases where other != .tagBreaches {
      // Keys, values and headers, one behind the other.
      expectNothing(in: try deployment.read(deployment.names(other)).bytes, other.rawValue)
    }
    let state = try #require(
      FileManager.default.enumerator(at: deployment.program.stateDirectory, includingPropertiesForKeys: nil))
    for case let file as URL in state
    where (try? file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true {
      expectNothing(in: Array(try Data(contentsOf: file)), file.lastPathComponent)
    }
    for said in [answer.output, answer.complaints, status.output, status.complaints] {
      expectNothing(in: Array(said.utf8), "what the program says")
    }
    // The search finds what is there.
    let sent = String(decoding: try deployment.read(topic).bytes, as: UTF8.self)
    #expect(sent.contains(Self.device) && sent.contains(Self.wearer))
  }
}
