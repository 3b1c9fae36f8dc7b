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
    let service = try SeededHistoryTests.service()
    let history = try GeneratedHistory(seed: 6, count: 400, now: SeededHistoryTests.now(service))
    try SeededHistoryTests.run(history.records, through: service)
    for topic in Topic.allCases where topic != .incidents {
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
