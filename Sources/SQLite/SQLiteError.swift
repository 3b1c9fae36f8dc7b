import CSQLite

/// What went wrong in a database, in SQLite's own words.
public struct SQLiteError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// Somebody else has the database locked, and had it longer than we wait.
    case busy
    /// The disk, or the size that a file may have, is used up.
    case full
    case readOnly
    /// The file is there and cannot be opened, or its directory is missing.
    case cannotOpen
    /// The disk failed to read or write.
    case inputOutput
    /// The file is damaged, or is no database at all.
    case damaged
    /// It is a database, and not ours.
    case foreign
    /// A rule of the schema forbids the change.
    case constraint
    /// Anything else; mostly our own fault.
    case other
  }

  public var code: Code
  /// SQLite's extended result code, for the log; 0 when it is not SQLite that refuses.
  public var extendedCode: Int32
  public var reason: String

  /// What is not wrong for SQLite, but for its user.
  public init(_ code: Code, reason: String) {
    self.code = code
    self.reason = reason
    extendedCode = 0
  }

  public init(extendedCode: Int32, reason: String) {
    self.extendedCode = extendedCode
    self.reason = reason
    code =
      switch extendedCode & 0xFF {
      case SQLITE_BUSY, SQLITE_LOCKED: .busy
      case SQLITE_FULL: .full
      case SQLITE_READONLY, SQLITE_PERM: .readOnly
      case SQLITE_CANTOPEN: .cannotOpen
      case SQLITE_IOERR: .inputOutput
      case SQLITE_CORRUPT, SQLITE_NOTADB: .damaged
      case SQLITE_CONSTRAINT: .constraint
      default: .other
      }
  }

  public var description: String { extendedCode == 0 ? reason : "\(reason) (SQLite \(extendedCode))" }
}
