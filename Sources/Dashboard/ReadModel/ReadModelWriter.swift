import Incidents
import SQLite
import Wire

/// The read model's side that writes: used by one thread at a time, behind the model's lock.
final class ReadModelWriter {
  private let database: Database
  private var putPosition: Statement
  private var putProjection: Statement
  private var dropProjection: Statement
  private var putRevision: Statement
  private var putSignal: Statement
  private var dropDay: Statement
  private var putDay: Statement
  private var putSource: Statement
  private var dropSource: Statement
  private var putRejection: Statement
  private var putChange: Statement

  init(_ database: consuming Database) throws(SQLiteError) {
    putPosition = try database.prepare("INSERT OR REPLACE INTO positions VALUES(?, ?, ?)")
    putProjection = try database.prepare("INSERT OR REPLACE INTO projections VALUES(?, ?)")
    dropProjection = try database.prepare("DELETE FROM projections WHERE area = ?")
    putRevision = try database.prepare("INSERT OR REPLACE INTO revisions VALUES(?, ?, ?)")
    putSignal = try database.prepare("INSERT OR REPLACE INTO signals VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    dropDay = try database.prepare("DELETE FROM days WHERE area = ? AND measure = ? AND day = ?")
    putDay = try database.prepare("INSERT OR REPLACE INTO days VALUES(?, ?, ?, ?, ?)")
    putSource = try database.prepare("INSERT OR REPLACE INTO sources VALUES(?, ?)")
    dropSource = try database.prepare("DELETE FROM sources WHERE source = ?")
    putRejection = try database.prepare(
      """
      INSERT INTO rejections VALUES(?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
      count = count + 1, newest = excluded.newest, partition = excluded.partition, offset = excluded.offset,
      reason = excluded.reason, action = excluded.action, member = excluded.member
      """)
    putChange = try database.prepare("INSERT INTO changes VALUES(?, ?, ?, ?, ?, ?, ?)")
    self.database = database
  }

  // MARK: Reading back

  func positions() throws(SQLiteError) -> [TopicPartition: Int64] {
    var statement = try database.prepare("SELECT topic, partition, next FROM positions")
    var positions: [TopicPartition: Int64] = [:]
    while try statement.step() {
      positions[TopicPartition(statement.text(0), Int32(clamping: statement.integer(1)))] = statement.integer(2)
    }
    return positions
  }

  func load() throws(SQLiteError) -> View {
    var view = View()
    var projections = try database.prepare("SELECT value FROM projections")
    while try projections.step() {
      if let record = ProjectionRecord(projections.bytes(0)) { view.projections[record.area] = record }
    }
    var sources = try database.prepare("SELECT source, value FROM sources")
    while try sources.step() {
      if let value = try? JSONValue(parsing: sources.bytes(1)) { view.sources[sources.text(0)] = value }
    }
    view.journal = try meta("journal") ?? ""
    view.lastSequence = try meta("sequence").flatMap { Int64($0) } ?? 0
    view.position =
      try meta("position").flatMap(StreamPosition.init)
      ?? StreamPosition(journal: view.journal, projections: 0, signals: 0)
    view.floor =
      try meta("floor").flatMap(StreamPosition.init)
      ?? StreamPosition(journal: view.journal, projections: 0, signals: 0)
    return view
  }

  private func meta(_ name: String) throws(SQLiteError) -> String? {
    var statement = try database.prepare("SELECT value FROM meta WHERE name = ?")
    try statement.bind(1, name)
    return try statement.step() ? statement.text(0) : nil
  }

  private func put(_ name: String, _ value: String) throws(SQLiteError) {
    var statement = try database.prepare("INSERT OR REPLACE INTO meta VALUES(?, ?)")
    try statement.bind(1, name)
    try statement.bind(2, value)
    try statement.run()
  }

  // MARK: Beginnings

  func begin(journal: String, _ view: inout View) throws(SQLiteError) {
    if view.journal == journal { return }
    try forgetAll(journal: journal, &view)
  }

  func forgetAll(journal: String, _ view: inout View) throws(SQLiteError) {
    let sequence = view.lastSequence
    try database.transaction { () throws(SQLiteError) in
      for table in Self.contents { try database.execute("DELETE FROM \(table)") }
      try put("journal", journal)
      try put("sequence", String(sequence))
    }
    view = View()
    view.journal = journal
    view.lastSequence = sequence
    view.position = StreamPosition(journal: journal, projections: 0, signals: 0)
    view.floor = view.position
  }

  private static let contents = [
    "meta", "positions", "projections", "signals", "revisions", "days", "sources", "rejections", "changes",
  ]

  func begin(reading starts: [TopicPartition: Int64], floor: Int64, _ view: inout View) throws(SQLiteError) {
    view.floor.projections = max(view.floor.projections, floor)
    let text = view.floor.description
    try database.transaction { () throws(SQLiteError) in
      for (partition, offset) in starts { try put(next: offset, of: partition) }
      try put("floor", text)
    }
  }

  private func put(next offset: Int64, of partition: TopicPartition) throws(SQLiteError) {
    try putPosition.bind(1, partition.topic)
    try putPosition.bind(2, Int64(partition.partition))
    try putPosition.bind(3, offset)
    try putPosition.run()
  }

  /// Everything before these offsets was seen, whether or not there was a change in it.
  func raisePosition(projections: Int64, signals: Int64, _ view: inout View) throws(SQLiteError) {
    view.position.projections = max(view.position.projections, projections)
    view.position.signals = max(view.position.signals, signals)
    try put("position", view.position.description)
  }

  // MARK: Applying

  func apply(
    _ batch: borrowing RecordBatch, of topics: OutputTopics, _ view: inout View
  ) throws(SQLiteError) -> [Change] {
    var applied = view
    var changes: [Change] = []
    try database.execute("BEGIN IMMEDIATE")
    do {
      var next: [TopicPartition: Int64] = [:]
      for record in batch.records {
        let partition = batch.partition(of: record)
        next[partition] = record.offset + 1
        switch topics[partition.topic] {
        case .projections: try applyProjection(record, batch, &applied, &changes)
        case .signals: try applySignal(record, batch, &applied, &changes)
        case .days: try applyDay(record, batch)
        case .sources: try applySource(record, batch, &applied)
        case .rejections(let topic): try applyRejection(record, batch, topic)
        case nil: break
        }
      }
      for (partition, offset) in next { try put(next: offset, of: partition) }
      if !changes.isEmpty {
        try prune(&applied)
        try put("sequence", String(applied.lastSequence))
        try put("position", applied.position.description)
        try put("floor", applied.floor.description)
      }
      try database.execute("COMMIT")
    } catch {
      if database.isInTransaction { try? database.execute("ROLLBACK") }
      throw error
    }
    applied.applied += Int64(batch.records.count)
    view = applied
    return changes
  }

  private func note(_ change: Change, _ view: inout View, _ changes: inout [Change]) throws(SQLiteError) {
    view.lastSequence = change.sequence
    view.position.advance(past: change)
    changes.append(change)
    try putChange.bind(1, change.sequence)
    try putChange.bind(2, change.kind.rawValue)
    try putChange.bind(3, change.offset)
    try putChange.bind(4, change.area)
    try putChange.bind(5, Int64(change.measures.rawValue))
    try putChange.bind(6, change.severity.rawValue)
    try putChange.bind(7, change.data)
    try putChange.run()
  }

  /// Forgets the oldest changes, a tenth of them at once; streams cannot be resumed before what is forgotten.
  private func prune(_ view: inout View) throws(SQLiteError) {
    let kept = ReadModel.keptChanges
    guard try (database.integer("SELECT min(seq) FROM changes") ?? 0) <= view.lastSequence - kept - kept / 10 else {
      return
    }
    let last = view.lastSequence - kept
    for kind in [Change.Kind.projection, .signal] {
      let place = try database.integer(
        "SELECT max(place) FROM changes WHERE seq <= \(last) AND kind = \(kind.rawValue)")
      if let place { view.floor[kind] = max(view.floor[kind], place + 1) }
    }
    try database.execute("DELETE FROM changes WHERE seq <= \(last)")
  }
}

// MARK: - One topic each

extension ReadModelWriter {
  private func applyProjection(
    _ record: RecordBatch.Record, _ batch: borrowing RecordBatch, _ view: inout View, _ changes: inout [Change]
  ) throws(SQLiteError) {
    guard let value = record.value else {
      let area = record.key.map { batch.text($0) } ?? ""
      view.projections[area] = nil
      try dropProjection.bind(1, area)
      return try dropProjection.run()
    }
    guard let projection = ProjectionRecord(batch.copy(value)) else { return }
    let earlier = view.projections[projection.area]
    view.projections[projection.area] = projection
    try putProjection.bind(1, projection.area)
    try putProjection.bind(2, projection.bytes)
    try putProjection.run()
    let measures = projection.changedMeasures(since: earlier)
    try note(
      Change(
        sequence: view.lastSequence + 1, kind: .projection, offset: record.offset, area: projection.area,
        measures: measures, severity: .low, data: projection.change(since: earlier, measures)), &view, &changes)
  }

  private func applySignal(
    _ record: RecordBatch.Record, _ batch: borrowing RecordBatch, _ view: inout View, _ changes: inout [Change]
  ) throws(SQLiteError) {
    guard let value = record.value, let signal = SignalRecord(batch.copy(value)) else { return }
    try putRevision.bind(1, signal.id)
    try putRevision.bind(2, signal.revision)
    try putRevision.bind(3, signal.bytes)
    try putRevision.run()
    // One partition, one writer: the newest revision comes last.
    try putSignal.bind(1, signal.id)
    try putSignal.bind(2, record.offset)
    try putSignal.bind(3, signal.status)
    try putSignal.bind(4, Int64(signal.isStanding ? 1 : 0))
    try putSignal.bind(5, signal.area)
    try putSignal.bind(6, signal.force)
    try putSignal.bind(7, signal.measure)
    try putSignal.bind(8, signal.severity.rawValue)
    try putSignal.bind(9, signal.interval)
    try putSignal.bind(10, signal.judged.milliseconds)
    try putSignal.bind(11, signal.bytes)
    try putSignal.run()
    let measure = Measure.allCases.first { $0.name == signal.measure }
    try note(
      Change(
        sequence: view.lastSequence + 1, kind: .signal, offset: record.offset, area: signal.area,
        measures: measure.map { MeasureSet($0) } ?? [], severity: signal.severity, data: signal.bytes),
      &view, &changes)
  }

  private func applyDay(_ record: RecordBatch.Record, _ batch: borrowing RecordBatch) throws(SQLiteError) {
    guard let key = record.key.map({ batch.text($0) }), let colon = key.lastIndex(of: ":"),
      let day = LocalDay(String(key[key.index(after: colon)...]))
    else { return }
    let area = String(key[..<colon])
    let value = record.value.flatMap { try? JSONValue(parsing: batch.copy($0)) }
    for measure in Measure.allCases {
      guard let entry = value?["measures"]?[measure.name], let members = entry.members else {
        try dropDay.bind(1, area)
        try dropDay.bind(2, Int64(measure.rawValue))
        try dropDay.bind(3, Int64(day.index))
        try dropDay.run()
        continue
      }
      var judgements = JSONWriter()
      judgements.object { writer in
        for member in members where member.name != "count" { writer.member(member.name, member.value) }
      }
      try putDay.bind(1, area)
      try putDay.bind(2, Int64(measure.rawValue))
      try putDay.bind(3, Int64(day.index))
      try putDay.bind(4, entry["count"]?.integer ?? 0)
      try putDay.bind(5, String(decoding: judgements.bytes, as: UTF8.self))
      try putDay.run()
    }
  }

  private func applySource(
    _ record: RecordBatch.Record, _ batch: borrowing RecordBatch, _ view: inout View
  ) throws(SQLiteError) {
    guard let key = record.key.map({ batch.text($0) }) else { return }
    guard let bytes = record.value.map({ batch.copy($0) }), let value = try? JSONValue(parsing: bytes) else {
      view.sources[key] = nil
      try dropSource.bind(1, key)
      return try dropSource.run()
    }
    view.sources[key] = value
    try putSource.bind(1, key)
    try putSource.bind(2, bytes)
    try putSource.run()
  }

  /// Refusals are counted by the hour in which they came. A source is whatever the refused row said it was: it is cut, and
  /// there may be so many of them and no more.
  private func applyRejection(
    _ record: RecordBatch.Record, _ batch: borrowing RecordBatch, _ topic: InputTopic
  ) throws(SQLiteError) {
    func header(_ name: String) -> String { batch.header(name, of: record) ?? "" }
    func number(_ name: String) -> Int64 { Int64(header(name), radix: 10) ?? -1 }
    let hour = record.timestamp.floorDivided(by: 3_600_000)
    var source = String((record.key.map { batch.text($0) } ?? "").prefix(200))
    try putRejectionSource(&source, topic, hour)
    try putRejection.bind(1, hour)
    try putRejection.bind(2, topic.name)
    try putRejection.bind(3, source)
    try putRejection.bind(4, String(header("code").prefix(100)))
    try putRejection.bind(5, record.timestamp)
    try putRejection.bind(6, number("partition"))
    try putRejection.bind(7, number("offset"))
    try putRejection.bind(8, String(header("reason").prefix(500)))
    try putRejection.bind(9, String(header("action").prefix(500)))
    try putRejection.bind(10, String(header("member").prefix(500)))
    try putRejection.run()
  }

  private func putRejectionSource(_ source: inout String, _ topic: InputTopic, _ hour: Int64) throws(SQLiteError) {
    var known = try database.prepare("SELECT 1 FROM rejections WHERE hour = ? AND topic = ? AND source = ? LIMIT 1")
    try known.bind(1, hour)
    try known.bind(2, topic.name)
    try known.bind(3, source)
    if try known.step() { return }
    var count = try database.prepare("SELECT count(DISTINCT source) FROM rejections WHERE hour = ? AND topic = ?")
    try count.bind(1, hour)
    try count.bind(2, topic.name)
    if try count.step(), count.integer(0) >= Self.mostSourcesAnHour { source = "other" }
    count.reset()
    // A month, as the topic keeps them.
    try database.execute("DELETE FROM rejections WHERE hour < \(hour - 720)")
  }

  private static let mostSourcesAnHour: Int64 = 200
}
