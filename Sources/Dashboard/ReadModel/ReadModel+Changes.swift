import Incidents
import SQLite

extension ReadModel {
  /// The changes behind a number, in order; fewer than `limit` only at the end.
  func changes(after sequence: Int64, limit: Int) throws(SQLiteError) -> [Change] {
    try ask { (database) throws(SQLiteError) in
      var statement = try database.prepare(
        "SELECT seq, kind, place, area, measures, severity, value FROM changes WHERE seq > ? ORDER BY seq LIMIT ?")
      try statement.bind(1, sequence)
      try statement.bind(2, Int64(limit))
      var changes: [Change] = []
      while try statement.step() {
        changes.append(
          Change(
            sequence: statement.integer(0), kind: Change.Kind(rawValue: statement.integer(1)) ?? .projection,
            offset: statement.integer(2), area: statement.text(3),
            measures: MeasureSet(rawValue: UInt16(truncatingIfNeeded: statement.integer(4))),
            severity: SignalSeverity(rawValue: statement.integer(5)) ?? .low, data: statement.bytes(6)))
      }
      return changes
    }
  }

  /// The number of the first change that is not known at a position; nil when all are.
  func firstChange(unknownAt position: StreamPosition) throws(SQLiteError) -> Int64? {
    try ask { (database) throws(SQLiteError) in
      var first: Int64?
      for kind in [Change.Kind.projection, .signal] {
        var statement = try database.prepare(
          "SELECT seq FROM changes WHERE kind = ? AND place >= ? ORDER BY kind, place LIMIT 1")
        try statement.bind(1, kind.rawValue)
        try statement.bind(2, position[kind])
        if try statement.step() { first = min(first ?? .max, statement.integer(0)) }
      }
      return first
    }
  }
}
