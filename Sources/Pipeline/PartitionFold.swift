import Hotspots
import Incidents
import Wire

/// One partition of the journal as its owner holds it: the fold, the digest of what was published, and whether it has
/// caught up with what its predecessor committed.
struct PartitionFold {
  private(set) var fold: Fold
  private(set) var digest = Digest256.zero
  /// The offset of the next frame to read.
  private(set) var offset: Int64 = 0
  /// Where the group stood at the take-over; nil once live. Up to there frames are folded silently.
  private var target: CommittedOffset?
  private let partition: TopicPartition
  /// Signals of live frames, not published yet.
  private var signals: [OutgoingSignal] = []

  init(_ partition: TopicPartition, committed: CommittedOffset) {
    self.partition = partition
    fold = Fold(partition: partition.partition)
    target = committed
  }

  var isLive: Bool { target == nil }

  /// What the group's offset should say here.
  var mark: FoldMark { FoldMark(frame: fold.frames, digest: digest, counts: fold.countsDigest) }

  var committed: CommittedOffset { CommittedOffset(offset: offset, metadata: mark.metadata) }

  /// Folds a frame. A partition that becomes live with this frame or before it proves first that it agrees with what was
  /// committed.
  mutating func apply(_ record: RecordBatch.Record, of batch: borrowing RecordBatch) throws(StopReason) {
    try settle(at: record.offset)
    do throws(JournalError) {
      let frame = try JournalFrame(record, of: batch)
      fold.begin(at: frame.at)
      switch frame.kind {
      case .events, .tick: try frame.apply(record, of: batch, to: &fold)
      case .birth: fold.configure(try Birth(json: record.value.map { batch.copy($0) } ?? []).configuration)
      case .config, .release:
        throw JournalError("it is a control frame of a later version: \(frame.kind.rawValue)")
      }
      digest = digest.chained(frame.checksum, finish())
    } catch {
      throw StopReason(
        .divergence, reason: "frame \(fold.frames - 1) of \(partition), at offset \(record.offset): \(error)",
        advice: "the journal is damaged there or was written by another version; nothing was published past it")
    }
    offset = record.offset + 1
    // What was published before needs not to be remembered as changed.
    if !isLive { fold.settleDays() }
  }

  /// Ends the frame; the bytes of its signals. They are kept for publishing only where the group has not committed past
  /// them: until then a predecessor has published them.
  private mutating func finish() -> [UInt8] {
    var bytes: [UInt8] = []
    for signal in fold.finish() {
      let value = signal.json
      bytes += value
      if isLive { signals.append(OutgoingSignal(key: signal.key, value: value, headers: signal.headers)) }
    }
    return bytes
  }

  /// The partition was read up to its end, which lies at `end`.
  mutating func reachedEnd(_ end: Int64) throws(StopReason) { try settle(at: end) }

  /// Goes live when everything before `next` was folded and the committed offset is not past it.
  private mutating func settle(at next: Int64) throws(StopReason) {
    guard let target, next >= target.offset else { return }
    guard let committed = FoldMark(metadata: target.metadata) else {
      throw StopReason(
        .divergence, reason: "the offset committed for \(partition) does not carry our digest",
        advice: "something else has committed it: stop that, and restore the offset")
    }
    guard committed == mark else {
      throw StopReason(
        .divergence,
        reason: """
          \(partition), frames 0 to \(committed.frame): what was committed (\(target.metadata)) and what folding the \
          journal gives now (\(mark.metadata)) differ
          """,
        advice: "the journal or the program has changed since; nothing was published past the difference")
    }
    self.target = nil
    offset = target.offset
    fold.settle()
  }

  /// What is to be published after a batch, in order: signals, days, projections, and where the partition stands.
  mutating func takeRecords(names: Names) -> [OutgoingRecord] {
    var records = signals.map { signal in
      OutgoingRecord(topic: names(.hotspotSignals), key: signal.key, value: signal.value, headers: signal.headers)
    }
    signals = []
    for day in fold.changedDays() {
      records.append(
        OutgoingRecord(topic: names(.boroughDays), key: day.key, value: day.json, headers: day.headers))
    }
    for projection in fold.changedProjections() {
      records.append(
        OutgoingRecord(
          topic: names(.boroughProjections), key: Array(projection.bucket.key.utf8), value: projection.json,
          headers: projection.headers))
    }
    records.append(progress(of: partition, names: names))
    return records
  }
}

/// A signal as it goes to the log, its bytes being those of the digest.
private struct OutgoingSignal {
  var key: [UInt8]
  var value: [UInt8]
  var headers: [RecordHeader]
}

extension PartitionFold {
  /// The record of `progress` that says where the partition stands.
  func progress(of partition: TopicPartition, names: Names) -> OutgoingRecord {
    let mark = mark
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("partition", partition.partition)
      writer.member("offset", offset)
      writer.member("frame", mark.frame)
      writer.member("digest", mark.digest.description)
      writer.member("counts", String(mark.counts, radix: 16))
      writer.member("now", fold.now.map(RFC3339.text))
      writer.object("verdicts") { writer in
        for topic in InputTopic.allCases {
          let verdicts = fold.verdicts(topic)
          writer.object(topic.name) { writer in
            writer.member("folded", verdicts.folded)
            writer.member("duplicate", verdicts.duplicate)
            writer.member("conflict", verdicts.conflict)
            writer.member("superseded", verdicts.superseded)
            writer.member("unmappedOffence", verdicts.unmappedOffence)
            writer.member("unattributed", verdicts.unattributed)
          }
        }
      }
    }
    return OutgoingRecord(
      topic: names(.progress), partition: 0, key: Array("fold:\(partition.partition)".utf8), value: writer.bytes)
  }
}
