import Wire

/// Reads single records by their positions.
public struct RecordFetcher {
  /// How many offsets are read over rather than jumped over: a jump throws away what was fetched ahead.
  private static let gap: Int64 = 20_000

  private let reader: any LogConsumer

  public init(log: any LogFactory) throws(LogError) { reader = try log.makeReader() }

  public func close() { reader.close(leaving: true) }

  /// Calls `body` with the record at each of the offsets, which ascend. Those that the log does not hold any more are left
  /// out.
  public func fetch(
    _ offsets: [Int64], of partition: TopicPartition,
    _ body: (RecordBatch.Record, borrowing RecordBatch) throws -> Void
  ) throws {
    let bounds = try reader.bounds(of: partition)
    var wanted = offsets.filter { bounds.first <= $0 && $0 < bounds.next }[...]
    var batch = RecordBatch()
    while let first = wanted.first {
      try reader.assign([partition: first])
      var position = first
      while let next = wanted.first, next - position <= Self.gap {
        batch.removeAll()
        let signal = try reader.poll(
          into: &batch, limit: PollLimit(records: 1_000, bytes: 8 << 20), waiting: .milliseconds(200))
        for record in batch.records where batch.partition(of: record) == partition {
          position = record.offset + 1
          while let next = wanted.first, next < record.offset { wanted.removeFirst() }
          guard wanted.first == record.offset else { continue }
          wanted.removeFirst()
          try body(record, batch)
        }
        if case .endOfPartition(partition, let offset)? = signal, offset >= bounds.next { return }
      }
    }
  }
}
