import Foundation
import Hotspots
import Incidents
import Pipeline
import PipelineTesting
import Testing
import Wire

/// The scenarios of `replay/` that were worked out by hand, through the whole pipeline in memory: each record arrives when
/// its scenario says.
@Suite struct ScenarioTests {
  static let folder = SlowReference.root.appending(path: "replay/scenarios")
  static let names = ["edges-of-windows", "places-and-offences", "robbery-that-moved", "runs-of-alarms"]

  @Test(arguments: names)
  func thePipelineGivesTheNumbersWorkedOutByHand(name: String) throws {
    let records = try #require(try Self.json(name, "records.json").elements)
    let refused = try #require(try Self.json(name, "rejected.json").elements)
    let cases = try #require(try Self.json(name, "expected.json")["cases"]?.elements)
    for expected in cases {
      let service = try Self.service(name, expected, firstArrival: records.first?["timestamp"]?.integer ?? 0)
      let count = expected["records"]?.integer.map(Int.init) ?? records.count
      for record in records.prefix(count) {
        service.log.clock.set(max(service.log.clock.now, record["timestamp"]?.integer ?? 0))
        try service.feed([try Self.record(record)])
        try service.runUntilCaughtUp()
      }
      let now = try #require(expected["now"]?.string.flatMap { try? RFC3339.parse(Array($0.utf8).span).get() })
      service.log.clock.set(now.milliseconds)
      try service.runUntilCaughtUp()
      try expectProjections(of: service, equal: expected)
      try expectVerdicts(of: service, equal: expected)
      try expectSignals(of: service, equal: expected)
      if count == records.count { try expectRefusals(of: service, equal: refused) }
    }
  }

  @Test func everyScenarioIsRun() throws {
    let found = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).sorted()
    #expect(found == Self.names)
  }

  // MARK: - Comparing

  private func expectProjections(of service: MemoryService, equal expected: JSONValue) throws {
    let published = try SeededHistoryTests.counts(service)
    let areas = try #require(expected["projections"]?.members)
    for area in Set(areas.map(\.name)).union(published.keys).sorted() {
      for measure in Measure.allCases {
        let numbers = expected["projections"]?[area]?[measure.name]
        for window in Self.windows {
          let ours = published[area]?[measure.name]?[window]?.integer ?? 0
          #expect(ours == numbers?[window]?.integer ?? 0, "\(area) \(measure.name) \(window)")
        }
      }
    }
  }

  /// What stands, and the whole life of every signal.
  private func expectSignals(of service: MemoryService, equal expected: JSONValue) throws {
    let published = try SeededHistoryTests.signals(service)
    let life = published.map { signal in
      [
        signal["area"]?.string, signal["days"]?.elements?.first?.string, signal["revision"]?.integer.map { "\($0)" },
        signal["status"]?.string,
      ].map { $0 ?? "-" }.joined(separator: " ")
    }
    #expect(life == (expected["life"]?.elements ?? []).compactMap(\.string))
    var standing: [String: [String]] = [:]
    for (area, signals) in try SeededHistoryTests.newest(service, "signals") {
      for signal in signals.elements ?? [] {
        let told = published.last { $0["id"] == signal["id"] }
        #expect(told?["area"]?.string == area)
        standing[area, default: []].append(
          [told?["measure"], told?["detector"]?["name"], told?["days"]?.elements?.first, signal["severity"]]
            .map { $0?.string ?? "-" }.joined(separator: " "))
      }
    }
    for area in Set(standing.keys).union((expected["signals"]?.members ?? []).map(\.name)) {
      let ours = (expected["signals"]?[area]?.elements ?? []).map { signal in
        (signal.elements ?? []).compactMap(\.string).joined(separator: " ")
      }
      #expect(standing[area] ?? [] == ours, "\(area)")
    }
  }

  private func expectVerdicts(of service: MemoryService, equal expected: JSONValue) throws {
    guard let numbers = expected["verdicts"]?["incidents"] else { return }
    let account = try #require(try service.status().accounts.first)
    let ours = [
      "in": account.received, "rejected": account.rejected, "folded": account.folded, "duplicate": account.duplicate,
      "conflict": account.conflict, "superseded": account.superseded,
    ]
    for (name, count) in ours { #expect(count == numbers[name]?.integer, "\(name)") }
  }

  private func expectRefusals(of service: MemoryService, equal refused: [JSONValue]) throws {
    let batch = try service.log.committedRecords(in: TopicPartition("incidents.rejections", 0))
    let ours = batch.records.map { record in
      "\(batch.header("partition", of: record) ?? "") \(batch.header("code", of: record) ?? "")"
    }
    let expected = refused.map { "\($0["partition"]?.integer ?? -1) \($0["code"]?.string ?? "")" }
    #expect(ours.sorted() == expected.sorted())
  }

  private static let windows =
    Window.allCases.map(\.name) + Window.allCases.map { "previous" + $0.name } + ["today", "yesterday", "total"]

  // MARK: - Reading

  private static func json(_ name: String, _ file: String) throws -> JSONValue {
    try JSONValue(parsing: Array(Data(contentsOf: folder.appending(path: "\(name)/\(file)"))))
  }

  private static func service(_ name: String, _ expected: JSONValue, firstArrival: Int64) throws -> MemoryService {
    var configuration = Configuration()
    if let file = expected["configuration"]?.string {
      configuration = try Configuration(json: json(name, file))
    } else if let file = expected["registry"]?.string {
      let sources = try json(name, file)
      configuration = try Configuration(json: .object([.init("sources", sources)]))
    }
    return try MemoryService(log: MemoryLog(clock: MemoryClock(now: firstArrival)), configuration: configuration)
  }

  private static func record(_ value: JSONValue) throws -> OutgoingRecord {
    let headers = (value["headers"]?.members ?? []).map { RecordHeader($0.name, $0.value.string ?? "") }
    let payload: [UInt8]? =
      switch value["value"] {
      case nil, .null: nil
      case .string(let text): Array(text.utf8)
      case .some(let event): event.written
      }
    return OutgoingRecord(
      topic: "incidents", partition: value["partition"]?.integer.map(Int32.init),
      key: value["key"]?.string.map { Array($0.utf8) }, value: payload, headers: headers)
  }
}

extension JSONValue {
  /// The value as JSON text.
  fileprivate var written: [UInt8] {
    switch self {
    case .null: Array("null".utf8)
    case .bool(let value): Array("\(value)".utf8)
    case .integer(let value): Array("\(value)".utf8)
    case .number(let value): Array("\(value)".utf8)
    case .string(let text):
      {
        var writer = JSONWriter()
        writer.string(text)
        return writer.bytes
      }()
    case .array(let elements): Array("[".utf8) + elements.map(\.written).joined(separator: [0x2C]) + Array("]".utf8)
    case .object(let members):
      Array("{".utf8)
        + members.map { JSONValue.string($0.name).written + [0x3A] + $0.value.written }.joined(separator: [0x2C])
        + Array("}".utf8)
    }
  }
}
