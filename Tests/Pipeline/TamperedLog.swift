import Pipeline
import PipelineTesting
import Wire

/// A log whose readers see some values changed, as if a byte on the broker's disk had turned.
struct TamperedLog: LogFactory {
  let log: MemoryLogFactory
  /// The value to be seen instead, of a record at an offset.
  let change: @Sendable (TopicPartition, Int64, [UInt8]) -> [UInt8]
  /// Called when somebody has asked and got no record.
  var idle: @Sendable () -> Void = {}

  func makeReader() throws(LogError) -> any LogConsumer { TamperedReader(try log.makeReader(), change, idle) }

  func makeConsumer(group: String, instance: String, topics: [String]) throws(LogError) -> any LogConsumer {
    TamperedReader(try log.makeConsumer(group: group, instance: instance, topics: topics), change, idle)
  }

  func makeProducer(transactionalID: String) throws(LogError) -> any LogProducer {
    try log.makeProducer(transactionalID: transactionalID)
  }

  func makeAdministration() throws(LogError) -> any LogAdministration { try log.makeAdministration() }
}

private final class TamperedReader: LogConsumer {
  private let reader: any LogConsumer
  private let change: (TopicPartition, Int64, [UInt8]) -> [UInt8]
  private let idle: () -> Void

  init(
    _ reader: any LogConsumer, _ change: @escaping (TopicPartition, Int64, [UInt8]) -> [UInt8],
    _ idle: @escaping () -> Void
  ) {
    self.reader = reader
    self.idle = idle
    self.change = change
  }

  func poll(into batch: inout RecordBatch, limit: PollLimit, waiting: Duration) throws(LogError) -> LogSignal? {
    var original = RecordBatch()
    let signal = try reader.poll(into: &original, limit: limit, waiting: waiting)
    if original.records.isEmpty { idle() }
    for record in original.records {
      let partition = original.partition(of: record)
      var copy = record
      copy.source = batch.index(of: partition)
      copy.key = record.key.map { Self.append(original.copy($0), to: &batch) }
      copy.value = record.value.map { Self.append(change(partition, record.offset, original.copy($0)), to: &batch) }
      copy.firstHeader = batch.headers.count
      for header in original.headers[record.firstHeader..<record.firstHeader + record.headerCount] {
        let name = Self.append(original.copy(header.name), to: &batch)
        let value = header.value.map { Self.append(original.copy($0), to: &batch) }
        batch.append(header: RecordBatch.Header(name: name, value: value))
      }
      batch.append(record: copy)
    }
    return signal
  }

  private static func append(_ bytes: [UInt8], to batch: inout RecordBatch) -> RecordBatch.Slice {
    bytes.withUnsafeBytes { batch.append($0) }
  }

  func committed(_ partitions: [TopicPartition]) throws(LogError) -> [TopicPartition: CommittedOffset] {
    try reader.committed(partitions)
  }
  func assign(_ positions: [TopicPartition: Int64]) throws(LogError) { try reader.assign(positions) }
  func unassign() throws(LogError) { try reader.unassign() }
  func bounds(of partition: TopicPartition) throws(LogError) -> OffsetBounds { try reader.bounds(of: partition) }
  func membership() throws(LogError) -> GroupMembership { try reader.membership() }
  func close(leaving: Bool) { reader.close(leaving: leaving) }
}
