import CSQLite

/// A connection to a SQLite database, used by one thread at a time. Closed at its end, and after the last of its
/// statements.
///
/// Calls block. Whoever shares a connection between threads puts it behind a lock.
@safe public struct Database: ~Copyable {
  public enum Access: Sendable {
    /// The file has to be there.
    case readOnly
    /// The file has to be there, and stays as it is where it cannot be written: then each change is refused.
    case readWrite
    /// The file is made if it is not there.
    case create
  }

  private let handle: OpaquePointer

  /// - Parameters:
  ///   - path: of the file; `:memory:` is a database that ends with its connection.
  ///   - patience: how long a call waits for a lock that somebody else holds.
  public init(path: String, _ access: Access, patience: Duration = .seconds(1)) throws(SQLiteError) {
    let flags =
      switch access {
      case .readOnly: SQLITE_OPEN_READONLY
      case .readWrite: SQLITE_OPEN_READWRITE
      case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      }
    var opened: OpaquePointer?
    // Serialised, so that a connection may move from one thread to another.
    let code = unsafe sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    guard let opened = unsafe opened else { throw SQLiteError(extendedCode: SQLITE_NOMEM, reason: "out of memory") }
    guard code == SQLITE_OK else {
      let error = unsafe SQLiteError(code, of: opened)
      // A connection that could not be opened has to be closed all the same.
      unsafe sqlite3_close_v2(opened)
      throw error
    }
    unsafe handle = unsafe opened
    let (seconds, attoseconds) = patience.components
    let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    unsafe sqlite3_busy_timeout(handle, Int32(clamping: milliseconds))
  }

  deinit {
    // Waits for the statements: none of them ever has a handle that is gone.
    unsafe sqlite3_close_v2(handle)
  }

  /// Runs one statement or several, without parameters and for what they change.
  public func execute(_ sql: String) throws(SQLiteError) {
    let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw unsafe SQLiteError(code, of: handle) }
  }

  /// Makes ready one statement, to be run as often as wanted.
  public func prepare(_ sql: String) throws(SQLiteError) -> Statement {
    var statement: OpaquePointer?
    let code = unsafe sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
    guard code == SQLITE_OK else { throw unsafe SQLiteError(code, of: handle) }
    guard let statement = unsafe statement else {
      throw SQLiteError(extendedCode: SQLITE_MISUSE, reason: "there is no statement in \"\(sql)\"")
    }
    return unsafe Statement(owning: statement)
  }

  /// Runs `body` in one transaction that may write: all of it is kept, or after an error nothing.
  public func transaction<Answer>(_ body: () throws(SQLiteError) -> Answer) throws(SQLiteError) -> Answer {
    // Takes the lock at once: a transaction that reads first and writes later can fail half-way by another's write.
    try execute("BEGIN IMMEDIATE")
    do {
      let answer = try body()
      try execute("COMMIT")
      return answer
    } catch {
      // Some errors have rolled it back already; then there is nothing left to roll back.
      if isInTransaction { try? execute("ROLLBACK") }
      throw error
    }
  }

  /// Runs `body` on one unchanging view of the database, whatever others write meanwhile.
  public func reading<Answer>(_ body: () throws(SQLiteError) -> Answer) throws(SQLiteError) -> Answer {
    try execute("BEGIN")
    defer { if isInTransaction { try? execute("ROLLBACK") } }
    return try body()
  }

  public var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

  /// The rowid of the newest row that this connection has put in.
  public var lastRow: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

  /// How many rows the last statement has changed.
  public var changes: Int64 { unsafe sqlite3_changes64(handle) }

  /// The one whole number that a statement answers, such as a pragma's value; nil when it answers nothing.
  public func integer(_ sql: String) throws(SQLiteError) -> Int64? {
    var statement = try prepare(sql)
    return try statement.step() ? statement.integer(0) : nil
  }
}

extension SQLiteError {
  /// What a connection says of its last call.
  init(_ code: Int32, of handle: OpaquePointer) {
    // The text belongs to the connection and is copied here.
    let text = unsafe sqlite3_errmsg(handle).map { unsafe String(cString: $0) }
    self.init(extendedCode: code, reason: text ?? "error \(code)")
  }
}
