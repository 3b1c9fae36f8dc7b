import Incidents
import Wire

/// A row of an input that was refused, as its rejection tells it.
public struct RefusedRow: Hashable, Sendable {
  public var topic: InputTopic
  /// Where the row stands.
  public var partition: TopicPartition
  public var offset: Int64
  /// When it was refused.
  public var at: EventTime
  /// The event's source where it could be read.
  public var source: String?
  /// The name of a `RejectionCode`, of this version or another.
  public var code: String
  public var reason: String
  public var action: String
  /// A JSON pointer; empty when the whole row is meant.
  public var member: String
  /// Whether it was sent again since, because the reason had gone.
  public var isRetried = false
}

/// Which refused rows are meant; what is nil does not matter.
public struct RefusedRows: Sendable {
  public var topics: [InputTopic]
  public var source: String?
  public var code: String?
  /// Those refused at that time or later.
  public var since: EventTime?

  public init(
    topics: [InputTopic] = InputTopic.allCases, source: String? = nil, code: String? = nil, since: EventTime? = nil
  ) {
    self.topics = topics
    self.source = source
    self.code = code
    self.since = since
  }

  public func contains(_ row: RefusedRow) -> Bool {
    topics.contains(row.topic) && (source == nil || source == row.source) && (code == nil || code == row.code)
      && (since.map { $0 <= row.at } ?? true)
  }
}

/// Reads the topics of rejections as they stand.
public struct RejectionReader {
  private let names: Names
  private let log: any LogFactory

  public init(names: Names, log: any LogFactory) {
    self.names = names
    self.log = log
  }

  /// Calls `body` with each refused row of a topic, in the order of refusal. A record that is no rejection is left out.
  public func read(_ topic: InputTopic, _ body: (RefusedRow) throws -> Void) throws {
    try TopicReader(log: log).read(names.rejections(of: topic)) { record, batch in
      if let row = RefusedRow(record, of: batch, topic) { try body(row) }
    }
  }

  /// The refused rows that are meant, the oldest first; with a limit the newest of them.
  public func list(_ wanted: RefusedRows, limit: Int? = nil) throws -> [RefusedRow] {
    var all: [RefusedRow] = []
    for topic in wanted.topics {
      var rows: [RefusedRow] = []
      try read(topic) { row in
        guard wanted.contains(row) else { return }
        rows.append(row)
        // Twice as many as are wanted at most: forgetting the old ones costs little a row.
        if let limit, rows.count >= 2 * max(limit, 1_000) { rows.removeFirst(rows.count - limit) }
      }
      all += rows
    }
    let retried = try RetriedRows.all(names: names, log: log)
    for index in all.indices {
      all[index].isRetried = retried[all[index].partition]?.contains(all[index].offset) ?? false
    }
    // By time, and of one time in the order of the topics: a stable sort keeps each topic's own.
    all.sort { $0.at < $1.at }
    return limit.map { Array(all.suffix($0)) } ?? all
  }
}

extension RefusedRow {
  fileprivate init?(_ record: RecordBatch.Record, of batch: borrowing RecordBatch, _ topic: InputTopic) {
    guard let key = record.key, let code = batch.header("code", of: record),
      let name = batch.header("topic", of: record),
      let partition = batch.header("partition", of: record).flatMap(Int32.init),
      let offset = batch.header("offset", of: record).flatMap(Int64.init), partition >= 0, offset >= 0
    else { return nil }
    self.topic = topic
    self.partition = TopicPartition(name, partition)
    self.offset = offset
    at = EventTime(milliseconds: record.timestamp)
    let sender = batch.text(key)
    source = sender == self.partition.description ? nil : sender
    self.code = code
    reason = batch.header("reason", of: record) ?? ""
    action = batch.header("action", of: record) ?? ""
    member = batch.header("member", of: record) ?? ""
  }
}
