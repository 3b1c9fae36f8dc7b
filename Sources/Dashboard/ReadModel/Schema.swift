import SQLite

/// The tables of the read model. All of it can be read again from the topics: a file of another version is emptied.
enum Schema {
  /// Raised with every change of the tables or of what is kept in them.
  static let version: Int64 = 1

  static func prepare(_ database: borrowing Database) throws(SQLiteError) {
    // A reader never waits for the writer, nor the writer for a reader. After a loss of power the newest transactions
    // may be missing, positions and contents alike: they are read again.
    try database.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=16777216;")
    if try database.integer("PRAGMA user_version") != version { try empty(database) }
  }

  /// Makes all tables anew, without content.
  static func empty(_ database: borrowing Database) throws(SQLiteError) {
    try database.transaction { () throws(SQLiteError) in
      for table in tables { try database.execute("DROP TABLE IF EXISTS \(table)") }
      try database.execute(definition)
      try database.execute("PRAGMA user_version=\(version)")
    }
  }

  private static let tables = [
    "meta", "positions", "projections", "signals", "revisions", "days", "sources", "rejections", "changes",
  ]

  private static let definition = """
    CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE positions(topic TEXT, partition INTEGER, next INTEGER NOT NULL, PRIMARY KEY(topic, partition))
      WITHOUT ROWID;
    CREATE TABLE projections(area TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE signals(
      id TEXT PRIMARY KEY, place INTEGER NOT NULL, status TEXT NOT NULL, standing INTEGER NOT NULL,
      area TEXT NOT NULL, force TEXT NOT NULL, measure TEXT NOT NULL, severity INTEGER NOT NULL,
      interval INTEGER NOT NULL, judged INTEGER NOT NULL, value BLOB NOT NULL);
    CREATE INDEX signals_newest ON signals(place);
    CREATE INDEX signals_of_area ON signals(area, place);
    CREATE INDEX signals_rank ON signals(severity, interval, place) WHERE standing;
    CREATE TABLE revisions(id TEXT, revision INTEGER, value BLOB NOT NULL, PRIMARY KEY(id, revision)) WITHOUT ROWID;
    CREATE TABLE days(
      area TEXT, measure INTEGER, day INTEGER, count INTEGER NOT NULL, judgements TEXT NOT NULL,
      PRIMARY KEY(area, measure, day)) WITHOUT ROWID;
    CREATE TABLE sources(source TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE rejections(
      hour INTEGER, topic TEXT, source TEXT, code TEXT, count INTEGER NOT NULL, newest INTEGER NOT NULL,
      partition INTEGER NOT NULL, offset INTEGER NOT NULL, reason TEXT NOT NULL, action TEXT NOT NULL,
      member TEXT NOT NULL, PRIMARY KEY(hour, topic, source, code)) WITHOUT ROWID;
    CREATE TABLE changes(
      seq INTEGER PRIMARY KEY, kind INTEGER NOT NULL, place INTEGER NOT NULL, area TEXT NOT NULL,
      measures INTEGER NOT NULL, severity INTEGER NOT NULL, value BLOB NOT NULL);
    CREATE INDEX changes_place ON changes(kind, place);
    """
}
