import Hotspots
import Incidents
import Wire

/// Folds a journal partition from its start and compares what the broker still holds of what was published from it: every
/// digest and every projection, each at its own position. It touches no group, so it runs beside the live service.
public struct Verification {
  /// How much was compared and found equal.
  public struct Extent: Hashable, Sendable {
    public var frames: Int64 = 0
    public var digests = 0
    public var projections = 0
    public var signals = 0
    public var statuses = 0
  }

  /// The first place at which the journal and what was published from it disagree.
  public struct Difference: Error, Sendable, CustomStringConvertible {
    /// What differs: `checksum`, `signal`, `status`, `digest`, `counts` or `projection`.
    public var subject: String
    /// The frames in which the cause lies.
    public var frames: ClosedRange<Int64>
    public var published: String
    public var refolded: String
    /// The last line of the last of these frames; empty when it has none.
    public var line: String

    public var description: String {
      let place =
        frames.count == 1 ? "frame \(frames.lowerBound)" : "frames \(frames.lowerBound) to \(frames.upperBound)"
      return """
        \(subject) differs in \(place)
          published: \(published)
          refolded:  \(refolded)
          line:      \(line.isEmpty ? "none" : line)
        """
    }
  }

  private let partition: TopicPartition
  private let log: any LogFactory
  private let published: PublishedRecords

  /// Reads what was published; the journal itself is read by `run`.
  public init(_ partition: TopicPartition, names: Names, log: any LogFactory) throws {
    self.partition = partition
    self.log = log
    published = try PublishedRecords(of: partition.partition, names: names, log: log)
  }

  /// Folds up to the end that the journal has now. Throws `Difference` at the first one.
  public func run() throws -> Extent {
    let reader = try log.makeReader()
    defer { reader.close(leaving: true) }
    let bounds = try reader.bounds(of: partition)
    guard bounds.first == 0 else {
      throw StopReason(
        .divergence, reason: "\(partition) begins at offset \(bounds.first): its first frames are gone",
        advice: "verify needs the whole journal: restore it")
    }
    var extent = Extent()
    var state = PartitionFold(partition, committed: CommittedOffset(offset: 0, metadata: FoldMark.start.metadata))
    guard bounds.next > 0 else { return extent }
    try reader.assign([partition: 0])
    var batch = RecordBatch()
    var lastEqual: Int64 = 0
    while true {
      batch.removeAll()
      let signal = try reader.poll(
        into: &batch, limit: PollLimit(records: 10_000, bytes: 16 << 20), waiting: .milliseconds(200))
      for record in batch.records {
        try apply(record, of: batch, to: &state, extent)
        extent.frames += 1
        try compare(state.takeSignals(), with: record, of: batch, &extent)
        try compare(state.takeSourceStatuses(), with: record, of: batch, &extent)
        try compare(state, with: record, of: batch, &extent, &lastEqual)
      }
      if case .endOfPartition(_, let offset)? = signal, offset >= bounds.next { return extent }
    }
  }

  private func apply(
    _ record: RecordBatch.Record, of batch: borrowing RecordBatch, to state: inout PartitionFold, _ extent: Extent
  ) throws {
    do {
      try state.apply(record, of: batch)
    } catch {
      throw Difference(
        subject: "checksum", frames: extent.frames...extent.frames, published: "offset \(record.offset)",
        refolded: error.reason, line: Self.lastLine(record, of: batch))
    }
  }

  /// Signals are kept for ever, so each that the frame gives must be there, and no other.
  private func compare(
    _ signals: [OutgoingSignal], with record: RecordBatch.Record, of batch: borrowing RecordBatch,
    _ extent: inout Extent
  ) throws {
    let frame = extent.frames - 1
    // What is not committed yet is nobody's fault.
    guard frame < published.end else { return }
    let found = published.signals[frame] ?? []
    for index in 0..<max(found.count, signals.count) {
      let (old, new) = (index < found.count ? found[index] : [], index < signals.count ? signals[index].value : [])
      guard old == new else {
        throw Difference(
          subject: "signal", frames: frame...frame, published: Self.words(old), refolded: Self.words(new),
          line: Self.lastLine(record, of: batch))
      }
      extent.signals += 1
    }
  }

  /// Older statuses of a source are compacted away; what is left must be what the frame gives.
  private func compare(
    _ statuses: [SourceStatus], with record: RecordBatch.Record, of batch: borrowing RecordBatch,
    _ extent: inout Extent
  ) throws {
    let frame = extent.frames - 1
    for (key, old) in published.statuses[frame] ?? [] {
      let new = statuses.first { $0.key == key }?.json ?? []
      guard old == new else {
        throw Difference(
          subject: "status", frames: frame...frame, published: Self.words(old), refolded: Self.words(new),
          line: Self.lastLine(record, of: batch))
      }
      extent.statuses += 1
    }
  }

  private static func words(_ signal: [UInt8]) -> String {
    signal.isEmpty ? "nothing" : String(decoding: signal, as: UTF8.self)
  }

  private func compare(
    _ state: PartitionFold, with record: RecordBatch.Record, of batch: borrowing RecordBatch, _ extent: inout Extent,
    _ lastEqual: inout Int64
  ) throws {
    let frame = extent.frames - 1
    if let mark = published.marks[extent.frames] {
      let refolded = state.mark
      for (subject, expected, actual) in [
        ("digest", mark.digest, "\(refolded.digest)"), ("counts", mark.counts, refolded.countsText),
      ] where expected != actual {
        throw Difference(
          subject: subject, frames: lastEqual...frame, published: expected, refolded: actual,
          line: Self.lastLine(record, of: batch))
      }
      extent.digests += 1
      lastEqual = extent.frames
    }
    for projection in published.projections[frame] ?? [] {
      let refolded = state.fold.projection(of: projection.bucket)?.json ?? []
      guard refolded == projection.value else {
        throw Difference(
          subject: "projection", frames: min(lastEqual, frame)...frame,
          published: String(decoding: projection.value, as: UTF8.self),
          refolded: String(decoding: refolded, as: UTF8.self), line: Self.lastLine(record, of: batch))
      }
      extent.projections += 1
    }
  }

  private static func lastLine(_ record: RecordBatch.Record, of batch: borrowing RecordBatch) -> String {
    guard let value = record.value else { return "" }
    let lines = batch.copy(value).split(separator: UInt8(ascii: "\n"))
    return lines.last.map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}

/// What the broker holds of what was published from one journal partition, by frame.
struct PublishedRecords {
  struct Mark {
    var digest: String
    var counts: String
  }

  struct Projection {
    var bucket: Bucket
    var value: [UInt8]
  }

  /// By the number of frames folded.
  private(set) var marks: [Int64: Mark] = [:]
  /// By the last frame of their batch.
  private(set) var projections: [Int64: [Projection]] = [:]
  /// By frame, in the order published.
  private(set) var signals: [Int64: [[UInt8]]] = [:]
  /// By frame.
  private(set) var statuses: [Int64: [(key: [UInt8], value: [UInt8])]] = [:]
  /// The frames before this one were published whole.
  private(set) var end: Int64 = 0

  init(of partition: Int32, names: Names, log: any LogFactory) throws {
    let reader = TopicReader(log: log)
    try reader.read(names(.progress)) { record, batch in
      guard let key = record.key, batch.text(key) == "fold:\(partition)", let bytes = record.value,
        let value = try? JSONValue(parsing: batch.copy(bytes)), let frame = value["frame"]?.integer,
        let digest = value["digest"]?.string, let counts = value["counts"]?.string
      else { return }
      marks[frame] = Mark(digest: digest, counts: counts)
      end = max(end, frame)
    }
    try reader.read(names(.hotspotSignals)) { record, batch in
      guard let bytes = record.value.map({ batch.copy($0) }), let value = try? JSONValue(parsing: bytes),
        let position = value["position"], position["partition"]?.integer == Int64(partition),
        let frame = position["frame"]?.integer
      else { return }
      signals[frame, default: []].append(bytes)
    }
    try reader.read(names(.sourceStatus)) { record, batch in
      guard let key = record.key, let value = record.value,
        let frame = batch.header("ce_id", of: record).flatMap({ Self.frame(of: $0, partition) })
      else { return }
      statuses[frame, default: []].append((batch.copy(key), batch.copy(value)))
    }
    try reader.read(names(.boroughProjections)) { record, batch in
      guard let bytes = record.value.map({ batch.copy($0) }), let value = try? JSONValue(parsing: bytes),
        let position = value["position"], position["partition"]?.integer == Int64(partition),
        let frame = position["frame"]?.integer, let key = value["area"]?.string, let bucket = Bucket(key: key)
      else { return }
      projections[frame, default: []].append(Projection(bucket: bucket, value: bytes))
    }
  }

  /// The frame that an id of the form `name@partition.frame.index` ends with; nil for another partition's.
  private static func frame(of id: String, _ partition: Int32) -> Int64? {
    let parts = id[(id.lastIndex(of: "@") ?? id.startIndex)...].dropFirst().split(separator: ".")
    guard parts.count == 3, Int32(parts[0]) == partition else { return nil }
    return Int64(parts[1])
  }
}
