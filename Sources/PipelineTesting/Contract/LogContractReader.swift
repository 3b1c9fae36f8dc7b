import Pipeline
import Wire

/// A record as read, copied out of its batch.
struct LogContractRecord: Hashable, Sendable {
  struct Header: Hashable, Sendable {
    var name: String
    var value: [UInt8]?
  }

  var partition: TopicPartition
  var offset: Int64
  var timestamp: Int64
  var key: [UInt8]?
  var value: [UInt8]?
  var headers: [Header]

  init(_ record: RecordBatch.Record, of batch: RecordBatch) {
    partition = batch.partition(of: record)
    offset = record.offset
    timestamp = record.timestamp
    key = record.key.map(batch.copy)
    value = record.value.map(batch.copy)
    headers = batch.headers[record.firstHeader..<record.firstHeader + record.headerCount].map {
      Header(name: batch.text($0.name), value: $0.value.map(batch.copy))
    }
  }

  /// The value as text, "" when nil.
  var text: String { String(decoding: value ?? [], as: UTF8.self) }
}

/// A reader by assignment that keeps everything it has seen.
final class LogContractReader {
  let consumer: any LogConsumer
  private unowned let bench: LogContractBench
  private(set) var records: [LogContractRecord] = []
  /// Where the end of each partition was last signalled.
  private(set) var ends: [TopicPartition: Int64] = [:]
  private(set) var endSignals = 0

  init(_ consumer: any LogConsumer, bench: LogContractBench) {
    self.consumer = consumer
    self.bench = bench
  }

  /// One poll; how many records it brought.
  @discardableResult
  func step(limit: PollLimit = PollLimit(records: 1_000, bytes: 16 << 20)) throws -> Int {
    var batch = RecordBatch()
    let signal = try bench.retrying("poll") {
      try self.consumer.poll(into: &batch, limit: limit, waiting: self.bench.fixture.waiting)
    }
    records += batch.records.map { LogContractRecord($0, of: batch) }
    if case .endOfPartition(let partition, let offset) = signal {
      ends[partition] = offset
      endSignals += 1
    }
    return batch.records.count
  }
}

/// A member of a group that answers its signals at once and keeps count of them.
final class LogContractMember {
  let consumer: any LogConsumer
  private let waiting: Duration
  /// What it owns, sorted; nil before the group's first answer.
  private(set) var owned: [TopicPartition]?
  private(set) var revocations = 0

  init(_ consumer: any LogConsumer, waiting: Duration) {
    self.consumer = consumer
    self.waiting = waiting
  }

  /// One poll and the answer to its signal. Reads from the start, whatever was committed.
  func step() throws {
    var batch = RecordBatch()
    let signal: LogSignal?
    do {
      signal = try consumer.poll(into: &batch, limit: PollLimit(records: 100, bytes: 1 << 20), waiting: waiting)
    } catch {
      guard error.remedy == .retry else { throw error }
      return
    }
    switch signal {
    case .assigned(let partitions):
      owned = partitions.sorted()
      try consumer.assign(Dictionary(uniqueKeysWithValues: partitions.map { ($0, 0) }))
    case .revoked:
      owned = []
      revocations += 1
      try consumer.unassign()
    case .endOfPartition, nil: break
    }
  }
}
