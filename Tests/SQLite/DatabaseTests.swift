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
      let row = database.lastRow
      #expect(row == Int64(place + 1))
    }
    var select = try database.prepare("SELECT i, d, s, b, n FROM t ORDER BY rowid")
    for (place, integer) in [Int64.min, -1, 0, Int64.max].enumerated() {
      let isThere = try select.step()
      try #require(isThere)
      let (i, d, s, b) = (select.integer(0), select.double(1), select.text(2), select.bytes(3))
      #expect(i == integer)
      #expect(d == 0.1 * Double(place))
      #expect(s == texts[place])
      #expect(b == blobs[place])
      let areNull = [select.isNull(3), select.isNull(4)]
      #expect(areNull == [false, true])
    }
    let isMore = try select.step()
    #expect(!isMore)
    let emptyTexts = try database.integer("SELECT count(*) FROM t WHERE s = '' AND typeof(s) = 'text'")
    #expect(emptyTexts == 1)
    let nothing = try database.integer("SELECT x FROM u")
    #expect(nothing == nil)
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
    let isOpen = database.isInTransaction
    #expect(!isOpen)
    let rows = try database.integer("SELECT count(*) FROM t")
    #expect(rows == 1)
  }

  /// A reader sees what was there when it began; who cannot get the lock is told so; a reader changes nothing.
  @Test func twoConnections() throws {
    let scratch = try Scratch()
    let one = try Database(path: scratch.file, .create, patience: .zero)
    try one.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (i); INSERT INTO t VALUES (1)")
    let two = try Database(path: scratch.file, .readWrite, patience: .zero)
    let reader = try Database(path: scratch.file, .readOnly, patience: .zero)
    try reader.reading { () throws(SQLiteError) in
      let before = try reader.integer("SELECT count(*) FROM t")
      #expect(before == 1)
      try one.transaction { () throws(SQLiteError) in
        try one.execute("INSERT INTO t VALUES (2)")
        let busy = Self.code { () throws(SQLiteError) in try two.execute("INSERT INTO t VALUES (3)") }
        #expect(busy == .busy)
      }
      let during = try reader.integer("SELECT count(*) FROM t")
      #expect(during == 1)
    }
    let after = try reader.integer("SELECT count(*) FROM t")
    #expect(after == 2)
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
    let isThere = try statement.step()
    let answer = statement.integer(0)
    #expect(isThere)
    #expect(answer == 42)
  }
}
