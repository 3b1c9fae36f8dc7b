import Foundation
import Hotspots
import Incidents
import Pipeline
import PipelineTesting
import Testing
import Wire

/// What those who send do with the program, on a real broker.
@Suite(.serialized, .needsBrokerAndProgram) struct ProducerTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private static func event(_ reference: String, source: String = "/police/test", code: String = "34B") -> String {
    """
    {"specversion":"1.0","id":"\(reference)","source":"\(source)","type":"incident.recorded","data":\
    {"reference":"\(reference)","revision":1,"occurredFrom":"2026-03-01T20:55:00Z","offenceCode":"\(code)",\
    "weapon":"knife","weaponUse":"used","location":{"area":"E09000022"}}}
    """
  }

  private static func file(_ text: String) throws -> String {
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).ndjson")
    try Data(text.utf8).write(to: url)
    return url.path
  }

  private static func file(lines: [[UInt8]]) throws -> String {
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).ndjson")
    try Data(lines.flatMap { $0 + [0x0A] }).write(to: url)
    return url.path
  }

  private static func objects(_ output: String) throws -> [JSONValue] {
    try output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
  }

  @Test func rowsAreValidatedSentAndCounted() async throws {
    try await Broker.blocking {
      let deployment = try Deployment()
      defer { deployment.program.removeFiles() }
      let attendance = """
        {"specversion":"1.0","id":"1","source":"/nhs/test","type":"hospital.return","data":{"site":"RJZ01",\
        "periodStart":"2026-02-01","periodEnd":"2026-02-28","revision":1,"assaults":[]}}
        """
      let file = try Self.file(
        "\u{FEFF}\(Self.event("a"))\r\n\n\(Self.event("b", code: "knife"))\n\(attendance)\n\(Self.event("c"))")
      let program = deployment.program
      let checked = try program("validate", file, "--json")
      let answers = try Self.objects(checked.output)
      #expect(checked.exitCode == 1 && answers.count == 2)
      #expect(answers[0]["line"] == .integer(3) && answers[0]["code"] == .string("badOffenceCode"))
      #expect(answers[0]["member"] == .string("/data/offenceCode"))
      #expect(answers[1]["summary"]?["rows"] == .integer(4))

      let sent = try program("send", file)
      #expect(sent.exitCode == 1 && sent.output.contains("\(file):3: badOffenceCode"), "\(sent.output)")
      let incidents = try deployment.read(deployment.names(.incidents))
      #expect(Set(incidents.records.map { $0.key.map(incidents.text) ?? "" }) == ["a", "c"])
      let hospital = try deployment.read(deployment.names(.hospital))
      #expect(hospital.records.map { $0.key.map(hospital.text) ?? "" } == ["RJZ01"])
      #expect(hospital.header("content-type", of: hospital.records[0]) == "application/cloudevents+json")

      // All was sent, so nothing is left to resume: the same once more makes duplicates, and changes no count.
      #expect(try program("send", file).exitCode == 1)
      #expect(try program("send", try Self.file(Self.event("b", code: "knife")), "--unchecked").exitCode == 0)
      try deployment.runUntilCaughtUp()
      let account = try #require(try deployment.status().accounts.first)
      #expect(account.folded == 2 && account.duplicate == 2 && account.rejected == 1 && account.isConserved)

      let list = try program("rejections", "list", "--show", "--json", "--source", "/police/test")
      let rows = try Self.objects(list.output)
      #expect(rows.map { $0["code"]?.string } == ["badOffenceCode"])
      #expect(rows.first?["row"]?.string == Self.event("b", code: "knife"))
      let status = try program("status", "--source", "/police/test", "--json")
      let report = try #require(try Self.objects(status.output).first)
      #expect(report["topics"]?["incidents"]?["folded"] == .integer(2), "\(status.output)")
      #expect(report["refused"]?["incidents"]?["badOffenceCode"] == .integer(1))
      #expect(try program("status", "--source", "/police/nobody").exitCode == 1)
      #expect(try program("status", "--source", "/police/test").output.contains("badOffenceCode"))
    }
  }

  /// What asks no broker leaves nothing behind, and runs where nothing may be written.
  @Test func whatNeedsNoBrokerNeedsNoStateDirectory() async throws {
    try await Broker.blocking {
      let program = try Program()
      let file = try Self.file(Self.event("a"))
      let events = try Self.file("")
      let example = Self.root.appending(path: "ops/config.example.json").path
      #expect(try program("validate", file).exitCode == 0)
      #expect(try program("config", "check", "--config", example).exitCode == 0)
      #expect(try program("simulate", "--days", "1", "--scale", "0.01", "--to", events).exitCode == 0)
      #expect(!FileManager.default.fileExists(atPath: program.stateDirectory.path))
    }
  }

  /// A source may hold what steers a terminal: none of it gets there.
  @Test func aRefusedRowDoesNotSteerTheTerminal() async throws {
    try await Broker.blocking {
      let deployment = try Deployment()
      defer { deployment.program.removeFiles() }
      let event = Self.event("a", source: #"/police/\u202egnp\u009b31m"#, code: "knife")
      #expect(try deployment.program("send", "--unchecked", try Self.file(event)).exitCode == 0)
      try deployment.runUntilCaughtUp()
      let list = try deployment.program("rejections", "list")
      #expect(list.output.contains("(from /police/·gnp·31m)"), "\(list.output)")
    }
  }

  /// Lines for a pipe: nothing in them that only a terminal understands.
  @Test func aDemonstrationInAPipePrintsPlainLines() async throws {
    try await Broker.blocking {
      let program = try Program()
      let demo = try program.launch("demo", "--no-page")
      let pipe = try #require(demo.standardOutput as? Pipe)
      let first = try #require(try pipe.fileHandleForReading.read(upToCount: 16))
      demo.terminate()
      let rest = try pipe.fileHandleForReading.readToEnd() ?? Data()
      demo.waitUntilExit()
      #expect(demo.terminationStatus == 0)
      #expect(first.starts(with: Data("embedded broker".utf8)), "\(String(decoding: first, as: UTF8.self))")
      #expect(!(first + rest).contains(0x1B))
    }
  }

  /// Killed somewhere in a file, it goes on there: each row is in the topic, and only few of them twice.
  @Test func sendingGoesOnWhereItWasKilled() async throws {
    try await Broker.blocking {
      let deployment = try Deployment()
      defer { deployment.program.removeFiles() }
      let count = 60_000
      let file = try Self.file((0..<count).map { Self.event("r\($0)") }.joined(separator: "\n"))
      let topic = deployment.names(.incidents)
      let process = try deployment.program.launch("send", file)
      while process.isRunning, try Self.end(of: topic, deployment) < 25_000 {}
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      let before = try Self.end(of: topic, deployment)
      let rest = try deployment.program("send", file)
      #expect(rest.exitCode == 0, "\(rest.complaints)")
      #expect(before >= Int64(count) || rest.complaints.contains("lines were sent before"), "\(rest.complaints)")
      let batch = try deployment.read(topic)
      #expect(Set(batch.records.map { $0.key.map(batch.text) ?? "" }).count == count)
      #expect(batch.records.count < before + Int64(count))
    }
  }

  private static func end(of topic: String, _ deployment: Deployment) throws -> Int64 {
    let administration = try deployment.log.makeAdministration()
    defer { administration.close() }
    let partitions = (0..<6).map { TopicPartition(topic, Int32($0)) }
    return try administration.bounds(of: partitions).values.reduce(0) { $0 + $1.next }
  }

  /// Killed before, within and after transactions: every refused row is sent again once, in its order.
  @Test func retryingSurvivesKills() async throws {
    let testing = Self.root.appending(path: ".build/debug/bellwether-testing")
    try #require(FileManager.default.isExecutableFile(atPath: testing.path))
    try await Broker.blocking {
      let deployment = try Deployment(
        configuration: Configuration(sources: [RegisteredSource(name: "/police/old", force: nil, topics: [.incidents])])
      )
      defer { deployment.program.removeFiles() }
      let topic = deployment.names(.incidents)
      let count = 4_500
      try deployment.send(
        (0..<count).map { number in
          let source = number % 3 == 1 ? "/police/stranger" : "/police/new"
          return OutgoingRecord(
            topic: topic, partition: 4, key: Array("r\(number)".utf8),
            value: Array(Self.event("r\(number)", source: source).utf8))
        })
      try deployment.runUntilCaughtUp()
      let registry = try Self.file(
        """
        {"sources": [{"source": "/police/old", "topics": ["incidents"]},
                     {"source": "/police/new", "topics": ["incidents"]}]}
        """)
      #expect(try deployment.program("config", "apply", "--config", registry).exitCode == 0)

      // Of three transactions the first two are committed on the way.
      for (point, pass) in [("afterProduce", 1), ("afterFlush", 2), ("beforeCommit", 1), ("afterCommit", 1)] {
        let process = Process()
        process.executableURL = testing
        process.arguments = [
          "rejections", "retry", "--bootstrap-servers", deployment.program.bootstrapServers, "--prefix",
          deployment.names.prefix, "--state-dir", deployment.program.stateDirectory.path,
        ]
        process.environment = ProcessInfo.processInfo.environment.merging(
          ["BELLWETHER_CRASH": "ingest:\(point):\(pass)"]) { $1 }
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal, "not killed at \(point)")
      }
      let last = try deployment.program("rejections", "retry", "--json")
      #expect(last.exitCode == 0, "\(last.complaints)")
      let again = try deployment.program("rejections", "retry", "--json")
      #expect(try Self.objects(again.output).first?["sentBefore"] == .integer(3_000), "\(again.output)")

      let batch = try deployment.read(topic)
      let keys = batch.records.map { $0.key.map(batch.text) ?? "" }
      #expect(Array(keys.dropFirst(count)) == (0..<count).filter { $0 % 3 != 1 }.map { "r\($0)" })
      try deployment.runUntilCaughtUp()
      let account = try #require(try deployment.status().accounts.first)
      #expect(account.folded == 3_000 && account.rejected == Int64(count) && account.isConserved)
    }
  }

  /// The commands agree on ten thousand damaged events: what `validate` says, ingest does.
  @Test func validateSaysWhatIngestDoes() async throws {
    try await Broker.blocking {
      let deployment = try Deployment()
      defer { deployment.program.removeFiles() }
      var random = SeededGenerator(seed: 20_260_301)
      for topic in InputTopic.allCases {
        let folder = Self.root.appending(path: "topics/\(topic.name)/examples").path
        let seeds = try ExampleRecord.load(directory: folder)
          .filter { example in !example.headers.contains { $0.name.hasPrefix("ce_") } }.map(\.value)
        let lines = (0..<3_334).map { _ in Self.damaged(seeds[random.below(seeds.count)], &random) }
        let file = try Self.file(lines: lines)
        let said = try deployment.program("validate", file, "--topic", topic.name, "--json")
        let expected = try Self.objects(said.output).dropLast().map(Self.answer)
        // One partition's order is the file's: so each row is found again by its offset.
        let log = deployment.names.input(topic)
        try deployment.send(lines.map { OutgoingRecord(topic: log, partition: 0, key: nil, value: $0) })
        try deployment.runUntilCaughtUp()
        let list = try deployment.program(
          "rejections", "list", "--topic", topic.name, "--limit", "0", "--oldest-first", "--json")
        let found = try Self.objects(list.output).map(Self.answer)
        #expect(found == expected, "\(topic)")
        #expect(found.count > 100 && found.count < lines.count)
      }
    }
  }

  /// Line or offset, code, member, reason and action of an answer.
  private static func answer(_ row: JSONValue) -> [String] {
    let place = row["line"]?.integer ?? (row["offset"]?.integer ?? -2) + 1
    return [String(place)] + ["code", "member", "reason", "action"].map { row[$0]?.string ?? "missing" }
  }

  /// A letter or a digit, or a few, become others; never the end of a line, nor all white space.
  private static func damaged(_ event: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var event = event
    for _ in 0...random.below(2) {
      let place = random.below(event.count)
      if random.below(12) == 0 {
        event[place] = UInt8(0x20 + random.below(200))
      } else if let place = event[place...].firstIndex(where: { $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 }) {
        event[place] = event[place] &- 0x30 < 10 ? 0x30 + UInt8(random.below(10)) : 0x61 + UInt8(random.below(26))
      }
    }
    return event
  }

  /// The programs that the documents show run as they stand there.
  @Test(arguments: ["producers", "consumers"]) func theDocumentsProgramsRun(document: String) async throws {
    try await Broker.blocking {
      let deployment = try Deployment()
      defer { deployment.program.removeFiles() }
      let text = try String(contentsOf: Self.root.appending(path: "docs/\(document).md"), encoding: .utf8)
      if document == "consumers" {
        #expect(try deployment.program("send", try Self.file(Self.event("a"))).exitCode == 0)
        try deployment.runUntilCaughtUp()
      }
      let code = try #require(
        text.components(separatedBy: "```python\n").dropFirst().first?.components(separatedBy: "```").first)
      let program = code.replacing(
        "BROKERS = \"localhost:9092\"", with: "BROKERS = \"\(deployment.program.bootstrapServers)\""
      )
      .replacing("PREFIX = \"\"", with: "PREFIX = \"\(deployment.names.prefix)\"")
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/python3")
      process.arguments = ["-c", program]
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      let said = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      if document == "producers" {
        #expect(said.contains("1 acknowledged"), "\(said)")
        try deployment.runUntilCaughtUp()
        #expect(try deployment.status().accounts.first?.folded == 1)
      } else {
        #expect(said.contains("Lambeth") && said.contains("knifeCrime"), "\(said)")
      }
    }
  }
}
