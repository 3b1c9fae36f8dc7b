import CSQLite

/// A statement made ready, its parameters counted from 1 and its columns from 0, as SQLite does.
@safe public struct Statement: ~Copyable {
  private let handle: OpaquePointer

  init(owning handle: OpaquePointer) { unsafe self.handle = unsafe handle }

  deinit { unsafe sqlite3_finalize(handle) }

  // MARK: Parameters

  public mutating func bind(_ place: Int, _ value: Int64) throws(SQLiteError) {
    try check(unsafe sqlite3_bind_int64(handle, Int32(clamping: place), value))
  }

  public mutating func bind(_ place: Int, _ value: Double) throws(SQLiteError) {
    try check(unsafe sqlite3_bind_double(handle, Int32(clamping: place), value))
  }

  public mutating func bind(_ place: Int, _ value: String) throws(SQLiteError) {
    // The bytes are copied by the call. A text may hold zeros, so its length is told.
    let length = UInt64(value.utf8.count)
    let code = unsafe sqlite3_bind_text64(
      handle, Int32(clamping: place), value, length, bellwether_sqlite_transient(), UInt8(SQLITE_UTF8))
    try check(code)
  }

  public mutating func bind(_ place: Int, _ value: [UInt8]) throws(SQLiteError) {
    // An empty array may have no address, which would mean NULL.
    if value.isEmpty { return try check(unsafe sqlite3_bind_zeroblob(handle, Int32(clamping: place), 0)) }
    // Copied by the call.
    let code = unsafe value.withUnsafeBytes { buffer in
      unsafe sqlite3_bind_blob64(
        handle, Int32(clamping: place), buffer.baseAddress, UInt64(buffer.count), bellwether_sqlite_transient())
    }
    try check(code)
  }

  public mutating func bindNull(_ place: Int) throws(SQLiteError) {
    try check(unsafe sqlite3_bind_null(handle, Int32(clamping: place)))
  }

  // MARK: Running

  /// Goes to the next row; false when there is none, and the statement may be run again.
  public mutating func step() throws(SQLiteError) -> Bool {
    let code = unsafe sqlite3_step(handle)
    switch code {
    case SQLITE_ROW: return true
    case SQLITE_DONE:
      unsafe sqlite3_reset(handle)
      return false
    default:
      let error = unsafe SQLiteError(code, of: sqlite3_db_handle(handle))
      // Says the same error again.
      unsafe sqlite3_reset(handle)
      throw error
    }
  }

  /// Runs it to its end, for what it changes.
  public mutating func run() throws(SQLiteError) {
    while try step() {}
  }

  /// Leaves the rows that were not read. The parameters stay.
  public mutating func reset() { unsafe sqlite3_reset(handle) }

  // MARK: Columns of the row that was stepped to

  public func isNull(_ column: Int) -> Bool {
    unsafe sqlite3_column_type(handle, Int32(clamping: column)) == SQLITE_NULL
  }

  /// A whole number; 0 for NULL.
  public func integer(_ column: Int) -> Int64 { unsafe sqlite3_column_int64(handle, Int32(clamping: column)) }

  public func double(_ column: Int) -> Double { unsafe sqlite3_column_double(handle, Int32(clamping: column)) }

  /// A text; empty for NULL.
  public func text(_ column: Int) -> String { String(decoding: bytes(column), as: UTF8.self) }

  /// The bytes of a blob or text; empty for NULL.
  public func bytes(_ column: Int) -> [UInt8] {
    // Valid until the next call on the statement: copied before that. The count is asked for after the address, which
    // may convert the value.
    let address = unsafe sqlite3_column_blob(handle, Int32(clamping: column))
    let count = unsafe sqlite3_column_bytes(handle, Int32(clamping: column))
    return unsafe Array(UnsafeRawBufferPointer(start: address, count: address == nil ? 0 : Int(count)))
  }

  private func check(_ code: Int32) throws(SQLiteError) {
    guard code == SQLITE_OK else { throw unsafe SQLiteError(code, of: sqlite3_db_handle(handle)) }
  }
}
