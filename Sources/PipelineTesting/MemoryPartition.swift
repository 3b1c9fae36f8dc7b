import Pipeline
import Wire

/// One partition of a `MemoryLogState`: records and control markers by offset, and which of them a `read_committed`
/// reader may see.
struct MemoryPartition: Sendable {
  private enum Entry: Sendable {
    case record(OutgoingRecord, timestamp: Int64, transaction: Int)
    /// The commit or abort marker of a transaction: occupies an offset, is never read.
    case marker
  }

  private var entries: [Entry] = []
  /// The offset of the first entry.
  private(set) var first: Int64 = 0
  /// The first offset of each transaction that is neither committed nor aborted.
  private var undecided: [Int: Int64] = [:]
  private var aborted: Set<Int> = []

  /// The offset that the next entry gets (Kafka's high watermark: one broker, nothing in flight).
  var end: Int64 { first + Int64(entries.count) }

  /// The last stable offset: below it every transaction is decided. Readers stop here.
  var lastStable: Int64 { max(first, undecided.values.min() ?? end) }

  /// Appends a record of a transaction that is open from now on; answers its offset.
  mutating func append(_ record: OutgoingRecord, timestamp: Int64, transaction: Int) -> Int64 {
    let offset = end
    entries.append(.record(record, timestamp: timestamp, transaction: transaction))
    if undecided[transaction] == nil { undecided[transaction] = offset }
    return offset
  }

  /// Ends a transaction that wrote here: its marker takes the next offset.
  mutating func decide(transaction: Int, committed: Bool) {
    entries.append(.marker)
    undecided[transaction] = nil
    if !committed { aborted.insert(transaction) }
  }

  /// Forgets what lies below `offset`, as retention does; false when there is no such offset.
  mutating func removeRecords(before offset: Int64) -> Bool {
    guard offset <= end else { return false }
    guard offset > first else { return true }
    entries.removeFirst(Int(offset - first))
    first = offset
    return true
  }

  /// Copies what may be seen from `position` on until the budget is spent or the last stable offset is reached, and
  /// moves `position` behind what was read or will never be seen. `position` lies within `first ... end`.
  func read(
    from position: inout Int64, as partition: TopicPartition, into batch: inout RecordBatch, budget: inout PollLimit
  ) {
    let stop = lastStable
    while position < stop, budget.records > 0, budget.bytes > 0 {
      if case .record(let record, let timestamp, let transaction) = entries[Int(position - first)],
        !aborted.contains(transaction)
      {
        let before = batch.bytes.count
        batch.append(record, from: partition, offset: position, timestamp: timestamp)
        budget.records -= 1
        budget.bytes -= batch.bytes.count - before
      }
      position += 1
    }
  }
}

extension RecordBatch {
  /// Copies a stored record to the end of the batch.
  fileprivate mutating func append(
    _ record: OutgoingRecord, from partition: TopicPartition, offset: Int64, timestamp: Int64
  ) {
    let source = index(of: partition)
    let firstHeader = headers.count
    for header in record.headers {
      append(header: Header(name: copyIn(Array(header.name.utf8)), value: copyIn(header.value)))
    }
    append(
      record: Record(
        source: source, offset: offset, timestamp: timestamp, key: record.key.map { copyIn($0) },
        value: record.value.map { copyIn($0) }, firstHeader: firstHeader, headerCount: record.headers.count))
  }

  private mutating func copyIn(_ contents: [UInt8]) -> Slice { contents.withUnsafeBytes { append($0) } }
}

extension OutgoingRecord {
  /// What the record takes in a batch of its own, in bytes, as `max.message.bytes` counts: Kafka's 61 bytes of batch
  /// header, its lengths at their largest, and its parts.
  var sizeInLog: Int {
    headers.reduce(61 + 21 + (key?.count ?? 0) + (value?.count ?? 0)) { $0 + 10 + $1.name.utf8.count + $1.value.count }
  }
}
