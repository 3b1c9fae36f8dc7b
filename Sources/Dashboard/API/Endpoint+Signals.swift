import HTTPService
import Incidents
import SQLite
import Wire

/// Which signals are wanted, and from where on in their order.
struct SignalQuery: Hashable, Sendable {
  enum Status: Hashable, Sendable {
    /// Raised or updated.
    case standing
    case exactly(String)
  }

  enum Order: Hashable, Sendable {
    /// The one that has changed last comes first.
    case newest
    /// The most severe comes first, of those the rarest, of those the newest.
    case rank
  }

  var force: Force?
  var area: Bucket?
  var measures: [Measure]?
  var status: Status?
  /// This severe or more.
  var severity: SignalSeverity = .low
  /// Judged at or after.
  var since: EventTime?
  var order = Order.newest
  var limit = 50
  var cursor: Cursor?

  /// The last signal of the page before.
  struct Cursor: Hashable, Sendable {
    var severity: Int64
    var interval: Int64
    var place: Int64

    init(severity: Int64, interval: Int64, place: Int64) {
      self.severity = severity
      self.interval = interval
      self.place = place
    }

    init?(_ text: String) {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { part in
        part.utf8.allSatisfy { (48...57).contains($0) } ? Int64(part) : nil
      }
      guard parts.count == 3, let severity = parts[0], let interval = parts[1], let place = parts[2] else { return nil }
      self.init(severity: severity, interval: interval, place: place)
    }

    var text: String { "\(severity).\(interval).\(place)" }
  }
}

extension Endpoint {
  static let signals = [
    Endpoint.table(
      "/v1/signals",
      parameters: ["force", "area", "measure", "status", "severity", "since", "order", "limit", "cursor"]
    ) { router, parameters, _, format throws(HTTPFault) in
      var query = SignalQuery()
      query.force = try parameters.choice("force", of: Choices.forces)
      query.area = try parameters.choice("area", of: Choices.areas)
      query.measures = try parameters.list("measure", of: Choices.measures)
      query.status = try parameters.choice("status", of: statuses)
      query.severity = try parameters.choice("severity", of: Choices.severities) ?? .low
      query.since = try parameters.time("since")
      query.order = try parameters.choice("order", of: [("newest", .newest), ("rank", .rank)]) ?? .newest
      query.limit = try parameters.number("limit", in: 1...200, default: 50)
      if let text = parameters["cursor"] {
        guard let cursor = SignalQuery.Cursor(text) else {
          throw HTTPFault(400, "The cursor is none that was given.", "Use the member next of the page before, or none.")
        }
        query.cursor = cursor
      }
      let chosen = query
      let page = try router.ask { model throws(SQLiteError) in try model.signals(chosen) }
      switch format {
      case .json:
        var body = Array("{\"signals\":[".utf8)
        body += page.signals.joined(separator: [UInt8(ascii: ",")])
        body += Array("],\"next\":".utf8)
        body += page.next.map { Array("\"\($0.text)\"".utf8) } ?? Array("null".utf8)
        return .json(body + Array("}".utf8))
      case .csv: return .csv(table(of: page.signals))
      }
    },

    Endpoint.document("/v1/signals/{id}", parameters: []) { router, _, names throws(HTTPFault) in
      let id = names[0]
      let life = try router.ask { model throws(SQLiteError) in try model.life(of: id) }
      guard let newest = life.last else {
        throw HTTPFault(404, "There is no such signal.", "Signals are listed at /v1/signals.")
      }
      return .json(
        Array("{\"signal\":".utf8) + newest + Array(",\"life\":[".utf8)
          + life.joined(separator: [UInt8(ascii: ",")]) + Array("]}".utf8))
    },
  ]

  private static let statuses: [(String, SignalQuery.Status)] =
    [("standing", .standing)] + ["raised", "updated", "cleared", "withdrawn"].map { ($0, .exactly($0)) }

  private static func table(of signals: [[UInt8]]) -> CSVTable {
    let columns = [
      "id", "revision", "status", "area", "name", "force", "measure", "severity", "day", "observed", "expected",
      "threshold", "score", "recurrenceIntervalDays", "raisedAt", "judgedAt", "explanation",
    ]
    var table = CSVTable(columns)
    for signal in signals {
      guard let value = try? JSONValue(parsing: signal) else { continue }
      table.append(
        columns.map { column in
          let member = value[column]
          return member?.string ?? member?.number.map(decimal) ?? ""
        })
    }
    return table
  }
}

extension ReadModel {
  /// A page of signals, each as last published.
  func signals(_ query: SignalQuery) throws(SQLiteError) -> (signals: [[UInt8]], next: SignalQuery.Cursor?) {
    var conditions = ["severity >= \(query.severity.rawValue)"]
    var texts: [String] = []
    if let force = query.force {
      conditions.append("force = ?")
      texts.append(force.name)
    }
    if let area = query.area {
      conditions.append("area = ?")
      texts.append(area.key)
    }
    if let measures = query.measures {
      conditions.append("measure IN (\(measures.map { _ in "?" }.joined(separator: ", ")))")
      texts += measures.map(\.name)
    }
    switch query.status {
    case .standing: conditions.append("standing")
    case .exactly(let status):
      conditions.append("status = ?")
      texts.append(status)
    case nil: break
    }
    if let since = query.since { conditions.append("judged >= \(since.milliseconds)") }
    let order: String
    switch query.order {
    case .newest:
      order = "place DESC"
      if let cursor = query.cursor { conditions.append("place < \(cursor.place)") }
    case .rank:
      order = "severity DESC, interval DESC, place DESC"
      if let cursor = query.cursor {
        conditions.append("(severity, interval, place) < (\(cursor.severity), \(cursor.interval), \(cursor.place))")
      }
    }
    // Numbers are ours; every text is bound.
    let sql = """
      SELECT value, severity, interval, place FROM signals WHERE \(conditions.joined(separator: " AND "))
      ORDER BY \(order) LIMIT \(query.limit + 1)
      """
    return try ask { (database) throws(SQLiteError) in
      var statement = try database.prepare(sql)
      for (place, text) in texts.enumerated() { try statement.bind(place + 1, text) }
      var signals: [[UInt8]] = []
      var last: SignalQuery.Cursor?
      while try statement.step() {
        if signals.count == query.limit { return (signals, last) }
        signals.append(statement.bytes(0))
        last = SignalQuery.Cursor(
          severity: statement.integer(1), interval: statement.integer(2), place: statement.integer(3))
      }
      return (signals, nil)
    }
  }

  /// Every revision of a signal, the first one first; of very many the newest thousand.
  func life(of id: String) throws(SQLiteError) -> [[UInt8]] {
    try ask { (database) throws(SQLiteError) in
      var statement = try database.prepare("SELECT value FROM revisions WHERE id = ? ORDER BY revision DESC LIMIT 1000")
      try statement.bind(1, id)
      var life: [[UInt8]] = []
      while try statement.step() { life.append(statement.bytes(0)) }
      return life.reversed()
    }
  }
}
