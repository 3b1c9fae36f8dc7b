import Foundation
import Hotspots
import Incidents
import Pipeline
import PipelineTesting
import Testing
import Wire

/// What the program writes keeps the schemas of `topics/`.
@Suite(.enabled(if: SchemaCheck.isThere, "python3-jsonschema and python3-yaml are not installed"))
struct OutputContractTests {
  @Test func everythingWrittenKeepsItsContract() throws {
    let history = try GeneratedHistory(seed: 6, count: 400, now: EventTime(milliseconds: MemoryClock().now))
    let service = try Self.serviceWithASignal()
    try SeededHistoryTests.run(history.records, through: service)
    for topic in [InputTopic.tagBreaches, .hospital] {
      let records = try InputContractTests.rejected(topic).prefix(20).map {
        InputContractTests.outgoing(topic, key: $0.key, value: $0.value, headers: $0.headers)
      }
      let good = try InputContractTests.examples(topic).map {
        InputContractTests.outgoing(topic, key: $0.key, value: $0.value, headers: $0.headers)
      }
      try service.feed(records + good)
    }
    try service.runUntilCaughtUp()
    for topic in Topic.allCases where InputTopic.allCases.allSatisfy({ $0.name != topic.rawValue }) {
      var lines: [UInt8] = []
      let batch = try service.log.committedRecords(in: TopicPartition(topic.rawValue, 0))
      for record in batch.records { lines += Self.example(record, of: batch, valueIsText: topic == .journal) }
      let file = FileManager.default.temporaryDirectory.appending(path: "bellwether-\(UUID().uuidString).ndjson")
      defer { try? FileManager.default.removeItem(at: file) }
      try Data(lines).write(to: file)
      let script = SlowReference.root.appending(path: "topics/check_contracts.py").path
      let answer = try SchemaCheck.run([script, topic.rawValue, file.path])
      #expect(answer.status == 0, "\(answer.text)")
    }
  }

  /// A service that has seen more injuries in Lambeth on one day than is usual, and less the day after.
  static func serviceWithASignal() throws -> MemoryService {
    let observed = try #require(LocalDay("2025-01-01"))
    var configuration = Configuration(observedFrom: [.incidents: observed], sources: GeneratedHistory.registry)
    for index in configuration.detectors.indices { configuration.detectors[index].measures.insert(.init(.knifeInjury)) }
    let service = try MemoryService(configuration: configuration)
    try service.feed((0..<12).map { injury(reference: "B-\($0)", revision: 1, area: "E09000022") })
    try service.runUntilCaughtUp()
    try service.feed((0..<12).map { injury(reference: "B-\($0)", revision: 2, area: "E09000030") })
    try service.runUntilCaughtUp()
    return service
  }

  private static func injury(reference: String, revision: Int, area: String) -> OutgoingRecord {
    let event = """
      {"specversion":"1.0","id":"1","source":"/police/metropolitan","type":"incident.recorded","data":{"reference":\
      "\(reference)","revision":\(revision),"occurredFrom":"2026-03-01T10:00:00Z","offenceCode":"8N","weapon":"knife",\
      "weaponUse":"used","injury":"minor","location":{"area":"\(area)"}}}
      """
    return OutgoingRecord(topic: "incidents", partition: 0, value: Array(event.utf8))
  }

  /// A record in the form of the folder's examples.
  private static func example(
    _ record: RecordBatch.Record, of batch: borrowing RecordBatch, valueIsText: Bool
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("key", record.key.map { batch.text($0) })
      writer.object("headers") { writer in
        for header in batch.headers[record.firstHeader..<record.firstHeader + record.headerCount] {
          writer.member(batch.text(header.name), header.value.map { batch.text($0) })
        }
      }
      if valueIsText { writer.member("value", record.value.map { batch.text($0) }) }
    }
    guard !valueIsText else { return writer.bytes + [UInt8(ascii: "\n")] }
    let value = record.value.map { batch.copy($0) } ?? Array("null".utf8)
    return writer.bytes.dropLast() + Array(",\"value\":".utf8) + value + Array("}\n".utf8)
  }
}

/// `topics/check_contracts.py`, run by the Python that Debian's packages are for.
enum SchemaCheck {
  private static let python = "/usr/bin/python3"

  static let isThere = (try? run(["-c", "import jsonschema, yaml"]).status) == 0

  static func run(_ arguments: [String]) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(filePath: python)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
