import Foundation
import Hotspots
import Incidents
import Pipeline
import Wire

/// The slow reference of `replay/`, run as a program of its own.
public struct SlowReference {
  /// How it ended, and all that it said.
  public struct Answer: Sendable {
    public var exitCode: Int32
    public var text: String

    public var isEqual: Bool { exitCode == 0 }
  }

  /// The project's top level.
  public static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Compares what a broker holds.
  ///
  /// - Parameters:
  ///   - configuration: the settings in force at the end.
  ///   - birth: the journal's, where the settings leave out when observation began; without it nothing is judged there.
  public static func compare(
    bootstrapServers: String, prefix: String, configuration: Configuration = Configuration(), birth: LocalDay? = nil,
    verdicts: ServiceStatus? = nil
  ) throws -> Answer {
    let place = ["compare", "--bootstrap-servers", bootstrapServers, "--prefix", prefix]
    return try run(place, configuration, birth, verdicts)
  }

  /// Compares what an in-memory log holds.
  public static func compare(
    _ log: MemoryLog, names: Names, configuration: Configuration = Configuration(), birth: LocalDay? = nil,
    verdicts: ServiceStatus? = nil
  ) throws -> Answer {
    let dump = FileManager.default.temporaryDirectory.appending(path: "bellwether-dump-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: dump) }
    let topics =
      names.inputs + names.inputs.map { $0 + ".rejections" } + [names(.boroughProjections), names(.hotspotSignals)]
    let description = try MemoryLogFactory(log).makeAdministration().describe(topics: topics, settings: [])
    var text: [UInt8] = []
    for topic in description {
      for partition in 0..<Int32(topic.partitions) {
        let partition = TopicPartition(topic.name, partition)
        let batch = try log.committedRecords(in: partition)
        for record in batch.records { KcatLine.append(record, of: batch, in: partition, to: &text) }
      }
    }
    try Data(text).write(to: dump)
    return try run(["compare", "--dump", dump.path, "--prefix", names.prefix], configuration, birth, verdicts)
  }

  private static func run(
    _ arguments: [String], _ configuration: Configuration, _ birth: LocalDay?, _ status: ServiceStatus?
  ) throws -> Answer {
    var arguments = arguments
    let folder = FileManager.default.temporaryDirectory.appending(path: "bellwether-given-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    if let status {
      let file = folder.appending(path: "verdicts.json")
      try Data(status.verdictsJSON).write(to: file)
      arguments += ["--verdicts", file.path]
    }
    let file = folder.appending(path: "config.json")
    try Data(configuration.json).write(to: file)
    arguments += ["--config", file.path]
    if let birth { arguments += ["--birth", birth.description] }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", root.appending(path: "replay/reference.py").path] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Answer(exitCode: process.terminationStatus, text: String(decoding: output, as: UTF8.self))
  }
}

extension ServiceStatus {
  /// What the reference reads: `{"incidents":{"in":…,…}}`.
  fileprivate var verdictsJSON: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      for account in accounts {
        writer.object(account.topic.name) { writer in
          writer.member("in", account.received)
          writer.member("rejected", account.rejected)
          writer.member("folded", account.folded)
          writer.member("duplicate", account.duplicate)
          writer.member("conflict", account.conflict)
          writer.member("superseded", account.superseded)
        }
      }
    }
    return writer.bytes
  }
}

/// A record as a line of `kcat -J`: strings hold their bytes as they are, but for what JSON must have escaped.
enum KcatLine {
  static func append(
    _ record: RecordBatch.Record, of batch: borrowing RecordBatch, in partition: TopicPartition,
    to text: inout [UInt8]
  ) {
    text += Array("{\"topic\":".utf8)
    append(Array(partition.topic.utf8), to: &text)
    text += Array(
      ",\"partition\":\(partition.partition),\"offset\":\(record.offset),\"ts\":\(record.timestamp),\"headers\":[".utf8)
    for (index, header) in batch.headers[record.firstHeader..<record.firstHeader + record.headerCount].enumerated() {
      if index > 0 { text.append(UInt8(ascii: ",")) }
      append(batch.copy(header.name), to: &text)
      text.append(UInt8(ascii: ","))
      append(header.value.map { batch.copy($0) }, to: &text)
    }
    text += Array("],\"key\":".utf8)
    append(record.key.map { batch.copy($0) }, to: &text)
    text += Array(",\"payload\":".utf8)
    append(record.value.map { batch.copy($0) }, to: &text)
    text += Array("}\n".utf8)
  }

  private static func append(_ bytes: [UInt8]?, to text: inout [UInt8]) {
    guard let bytes else {
      text += Array("null".utf8)
      return
    }
    text.append(UInt8(ascii: "\""))
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
      case 0..<0x20:
        let digits = String(byte, radix: 16)
        text += Array("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
      default: text.append(byte)
      }
    }
    text.append(UInt8(ascii: "\""))
  }
}
