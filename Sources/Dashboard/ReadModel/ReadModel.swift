import Incidents
import SQLite
import Synchronization
import Wire

/// What is served, kept in a SQLite file: projections as they stand, every signal with its whole life, the days of every
/// area, the sources, the refusals, and the newest changes for those who come back to the live stream. Beside every
/// content stands how far its topic was read, in the same transaction.
///
/// One thread applies what comes from the topics; any thread may ask. All of it can be deleted and is read again.
public final class ReadModel: Sendable {
  /// How many changes are kept for the live stream; older ones are forgotten.
  static let keptChanges: Int64 = 100_000

  private let writer: Mutex<ReadModelWriter>
  private let reader: Mutex<Database>
  private let shown = Mutex(View())

  /// Opens the file, or makes it; one of another version is emptied. A file that is damaged is an error: delete it.
  public init(path: String) throws(SQLiteError) {
    let database = try Database(path: path, .create, patience: .seconds(10))
    try Schema.prepare(database)
    let writer = try ReadModelWriter(consume database)
    let view = try writer.load()
    self.writer = Mutex(writer)
    reader = Mutex(try Database(path: path, .readOnly, patience: .seconds(10)))
    shown.withLock { $0 = view }
  }

  /// What is known at one moment.
  var view: View { shown.withLock(\.self) }

  /// Asks the tables, on one unchanging view of them.
  func ask<Answer: Sendable>(
    _ body: (borrowing Database) throws(SQLiteError) -> Answer
  ) throws(SQLiteError) -> Answer {
    try reader.withLock { (database) throws(SQLiteError) -> Answer in
      try database.execute("BEGIN")
      defer { if database.isInTransaction { try? database.execute("ROLLBACK") } }
      return try body(database)
    }
  }

  /// From which offset on each partition is to be read; those never read are missing.
  func positions() throws(SQLiteError) -> [TopicPartition: Int64] {
    try writer.withLock { (writer) throws(SQLiteError) in try writer.positions() }
  }

  /// Makes the model one of this journal: what it had of another is forgotten.
  func begin(journal: String) throws(SQLiteError) {
    try change { (writer, view) throws(SQLiteError) in try writer.begin(journal: journal, &view) }
  }

  /// Forgets everything, to be read again from the topics.
  func forgetAll(journal: String) throws(SQLiteError) {
    try change { (writer, view) throws(SQLiteError) in try writer.forgetAll(journal: journal, &view) }
  }

  /// Partitions are read from these offsets on. Streams may be resumed where the projections are known up to `floor`:
  /// what was there before may have been compacted by now.
  func begin(reading starts: [TopicPartition: Int64], floor: Int64) throws(SQLiteError) {
    try change { (writer, view) throws(SQLiteError) in
      try writer.begin(reading: starts, floor: floor, &view)
    }
  }

  /// Everything before these offsets was seen, whether or not there was a change in it.
  func raisePosition(projections: Int64, signals: Int64) throws(SQLiteError) {
    try change { (writer, view) throws(SQLiteError) in
      try writer.raisePosition(projections: projections, signals: signals, &view)
    }
  }

  /// Applies what was read and how far that is, all or nothing; what changed, in order.
  func apply(_ batch: borrowing RecordBatch, of topics: OutputTopics) throws(SQLiteError) -> [Change] {
    var view = self.view
    let changes = try writer.withLock { (writer) throws(SQLiteError) in try writer.apply(batch, of: topics, &view) }
    shown.withLock { $0 = view }
    return changes
  }

  private func change(
    _ body: (ReadModelWriter, inout View) throws(SQLiteError) -> Void
  ) throws(SQLiteError) {
    var view = self.view
    try writer.withLock { (writer) throws(SQLiteError) in try body(writer, &view) }
    shown.withLock { $0 = view }
  }
}

/// What is known at one moment, in memory.
struct View: Sendable {
  /// By area.
  var projections: [String: ProjectionRecord] = [:]
  /// As published, by source.
  var sources: [String: JSONValue] = [:]
  /// The journal's id; empty before the model has one.
  var journal = ""
  /// The number of the newest change; 0 before the first.
  var lastSequence: Int64 = 0
  /// The stream's position after the newest change.
  var position = StreamPosition(journal: "", projections: 0, signals: 0)
  /// From where on a stream can be resumed.
  var floor = StreamPosition(journal: "", projections: 0, signals: 0)
  /// Records applied since the process began.
  var applied: Int64 = 0

  /// The newest time of the journal that any projection has.
  var now: EventTime? {
    projections.values.compactMap { record -> EventTime? in
      if case .success(let time) = RFC3339.parse(record.now.utf8.span) { time } else { nil }
    }.max()
  }

  func projection(of bucket: Bucket) -> ProjectionRecord? { projections[bucket.key] }
}
