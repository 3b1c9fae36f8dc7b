import Foundation
import Hotspots
import Pipeline
import PipelineTesting
import SQLite
import Testing
import Wire

/// Restarts from checkpoints on a real broker, and from what is left of them.
@Suite(.needsBrokerAndProgram) struct CheckpointTests {
  enum Damage: String, CaseIterable {
    case none, deleted, older, torn, empty, ofAnotherPartition, ofAnotherJournal, readOnly, busy, noRoom, aDirectory

    /// What the program says of it; nil when it has nothing to say.
    var words: String? {
      switch self {
      case .none, .deleted, .older, .empty: nil
      case .torn: "damaged"
      case .ofAnotherPartition: ".journal-7"
      case .ofAnotherJournal: "it is of another journal"
      case .readOnly: "cannot be written"
      case .busy: "another process holds"
      case .noRoom: "no checkpoint could be written"
      case .aDirectory: "cannot be opened"
      }
    }

    /// Whether the start has a checkpoint that it can use.
    var isUsable: Bool {
      switch self {
      case .none, .older, .readOnly, .busy, .noRoom: true
      default: false
      }
    }
  }

  /// The same history, half of it before the damage and half after, each with a restart in its midst.
  @Test(arguments: Damage.allCases)
  func whateverIsLeftTheAnswerIsTheSame(_ damage: Damage) throws {
    let deployment = try Deployment(configuration: Configuration(sources: GeneratedHistory.registry))
    let program = deployment.program
    defer { program.removeFiles() }
    let history = try GeneratedHistory(seed: 81, count: 4_000, now: Deployment.now)
    let records = history.outgoing(prefix: deployment.names.prefix)
    let file = program.stateDirectory.appending(path: "\(program.prefix)test/checkpoints.sqlite")
    let earlier = file.appendingPathExtension("earlier")

    try deployment.send(Array(records[..<1_500]))
    try deployment.runUntilCaughtUp()
    try FileManager.default.copyItem(at: file, to: earlier)
    try deployment.send(Array(records[1_500..<3_000]))
    try deployment.runUntilCaughtUp()

    var held: Holder?
    try Self.apply(damage, to: file, earlier: earlier, &held)
    try deployment.send(Array(records[3_000...]))
    let run = ["run", "--roles", "ingest,fold", "--until-caught-up"]
    let answer = try damage == .noRoom ? program.run(run, limits: Self.smallFiles) : program.run(run)
    #expect(answer.exitCode == 0, "\(answer.complaints)")
    if let words = damage.words {
      #expect(answer.complaints.contains(words), "\(answer.complaints)")
    }
    #expect(answer.complaints.contains("taken up from the checkpoint") == damage.isUsable, "\(answer.complaints)")
    held = nil

    try deployment.expectEqualToReference()
    try deployment.expectEachRecordOnce()
    #expect(try program("verify").exitCode == 0)
  }

  /// Files of at most 64 KiB: enough to read what is there, too little for another page of events.
  private static let smallFiles = "ulimit -f 128"

  /// Another process that has the file locked.
  private final class Holder {
    private let database: Database

    init(_ path: String) throws {
      database = try Database(path: path, .readWrite)
      try database.execute("BEGIN EXCLUSIVE")
    }
  }

  private static func apply(_ damage: Damage, to file: URL, earlier: URL, _ held: inout Holder?) throws {
    let files = FileManager.default
    switch damage {
    case .none, .noRoom: break
    case .deleted: try files.removeItem(at: file)
    case .older:
      try files.removeItem(at: file)
      try files.copyItem(at: earlier, to: file)
    case .torn:
      let handle = try FileHandle(forUpdating: file)
      try handle.truncate(atOffset: handle.seekToEnd() / 2)
      try handle.close()
    case .empty: try Data().write(to: file)
    case .ofAnotherPartition: try change(file) { $0.replacing("\"partition\":0", with: "\"partition\":7") }
    case .ofAnotherJournal: try change(file) { $0.replacing("\"journal\":\"", with: "\"journal\":\"x") }
    case .readOnly:
      // Of such a version SQLite says that it may be read and not written: root may write everything else.
      let handle = try FileHandle(forUpdating: file)
      try handle.seek(toOffset: 18)
      try handle.write(contentsOf: [3])
      try handle.close()
    case .busy: held = try Holder(file.path)
    case .aDirectory:
      try files.removeItem(at: file)
      try files.createDirectory(at: file, withIntermediateDirectories: false)
    }
  }

  /// Changes the headers, checksums included.
  private static func change(_ file: URL, _ body: (String) -> String) throws {
    let database = try Database(path: file.path, .readWrite)
    var select = try database.prepare("SELECT id, header FROM checkpoint")
    var headers: [(Int64, [UInt8])] = []
    while try select.step() { headers.append((select.integer(0), select.bytes(1))) }
    for (id, header) in headers {
      let text = String(decoding: try #require(ChecksummedBytes(bytes: header)).contents, as: UTF8.self)
      var update = try database.prepare("UPDATE checkpoint SET header = ? WHERE id = ?")
      try update.bind(1, ChecksummedBytes(Array(body(text).utf8)).bytes)
      try update.bind(2, id)
      try update.run()
    }
  }
}
