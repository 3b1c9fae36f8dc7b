import Wire

/// Reads the compacted topic `progress` as it stands: the newest value of each key.
public struct ProgressReader {
  private let names: Names
  private let log: any LogFactory

  public init(names: Names, log: any LogFactory) {
    self.names = names
    self.log = log
  }

  /// Reads up to what is committed now. Keys: `journal`, `ingest:TOPIC:PARTITION`, `fold:PARTITION`.
  public func read() throws(LogError) -> [String: [UInt8]] {
    let reader = try log.makeReader()
    defer { reader.close(leaving: true) }
    let partition = TopicPartition(names(.progress), 0)
    let bounds = try reader.bounds(of: partition)
    var values: [String: [UInt8]] = [:]
    guard bounds.first < bounds.next else { return values }
    try reader.assign([partition: bounds.first])
    var batch = RecordBatch()
    while true {
      batch.removeAll()
      let signal = try reader.poll(
        into: &batch, limit: PollLimit(records: 10_000, bytes: 8 << 20), waiting: .milliseconds(200))
      for record in batch.records {
        guard let key = record.key else { continue }
        values[batch.text(key)] = record.value.map { batch.copy($0) }
      }
      // Markers of transactions take offsets too, so only the end of the partition says that nothing is left.
      if case .endOfPartition(_, let offset)? = signal, offset >= bounds.next { return values }
    }
  }
}
