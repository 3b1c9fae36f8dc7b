import Hotspots
import Incidents
import Wire

/// Sends refused rows again whose reason has gone: each at most once, in the order in which they stand in their partition,
/// to the same partition with the same key and headers.
///
/// A row sent again and the record in `progress` that it was are one transaction, so a kill at any moment sends nothing
/// twice. All retriers share one transactional id: whoever starts fences the others, and only then reads what they did.
///
/// Used by one thread.
public final class Retrier {
  /// What one transaction sends again.
  private static let rowsAtOnce = 1_000
  private static let bytesAtOnce = 8 << 20

  /// What was found.
  public struct Summary: Hashable, Sendable {
    /// Refused rows that were meant.
    public var meant: Int64 = 0
    /// Sent again by an earlier retry.
    public var before: Int64 = 0
    /// Not held by the input any more.
    public var gone: Int64 = 0
    /// Would be refused again.
    public var refused: [RejectionCode: Int64] = [:]
    /// Sent again now, or, where nothing is to be sent, to be sent.
    public var sent: [InputTopic: Int64] = [:]

    public init() {}
  }

  private let names: Names
  private let log: any LogFactory
  private let clock: any WallClock
  private let producer: any LogProducer
  private let driver: TransactionDriver
  private let configuration: Configuration
  private var progress: [String: [UInt8]]

  /// Fences all other retriers. The registry is the one that the journal has now.
  public init(
    names: Names, log: any LogFactory, clock: any WallClock, passing: CrashPoint.Hook? = nil
  ) throws {
    self.names = names
    self.log = log
    self.clock = clock
    configuration = try Founding(names: names, log: log).knownBirth().configuration
    producer = try log.makeProducer(transactionalID: "\(names.prefix)retry")
    driver = TransactionDriver(producer: producer, passing: passing)
    progress = [:]
    try producer.initialise()
    progress = try readProgress()
  }

  public func close() { producer.close() }

  /// What the retriers before us have left, those included that ended a moment ago.
  private func readProgress() throws -> [String: [UInt8]] {
    var writer = JSONWriter()
    writer.object { $0.member("at", clock.now().milliseconds) }
    return try ProgressReader(names: names, log: log).readSettled(marking: "retrier", writer.bytes, by: producer)
  }

  /// Sends again what is meant and is refused no more. `isTrial`: only says what would be sent.
  public func retry(_ wanted: RefusedRows, isTrial: Bool = false) throws -> Summary {
    var summary = Summary()
    var translators = InputTranslators(names: names, configuration: configuration)
    let fetcher = try RecordFetcher(log: log)
    defer { fetcher.close() }
    for topic in wanted.topics {
      var refused: [TopicPartition: [Int64]] = [:]
      var meant: [TopicPartition: [Int64]] = [:]
      try RejectionReader(names: names, log: log).read(topic) { row in
        guard row.partition.topic == names.input(topic) else { return }
        refused[row.partition, default: []].append(row.offset)
        if wanted.contains(row) { meant[row.partition, default: []].append(row.offset) }
      }
      for (partition, offsets) in meant.sorted(by: { $0.key < $1.key }) {
        summary.meant += Int64(offsets.count)
        try retry(
          offsets.sorted(), of: partition, topic, refused: (refused[partition] ?? []).sorted(), &translators, fetcher,
          isTrial: isTrial, &summary)
      }
    }
    return summary
  }

  private func retry(
    _ offsets: [Int64], of partition: TopicPartition, _ topic: InputTopic, refused: [Int64],
    _ translators: inout InputTranslators, _ fetcher: RecordFetcher, isTrial: Bool, _ summary: inout Summary
  ) throws {
    var done = try retried(of: partition)
    let open = offsets.filter { !done.contains($0) }
    summary.before += Int64(offsets.count - open.count)
    var rows: [OutgoingRecord] = []
    var sent: Set<Int64> = []
    var (size, found) = (0, Int64(0))
    var lines: [UInt8] = []
    func send() throws {
      guard !rows.isEmpty else { return }
      done = done.adding(sent, of: refused)
      if !isTrial {
        var outbox = Outbox()
        outbox.records = rows + [done.progress(of: partition, names: names)]
        try driver.send(outbox) { () throws(LogError) in .administrator(group: names.group(.ingest)) }
      }
      summary.sent[topic, default: 0] += Int64(rows.count)
      (rows, sent, size) = ([], [], 0)
    }
    try fetcher.fetch(open, of: partition) { record, batch in
      found += 1
      lines.removeAll(keepingCapacity: true)
      if let rejection = translators.translate(record, of: batch, from: partition, at: clock.now(), into: &lines) {
        summary.refused[rejection.code, default: 0] += 1
        return
      }
      rows.append(OutgoingRecord(again: record, of: batch, to: partition))
      sent.insert(record.offset)
      size += record.value?.count ?? 0
      if rows.count >= Self.rowsAtOnce || size >= Self.bytesAtOnce { try send() }
    }
    try send()
    summary.gone += Int64(open.count) - found
    if !isTrial { progress[RetriedRows.key(of: partition)] = done.progress(of: partition, names: names).value }
  }

  private func retried(of partition: TopicPartition) throws -> RetriedRows {
    guard let value = progress[RetriedRows.key(of: partition)] else { return RetriedRows() }
    guard let rows = RetriedRows(progress: value) else {
      throw StopReason(
        .divergence, reason: "what was sent again of \(partition) cannot be read in \(names(.progress))",
        advice: "it was written by another version: retry with that one")
    }
    return rows
  }
}

extension OutgoingRecord {
  /// The same record once more, in the same partition: whatever chose it then would not choose another now.
  fileprivate init(again record: RecordBatch.Record, of batch: borrowing RecordBatch, to partition: TopicPartition) {
    var headers: [RecordHeader] = []
    for header in batch.headers[record.firstHeader..<record.firstHeader + record.headerCount] {
      headers.append(RecordHeader(batch.text(header.name), header.value.map { batch.copy($0) } ?? []))
    }
    self.init(
      topic: partition.topic, partition: partition.partition, key: record.key.map { batch.copy($0) },
      value: record.value.map { batch.copy($0) }, headers: headers)
  }
}
