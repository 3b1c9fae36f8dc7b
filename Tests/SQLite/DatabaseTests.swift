import Foundation
import SQLite
import Testing

/// SQLite through the wrapper: what comes back, and what is told when something is in the way.
@Suite struct DatabaseTests {
  /// A directory of its own, gone at the end.
  private final class Scratch {
    let directory = FileManager.default.temporaryDirectory.appending(path: "sqlite-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: directory) }

    var file: String { directory.appending(path: "database").path }
  }

  private static func code(_ body: () throws(SQLiteError) -> Void) -> SQLiteError.Code? {
    do {
      try body()
      return nil
    } catch {
      return error.code
    }
  }

  @Test func valuesComeBackAsTheyWere() throws {
    let database = try Database(path: ":memory:", .create)
    try database.execute("CREATE TABLE t (i, d, s, b, n); CREATE TABLE u (x)")
    var insert = try database.prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?)")
    let texts = ["", "Lambeth", "a\0b", "é🗡"]
    let blobs: [[UInt8]] = [[], [0], [UInt8](repeating: 7, count: 100_000), [0, 255, 0]]
    for (place, integer) in [Int64.min, -1, 0, Int64.max].enumerated() {
      try insert.bind(1, integer)
      try insert.bind(2, 0.1 * Double(place))
      try insert.bind(3, texts[place])
      try insert.bind(4, blobs[place])
      try insert.bindNull(5)
      try insert.run()
      #expect(database.lastRow == Int64(place + 1))
    }
    var select = try database.prepare("SELECT i, d, s, b, n FROM t ORDER BY rowid")
    for (place, integer) in [Int64.min, -1, 0, Int64.max].enumerated() {
      #expect(try select.step())
      #expect(select.integer(0) == integer)
      #expect(select.double(1) == 0.1 * Double(place))
      #expect(select.text(2) == texts[place])
      #expect(select.bytes(3) == blobs[place])
      #expect(!select.isNull(3))
      #expect(select.isNull(4))
    }
    #expect(try !select.step())
    #expect(try database.integer("SELECT count(*) FROM t WHERE s = '' AND typeof(s) = 'text'") == 1)
    #expect(try database.integer("SELECT x FROM u") == nil)
  }

  @Test func aTransactionIsKeptWholeOrNotAtAll() throws {
    let database = try Database(path: ":memory:", .create)
    try database.execute("CREATE TABLE t (i UNIQUE)")
    try database.transaction { () throws(SQLiteError) in try database.execute("INSERT INTO t VALUES (1)") }
    let code = Self.code { () throws(SQLiteError) in
      try database.transaction { () throws(SQLiteError) in
        try database.execute("INSERT INTO t VALUES (2)")
        try database.execute("INSERT INTO t VALUES (1)")
      }
    }
    #expect(code == .constraint)
    #expect(!database.isInTransaction)
    #expect(try database.integer("SELECT count(*) FROM t") == 1)
  }

  /// A reader sees what was there when it began; who cannot get the lock is told so; a reader changes nothing.
  @Test func twoConnections() throws {
    let scratch = try Scratch()
    let one = try Database(path: scratch.file, .create, patience: .zero)
    try one.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (i); INSERT INTO t VALUES (1)")
    let two = try Database(path: scratch.file, .readWrite, patience: .zero)
    let reader = try Database(path: scratch.file, .readOnly, patience: .zero)
    try reader.reading { () throws(SQLiteError) in
      #expect(try reader.integer("SELECT count(*) FROM t") == 1)
      try one.transaction { () throws(SQLiteError) in
        try one.execute("INSERT INTO t VALUES (2)")
        let busy = Self.code { () throws(SQLiteError) in try two.execute("INSERT INTO t VALUES (3)") }
        #expect(busy == .busy)
      }
      #expect(try reader.integer("SELECT count(*) FROM t") == 1)
    }
    #expect(try reader.integer("SELECT count(*) FROM t") == 2)
    let refused = Self.code { () throws(SQLiteError) in try reader.execute("INSERT INTO t VALUES (4)") }
    #expect(refused == .readOnly)
  }

  @Test func whatIsInTheWayIsNamed() throws {
    let scratch = try Scratch()
    let missing = Self.code { () throws(SQLiteError) in _ = try Database(path: scratch.file, .readOnly) }
    #expect(missing == .cannotOpen)
    try Data(repeating: 65, count: 8_192).write(to: URL(filePath: scratch.file))
    let foreign = Self.code { () throws(SQLiteError) in
      _ = try Database(path: scratch.file, .create).integer("SELECT count(*) FROM sqlite_schema")
    }
    #expect(foreign == .damaged)
    let small = try Database(path: ":memory:", .create)
    try small.execute("PRAGMA max_page_count = 4; CREATE TABLE t (b)")
    let full = Self.code { () throws(SQLiteError) in try small.execute("INSERT INTO t VALUES (zeroblob(100000))") }
    #expect(full == .full)
    let wrong = Self.code { () throws(SQLiteError) in _ = try small.prepare("SELEKT 1") }
    #expect(wrong == .other)
  }

  /// A statement may outlive its connection's value.
  @Test func aStatementKeepsItsConnection() throws {
    var statement = try Database(path: ":memory:", .create).prepare("SELECT 42")
    #expect(try statement.step())
    #expect(statement.integer(0) == 42)
  }
}
