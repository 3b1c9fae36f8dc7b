import Foundation
import Hotspots
import Incidents
import KafkaLog
import Pipeline
import PipelineTesting
import Testing
import Wire

/// What a test sees of a deployment on the real broker.
struct Deployment {
  let program: Program
  let names: Names
  let log: KafkaLogFactory

  private let configuration: Configuration
  private let birth = LocalDay(containing: Self.now)

  /// Topics are there and the journal is born.
  init(configuration: Configuration = Configuration()) throws {
    self.configuration = configuration
    program = try Program()
    names = Names(prefix: program.prefix)
    log = KafkaLogFactory(
      bootstrapServers: program.bootstrapServers, properties: [:],
      logFile: FileManager.default.temporaryDirectory.appending(path: "\(program.prefix)librdkafka.log").path,
      clientID: "test")
    let file = FileManager.default.temporaryDirectory.appending(path: "\(program.prefix)config.json")
    try Data(configuration.json).write(to: file)
    let applied = try program.run(["topics", "apply", "--config", file.path])
    try #require(applied.exitCode == 0, "\(applied.output)\(applied.complaints)")
  }

  static var now: EventTime { EventTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) }

  /// Writes records to the inputs, acknowledged.
  func send(_ records: [OutgoingRecord]) throws {
    let sender = try log.makeSender()
    defer { sender.close() }
    for record in records { try sender.send(record) }
    let totals = try sender.flush()
    try #require(totals.delivered == records.count)
  }

  /// Everything committed in a topic.
  func read(_ topic: String) throws -> RecordBatch {
    let administration = try log.makeAdministration()
    defer { administration.close() }
    let description = try #require(try administration.describe(topics: [topic], settings: []).first)
    let partitions = (0..<Int32(description.partitions)).map { TopicPartition(topic, $0) }
    let bounds = try administration.bounds(of: partitions)
    var open = bounds.filter { $0.value.first < $0.value.next }
    let reader = try log.makeReader()
    defer { reader.close(leaving: true) }
    var all = RecordBatch()
    guard !open.isEmpty else { return all }
    try reader.assign(open.mapValues(\.first))
    while !open.isEmpty {
      let signal = try reader.poll(
        into: &all, limit: PollLimit(records: .max, bytes: .max), waiting: .milliseconds(200))
      if case .endOfPartition(let partition, let offset)? = signal, offset >= open[partition]?.next ?? 0 {
        open[partition] = nil
      }
    }
    return all
  }

  func status() throws -> ServiceStatus { try ServiceStatus(names: names, log: log) }

  /// The slow reference finds the same projections, standing signals and verdicts, every record has its verdict, and none
  /// waits.
  func expectEqualToReference(sourceLocation: SourceLocation = #_sourceLocation) throws {
    let status = try status()
    for account in status.accounts {
      #expect(account.waiting == 0, sourceLocation: sourceLocation)
    }
    let answer = try SlowReference.compare(
      bootstrapServers: program.bootstrapServers, prefix: program.prefix, configuration: configuration, birth: birth,
      verdicts: status)
    #expect(answer.isEqual, "\(answer.text)", sourceLocation: sourceLocation)
  }

  func runUntilCaughtUp(sourceLocation: SourceLocation = #_sourceLocation) throws {
    let answer = try program("run", "--roles", "ingest,fold", "--until-caught-up")
    #expect(answer.exitCode == 0, "\(answer.output)\(answer.complaints)", sourceLocation: sourceLocation)
  }

  /// The newest measures of each area, as published.
  func measures() throws -> [String: JSONValue] {
    var newest: [String: JSONValue] = [:]
    let batch = try read(names(.boroughProjections))
    for record in batch.records {
      guard let key = record.key, let value = record.value else { continue }
      newest[batch.text(key)] = try JSONValue(parsing: batch.copy(value))["measures"]
    }
    return newest
  }

  /// Every accepted record has one journal line and every refused one one rejection: nothing is missing or doubled.
  func expectEachRecordOnce(sourceLocation: SourceLocation = #_sourceLocation) throws {
    var positions: [String: Int] = [:]
    let journal = try read(names(.journal))
    for record in journal.records where journal.header("kind", of: record) == "events" {
      guard let value = record.value else { continue }
      for line in journal.copy(value).split(separator: UInt8(ascii: "\n")) {
        let from = try #require(try JSONValue(parsing: Array(line))["from"]?.elements)
        positions["\(from[0].string ?? "")-\(from[1].integer ?? -1)@\(from[2].integer ?? -1)", default: 0] += 1
      }
    }
    var (sent, missing) = (0, 0)
    for topic in InputTopic.allCases {
      let rejections = try read(names.rejections(of: topic))
      for record in rejections.records {
        let place = ["topic", "partition", "offset"].map { rejections.header($0, of: record) ?? "" }
        positions["\(place[0].dropFirst(names.prefix.count))-\(place[1])@\(place[2])", default: 0] += 1
      }
      let inputs = try read(names.input(topic))
      sent += inputs.records.count
      for record in inputs.records {
        let partition = inputs.partition(of: record)
        let place = "\(partition.topic.dropFirst(names.prefix.count))-\(partition.partition)@\(record.offset)"
        if positions[place] == nil { missing += 1 }
      }
    }
    #expect(missing == 0, "missing", sourceLocation: sourceLocation)
    #expect(positions.count == sent, sourceLocation: sourceLocation)
    #expect(positions.values.allSatisfy { $0 == 1 }, "doubled", sourceLocation: sourceLocation)
  }
}
