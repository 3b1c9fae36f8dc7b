import Checkpoints
import Foundation
import Incidents
import Pipeline
import PipelineTesting
import SQLite
import Synchronization
import Testing
import Wire

/// The state port on SQLite: what every adapter does, and what only a file can come to.
@Suite struct SQLiteCheckpointsTests {
  private static let partition = TopicPartition("journal", 0)

  /// A file of its own in a directory that goes at the end.
  private final class Scratch {
    let directory = FileManager.default.temporaryDirectory.appending(path: "checkpoints-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: directory) }

    var path: String { directory.appending(path: "checkpoints.sqlite").path }

    func store(_ access: Database.Access = .create) -> SQLiteCheckpoints {
      SQLiteCheckpoints(path: path, access, clock: { EventTime(milliseconds: 77) })
    }
  }

  private static func save(
    _ store: SQLiteCheckpoints, _ header: UInt8, pages: Int = 3, on base: CheckpointID? = nil
  ) throws -> CheckpointID {
    let pages = (0..<pages).map { CheckpointPage(place: $0, bytes: [UInt8](repeating: header, count: 49_168)) }
    return try store.save(header: [header], pages: pages, on: base, of: partition)
  }

  private static func failure(_ body: () throws -> Void) throws -> CheckpointError? {
    do {
      try body()
      return nil
    } catch let error as CheckpointError {
      return error
    }
  }

  @Test(arguments: CheckpointContract.cases)
  func keeps(_ promise: CheckpointContract.Case) throws {
    let scratch = try Scratch()
    try promise.run { scratch.store() }
  }

  @Test func theTimeIsKept() throws {
    let scratch = try Scratch()
    _ = try Self.save(scratch.store(), 1)
    #expect(try scratch.store(.readOnly).checkpoints(of: Self.partition).map(\.savedAt.milliseconds) == [77])
  }

  /// What is forgotten is used again: the file does not grow with the number of checkpoints.
  @Test func theFileDoesNotGrow() throws {
    let scratch = try Scratch()
    var id = try Self.save(scratch.store(), 0, pages: 20)
    func size() throws -> Int64 {
      try Database(path: scratch.path, .readOnly).integer("PRAGMA page_count") ?? 0
    }
    for round in 1...3 { id = try Self.save(scratch.store(), UInt8(round), pages: 20, on: id) }
    let before = try size()
    for round in 4...30 {
      id = try Self.save(scratch.store(), UInt8(round), pages: 20, on: round % 5 == 0 ? nil : id)
    }
    #expect(try size() <= before + before / 2)
  }

  /// Wherever a file is cut off, or a stretch of it overwritten, no page is read that was not written so, and the next
  /// whole checkpoint is kept.
  @Test func aTornFileIsNeverAWrongAnswer() throws {
    var random = SeededGenerator(seed: 5)
    var damages = 0
    for _ in 0..<60 {
      let scratch = try Scratch()
      let one = try Self.save(scratch.store(), 1)
      _ = try Self.save(scratch.store(), 2, pages: 2, on: one)
      var bytes = try Data(contentsOf: URL(filePath: scratch.path))
      let place = random.below(bytes.count)
      if random.chance(5_000) {
        bytes.removeSubrange(place...)
      } else {
        for index in place..<min(place + 1 + random.below(20_000), bytes.count) {
          bytes[index] = UInt8(random.below(256))
        }
      }
      try bytes.write(to: URL(filePath: scratch.path))
      var sums: Set<[UInt8]> = []
      let store = scratch.store()
      let failure = try Self.failure {
        for checkpoint in try store.checkpoints(of: Self.partition) {
          try store.readPages(of: checkpoint.id, in: Self.partition) { _, page in sums.insert(page) }
        }
      }
      if failure != nil { damages += 1 }
      // The reader checks each page by its checksum; here it is enough that nothing crashes and the store recovers, at
      // the latest with the second attempt.
      if (try? Self.save(store, 9)) == nil { _ = try Self.save(store, 9) }
      let newest = try #require(try store.checkpoints(of: Self.partition).first)
      #expect(newest.header == [9])
      var pages = 0
      try store.readPages(of: newest.id, in: Self.partition) { _, page in
        pages += page == [UInt8](repeating: 9, count: 49_168) ? 1 : 0
      }
      #expect(pages == 3)
    }
    #expect(damages > 5)
  }

  @Test func anotherProgramsFileIsLeftAlone() throws {
    let scratch = try Scratch()
    try Database(path: scratch.path, .create).execute("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (42)")
    let read = try Self.failure { _ = try scratch.store().checkpoints(of: Self.partition) }
    let written = try Self.failure { _ = try Self.save(scratch.store(), 1) }
    #expect(read?.reason.contains("another program's") == true && written == read)
    let kept = try Database(path: scratch.path, .readOnly).integer("SELECT x FROM theirs")
    #expect(kept == 42)
  }

  @Test func anotherVersionsFileIsBegunAnew() throws {
    let scratch = try Scratch()
    _ = try Self.save(scratch.store(), 1)
    try Database(path: scratch.path, .readWrite).execute("PRAGMA user_version = 99; DROP TABLE page")
    #expect(try Self.failure { _ = try scratch.store(.readOnly).checkpoints(of: Self.partition) } != nil)
    #expect(try scratch.store().checkpoints(of: Self.partition).isEmpty)
    _ = try Self.save(scratch.store(), 2)
    #expect(try scratch.store().checkpoints(of: Self.partition).map(\.header) == [[2]])
  }

  @Test func aFileThatMayNotBeWrittenIsRead() throws {
    let scratch = try Scratch()
    _ = try Self.save(scratch.store(), 1)
    let reader = scratch.store(.readOnly)
    #expect(try reader.checkpoints(of: Self.partition).map(\.header) == [[1]])
    let failure = try Self.failure { _ = try Self.save(reader, 2) }
    #expect(failure?.reason.contains("cannot be written") == true)
    #expect(try reader.checkpoints(of: Self.partition).map(\.header) == [[1]])
  }

  /// Held by another, the store says so; let go, it goes on with what it had.
  @Test func aFileHeldByAnother() throws {
    let scratch = try Scratch()
    let one = try Self.save(scratch.store(), 1)
    let other = try Database(path: scratch.path, .readWrite)
    try other.execute("BEGIN EXCLUSIVE")
    let failure = try Self.failure { _ = try Self.save(scratch.store(), 2, on: one) }
    #expect(failure?.reason.contains("another process") == true)
    try other.execute("ROLLBACK")
    _ = try Self.save(scratch.store(), 2, on: one)
    #expect(try scratch.store().checkpoints(of: Self.partition).map(\.header) == [[2], [1]])
  }

  @Test func aMissingDirectoryIsNamed() throws {
    let store = SQLiteCheckpoints(path: "/nowhere/at/all", clock: { EventTime(milliseconds: 0) })
    let failure = try Self.failure { _ = try Self.save(store, 1) }
    #expect(failure?.description.contains("/nowhere/at/all") == true)
  }

  /// Whoever reads while a checkpoint is being written sees the ones before it.
  @Test func aReaderBesideTheWriter() throws {
    let scratch = try Scratch()
    let one = try Self.save(scratch.store(), 1)
    let seen = Mutex<[[UInt8]]?>(nil)
    let (path, partition) = (scratch.path, Self.partition)
    let look: CrashPoint.Hook = { point in
      guard point == .insideCheckpoint else { return }
      let reader = SQLiteCheckpoints(path: path, .readOnly, clock: { EventTime(milliseconds: 0) })
      seen.withLock { $0 = try? reader.checkpoints(of: partition).map(\.header) }
    }
    let writer = SQLiteCheckpoints(path: path, clock: { EventTime(milliseconds: 0) }, passing: look)
    _ = try Self.save(writer, 2, on: one)
    #expect(seen.withLock(\.self) == [[1]])
    #expect(try scratch.store().checkpoints(of: Self.partition).map(\.header) == [[2], [1]])
  }
}
