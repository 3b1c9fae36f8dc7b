import Wire

/// Reads a topic as it stands: every committed record of every partition, up to where it ends now. It belongs to no group.
public struct TopicReader {
  private let log: any LogFactory

  public init(log: any LogFactory) { self.log = log }

  /// Calls `body` with each record, in the order of its partition. A topic that does not exist is an error.
  public func read(
    _ topic: String, _ body: (RecordBatch.Record, borrowing RecordBatch) throws -> Void
  ) throws {
    let administration = try log.makeAdministration()
    defer { administration.close() }
    guard let description = try administration.describe(topics: [topic], settings: []).first else {
      throw LogError(
        .unknownTopic, .stop, reason: "there is no topic \(topic)", advice: "run `bellwether topics apply` first")
    }
    var open = try administration.bounds(of: description.topicPartitions).filter { $0.value.first < $0.value.next }
    guard !open.isEmpty else { return }
    let reader = try log.makeReader()
    defer { reader.close(leaving: true) }
    try reader.assign(open.mapValues(\.first))
    var batch = RecordBatch()
    while !open.isEmpty {
      batch.removeAll()
      let signal = try reader.poll(
        into: &batch, limit: PollLimit(records: 10_000, bytes: 16 << 20), waiting: .milliseconds(200))
      for record in batch.records { try body(record, batch) }
      // Markers of transactions take offsets too, so only the end of a partition says that nothing is left.
      if case .endOfPartition(let partition, let offset)? = signal, let bounds = open[partition],
        offset >= bounds.next
      {
        open[partition] = nil
      }
    }
  }
}
