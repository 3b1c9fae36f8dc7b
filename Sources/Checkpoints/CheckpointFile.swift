import Incidents
import Pipeline
import SQLite
import Wire

/// The tables of a file of checkpoints.
///
/// A *line* is a whole checkpoint and those that were built on it. Of each place of a line there is one row for each
/// checkpoint that wrote it; a checkpoint's page is the newest row that is not newer than itself.
struct CheckpointFile: ~Copyable {
  /// "Bell", so that a file can be told from another program's.
  private static let application: Int64 = 0x4265_6C6C
  private static let format: Int64 = 1

  private let database: Database

  /// Opens the file, and makes the tables where there are none or those of another version.
  init(path: String, _ access: Database.Access) throws(SQLiteError) {
    let database = try Database(path: path, access)
    let application = try database.integer("PRAGMA application_id")
    let format = try database.integer("PRAGMA user_version")
    if application != Self.application || format != Self.format {
      let tables = try database.integer("SELECT count(*) FROM sqlite_schema") ?? 0
      guard application == Self.application || tables == 0 else {
        throw SQLiteError(.foreign, reason: "the database is another program's")
      }
      guard access == .create else { throw SQLiteError(.foreign, reason: "the database has another format") }
      try Self.makeTables(in: database)
    }
    self.database = database
  }

  private static func makeTables(in database: borrowing Database) throws(SQLiteError) {
    // A page of events takes 48 KiB and a little. After a power cut the newest checkpoints may be missing, but what is
    // there is whole: that is all that is asked.
    try database.execute("PRAGMA page_size = 16384; PRAGMA journal_mode = WAL")
    // A closure would copy what it borrows.
    try database.execute(
      """
      BEGIN IMMEDIATE;
      DROP TABLE IF EXISTS page;
      DROP TABLE IF EXISTS checkpoint;
      CREATE TABLE checkpoint (
        id INTEGER PRIMARY KEY AUTOINCREMENT, line INTEGER NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL,
        savedAt INTEGER NOT NULL, header BLOB NOT NULL);
      CREATE TABLE page (
        line INTEGER NOT NULL, place INTEGER NOT NULL, since INTEGER NOT NULL, bytes BLOB NOT NULL);
      CREATE UNIQUE INDEX pageByPlace ON page (line, place, since);
      PRAGMA application_id = \(application);
      PRAGMA user_version = \(format);
      COMMIT;
      """)
  }

  /// The newest first.
  borrowing func checkpoints(of partition: TopicPartition) throws(SQLiteError) -> [StoredCheckpoint] {
    var select = try database.prepare(
      "SELECT id, savedAt, header FROM checkpoint WHERE topic = ? AND partition = ? ORDER BY id DESC")
    try select.bind(1, partition.topic)
    try select.bind(2, Int64(partition.partition))
    var found: [StoredCheckpoint] = []
    while try select.step() {
      found.append(
        StoredCheckpoint(
          id: CheckpointID(number: select.integer(0)), header: select.bytes(2),
          savedAt: EventTime(milliseconds: select.integer(1))))
    }
    return found
  }

  /// False when there is no such checkpoint.
  borrowing func readPages(
    of checkpoint: CheckpointID, in partition: TopicPartition, _ body: (_ place: Int, _ page: [UInt8]) -> Void
  ) throws(SQLiteError) -> Bool {
    try database.reading { () throws(SQLiteError) in
      guard let line = try line(of: checkpoint, in: partition) else { return false }
      var select = try database.prepare(
        """
        SELECT place, bytes FROM page AS one WHERE line = ?1 AND since = (
          SELECT max(since) FROM page WHERE line = ?1 AND place = one.place AND since <= ?2)
        ORDER BY place
        """)
      try select.bind(1, line)
      try select.bind(2, checkpoint.number)
      while try select.step() { body(Int(select.integer(0)), select.bytes(1)) }
      return true
    }
  }

  private borrowing func line(
    of checkpoint: CheckpointID, in partition: TopicPartition
  ) throws(SQLiteError) -> Int64? {
    var select = try database.prepare("SELECT line FROM checkpoint WHERE id = ? AND topic = ? AND partition = ?")
    try select.bind(1, checkpoint.number)
    try select.bind(2, partition.topic)
    try select.bind(3, Int64(partition.partition))
    return try select.step() ? select.integer(0) : nil
  }
}

// MARK: - Writing

extension CheckpointFile {
  /// In one transaction: the header, the pages, and what is forgotten. Nil when `base` is not there.
  borrowing func save(
    header: [UInt8], pages: [CheckpointPage], on base: CheckpointID?, of partition: TopicPartition, at: EventTime,
    passing: CrashPoint.Hook?
  ) throws(SQLiteError) -> CheckpointID? {
    // No more than this stays behind of the log that a whole checkpoint leaves.
    try database.execute("PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 16777216")
    return try database.transaction { () throws(SQLiteError) in
      let known = try checkpoints(of: partition).map(\.id)
      guard base == nil || known.contains(where: { $0 == base }) else { return nil }
      let id = try insert(header, of: partition, at: at)
      var line = id.number
      if let base { line = try self.line(of: base, in: partition) ?? line }
      try enter(id, in: line)
      try write(pages, since: id, in: line)
      passing?(.insideCheckpoint)
      try forget(partition, exceptFor: id, and: base ?? known.first)
      return id
    }
  }

  private borrowing func insert(
    _ header: [UInt8], of partition: TopicPartition, at: EventTime
  ) throws(SQLiteError) -> CheckpointID {
    var insert = try database.prepare(
      "INSERT INTO checkpoint (line, topic, partition, savedAt, header) VALUES (0, ?, ?, ?, ?)")
    try insert.bind(1, partition.topic)
    try insert.bind(2, Int64(partition.partition))
    try insert.bind(3, at.milliseconds)
    try insert.bind(4, header)
    try insert.run()
    return CheckpointID(number: database.lastRow)
  }

  private borrowing func enter(_ id: CheckpointID, in line: Int64) throws(SQLiteError) {
    var update = try database.prepare("UPDATE checkpoint SET line = ? WHERE id = ?")
    try update.bind(1, line)
    try update.bind(2, id.number)
    try update.run()
  }

  private borrowing func write(
    _ pages: [CheckpointPage], since id: CheckpointID, in line: Int64
  ) throws(SQLiteError) {
    var insert = try database.prepare("INSERT INTO page (line, place, since, bytes) VALUES (?, ?, ?, ?)")
    try insert.bind(1, line)
    try insert.bind(3, id.number)
    for page in pages {
      try insert.bind(2, Int64(page.place))
      try insert.bind(4, page.bytes)
      try insert.run()
    }
  }

  /// Only two checkpoints stay, and of each place what they need.
  private borrowing func forget(
    _ partition: TopicPartition, exceptFor newest: CheckpointID, and kept: CheckpointID?
  ) throws(SQLiteError) {
    var delete = try database.prepare(
      "DELETE FROM checkpoint WHERE topic = ? AND partition = ? AND id NOT IN (?, ?)")
    try delete.bind(1, partition.topic)
    try delete.bind(2, Int64(partition.partition))
    try delete.bind(3, newest.number)
    try delete.bind(4, kept?.number ?? newest.number)
    try delete.run()
    try database.execute("DELETE FROM page WHERE line NOT IN (SELECT line FROM checkpoint)")
    guard let kept, let line = try line(of: kept, in: partition) else { return }
    // Rows of forgotten checkpoints between the two, and rows that the older of the two has a newer one for.
    var superseded = try database.prepare(
      """
      DELETE FROM page WHERE line = ?1 AND since <> ?3 AND (since > ?2 OR EXISTS (
        SELECT 1 FROM page AS newer
        WHERE newer.line = ?1 AND newer.place = page.place AND newer.since > page.since AND newer.since <= ?2))
      """)
    try superseded.bind(1, line)
    try superseded.bind(2, kept.number)
    try superseded.bind(3, newest.number)
    try superseded.run()
  }
}
