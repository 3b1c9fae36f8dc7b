import Hotspots
import Incidents
import Wire

/// Folds a journal partition from its start and compares what the broker still holds of what this release has published
/// from it: every signal, digest, projection, day and status, each at its own position. It touches no group, so it runs beside the
/// live service.
///
/// The stretch before this release's frame is folded silently: the program of the release before verifies it. At the
/// frame of a later release it ends.
public struct Verification {
  /// How much was compared and found equal.
  public struct Extent: Hashable, Sendable {
    /// Folded in all.
    public var frames: Int64 = 0
    /// The first frame that this release has published; 0 for the release of the journal's birth.
    public var first: Int64 = 0
    /// The release that publishes from the end on; nil where the journal goes no further.
    public var successor: Int?
    public var signals = 0
    public var digests = 0
    public var projections = 0
    public var days = 0
    public var statuses = 0
  }

  /// The first place at which the journal and what was published from it disagree.
  public struct Difference: Error, Sendable, CustomStringConvertible {
    /// What differs: `checksum`, `signal`, `digest`, `counts`, `projection`, `day` or `status`.
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
  private let names: Names
  private let log: any LogFactory
  private let release: Release

  public init(_ partition: TopicPartition, names: Names, log: any LogFactory, release: Release = .current) {
    self.partition = partition
    self.names = names
    self.log = log
    self.release = release
  }

  /// Folds up to the end that the journal has now. Throws `Difference` at the first one.
  public func run() throws -> Extent {
    // How far it was published is asked before what was published: all of that must be there.
    let handover = try Handover(to: release.number, in: partition, names: names, log: log, withDays: false)
    var comparison = try PublishedComparison(
      partition, names: names, log: log, release: release, from: handover?.mark.frame ?? 0)
    let reader = try log.makeReader()
    defer { reader.close(leaving: true) }
    let bounds = try reader.bounds(of: partition)
    guard bounds.first == 0 else {
      throw StopReason(
        .divergence, reason: "\(partition) begins at offset \(bounds.first): its first frames are gone",
        advice: "verify needs the whole journal: restore it")
    }
    let start = CommittedOffset(offset: 0, metadata: FoldMark.start(release).metadata)
    var state = PartitionFold(partition, committed: handover?.committed ?? start, release: release)
    state.handover = handover
    guard bounds.next > 0 else { return comparison.extent }
    try reader.assign([partition: 0])
    var batch = RecordBatch()
    while true {
      batch.removeAll()
      let signal = try reader.poll(
        into: &batch, limit: PollLimit(records: 10_000, bytes: 16 << 20), waiting: .milliseconds(200))
      for record in batch.records {
        if comparison.extent.frames == 0, handover == nil { try expectOwnBirth(record, of: batch) }
        if let number = PartitionFold.release(of: record, in: batch), number > release.number {
          comparison.extent.successor = number
          try comparison.finish(before: comparison.extent.frames)
          return comparison.extent
        }
        try apply(record, of: batch, to: &state, comparison.extent.frames)
        try comparison.compare(&state, line: Self.lastLine(record, of: batch))
      }
      if case .endOfPartition(_, let offset)? = signal, offset >= bounds.next {
        try comparison.finish(before: .max)
        return comparison.extent
      }
    }
  }

  /// Without a release frame of its own, a release has published a journal that was born with it.
  private func expectOwnBirth(_ record: RecordBatch.Record, of batch: borrowing RecordBatch) throws {
    guard let birth = try? Birth(json: record.value.map { batch.copy($0) } ?? []), birth.release != release.number
    else { return }
    throw StopReason(
      .divergence,
      reason: """
        this program is release \(release.number) of the fold, which has published nothing from \(partition) yet: the \
        journal was born with release \(birth.release)
        """,
      advice: "verify it with the program of the release that publishes it")
  }

  private func apply(
    _ record: RecordBatch.Record, of batch: borrowing RecordBatch, to state: inout PartitionFold, _ frame: Int64
  ) throws {
    do {
      try state.apply(record, of: batch)
    } catch {
      throw Difference(
        subject: "checksum", frames: frame...frame, published: "offset \(record.offset)", refolded: error.reason,
        line: Self.lastLine(record, of: batch))
    }
  }

  private static func lastLine(_ record: RecordBatch.Record, of batch: borrowing RecordBatch) -> String {
    guard let value = record.value else { return "" }
    let bytes = batch.copy(value)
    let end = bytes.last == UInt8(ascii: "\n") ? bytes.count - 1 : bytes.count
    let start = bytes[..<end].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }
}
