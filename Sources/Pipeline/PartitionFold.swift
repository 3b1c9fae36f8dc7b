import Hotspots
import Incidents
import Wire

/// One partition of the journal as its owner holds it: the fold, the digest of what was published, and whether it has
/// caught up with what its predecessor committed.
///
/// What throws a `StopReason` leaves it of no use: it must be parked.
struct PartitionFold {
  private(set) var fold: Fold
  private(set) var digest = Digest256.zero
  /// The offset of the next frame to read.
  private(set) var offset: Int64 = 0
  /// What the group has committed.
  private(set) var groupOffset: CommittedOffset
  /// False up to the committed offset of the take-over: until then frames are folded silently.
  private(set) var isLive = false
  let partition: TopicPartition
  private let release: Release
  /// What the release before left, once it is known; nil before the release frame and for the release of the birth.
  var handover: Handover?
  /// Live where the release before has committed for the last time: nothing but the own frame can follow.
  private var awaitsRelease = false
  /// How many frames the checkpoint held from which folding began; 0 without one.
  private let startFrame: Int64
  /// Signals of live frames, not published yet.
  private var signals: [OutgoingSignal] = []
  /// Statuses of sources that live frames made due, not published yet.
  private var statuses: [SourceStatus] = []

  /// A partition to be taken over: what is committed, and the checkpoint to start from, if there is one.
  init(
    _ partition: TopicPartition, committed: CommittedOffset, release: Release, from checkpoint: RestoredFold? = nil
  ) {
    self.partition = partition
    self.release = release
    groupOffset = committed
    fold = checkpoint?.fold ?? Fold(partition: partition.partition)
    digest = checkpoint?.mark.digest ?? .zero
    offset = checkpoint?.offset ?? 0
    startFrame = checkpoint?.mark.frame ?? 0
  }

  /// What the group's offset should say here.
  var mark: FoldMark {
    FoldMark(release: release.number, frame: fold.frames, digest: digest, counts: fold.countsDigest)
  }

  /// What the group's offset should be here.
  var committed: CommittedOffset { CommittedOffset(offset: offset, metadata: mark.metadata) }

  /// Folds a frame. A partition that becomes live with this frame or before it proves first that it agrees with what was
  /// committed.
  mutating func apply(_ record: RecordBatch.Record, of batch: borrowing RecordBatch) throws(StopReason) {
    try settle(at: record.offset)
    do throws(JournalError) {
      let frame = try JournalFrame(record, of: batch)
      if frame.kind == .release { try meetRelease(Self.birth(record, of: batch).release) }
      guard isLive ? !awaitsRelease : record.offset < groupOffset.offset else {
        throw JournalError("an earlier release has committed up to here, and this does not begin \(release.number)")
      }
      fold.begin(at: frame.at)
      switch frame.kind {
      case .events, .tick: try frame.apply(record, of: batch, to: &fold, revise: release.event)
      case .birth, .config, .release:
        fold.configure(release.reading(try Self.birth(record, of: batch).configuration))
      }
      digest = digest.chained(frame.checksum, finish())
    } catch {
      throw StopReason(
        .divergence,
        reason: """
          \(partition), frames \(range): the frame at offset \(record.offset) cannot be read: \(error). Committed is \
          \(groupOffset.metadata)
          """,
        advice: "the journal is damaged there or was written by another version; nothing was published past it")
    }
    offset = record.offset + 1
    // What was published before needs not to be remembered as changed.
    if !isLive { fold.settleDays() }
  }

  private static func birth(
    _ record: RecordBatch.Record, of batch: borrowing RecordBatch
  ) throws(JournalError) -> Birth {
    try Birth(json: record.value.map { batch.copy($0) } ?? [])
  }

  /// The release that may publish from a record on; nil when it is no frame that says so, or one that cannot be read.
  static func release(of record: RecordBatch.Record, in batch: borrowing RecordBatch) -> Int? {
    guard batch.header("kind", of: record) == JournalFrame.Kind.release.rawValue,
      (try? JournalFrame(record, of: batch)) != nil
    else { return nil }
    return try? birth(record, of: batch).release
  }

  /// The next frame is a release's. An earlier one is history like any other; with its own this release begins, on what
  /// the one before it has left.
  private mutating func meetRelease(_ number: Int) throws(JournalError) {
    guard number >= release.number else { return }
    guard number == release.number else { throw JournalError("it begins release \(number)") }
    guard let handover, handover.mark.frame == fold.frames else {
      let place = handover.map { "lies at frame \($0.mark.frame)" } ?? "is missing"
      throw JournalError("what the release before has left \(place)")
    }
    digest = handover.mark.digest
    let days = handover.days.keys.map { ($0.bucket, $0.day) }
    if let unknown = fold.beginRelease(after: handover.signals, buckets: handover.buckets, days: days) {
      throw JournalError("signals of an unknown detector were published: \(unknown.statement.detector.name)")
    }
    awaitsRelease = false
  }

  /// Ends the frame; the bytes of its signals. They, and the statuses of sources, are kept for publishing only where the
  /// group has not committed past them: until then a predecessor has published them.
  private mutating func finish() -> [UInt8] {
    var bytes: [UInt8] = []
    for signal in fold.finish() {
      let value = signal.json
      bytes += value
      if isLive { signals.append(OutgoingSignal(key: signal.key, value: value, headers: signal.headers)) }
    }
    let due = fold.takeSourceStatuses()
    if isLive { statuses += due }
    return bytes
  }

  /// The partition was read up to its end, which lies at `end`.
  mutating func reachedEnd(_ end: Int64) throws(StopReason) { try settle(at: end) }

  /// The frame at `offset` is a later release's: everything before it is folded, and the rest is not for this one.
  mutating func makeRoom(at offset: Int64) throws(StopReason) {
    try settle(at: offset)
    guard !isLive else { return }
    throw StopReason(
      .divergence,
      reason: """
        \(partition), frames \(range): a later release's frame lies at offset \(offset), and \(groupOffset.offset) behind \
        it is committed (\(groupOffset.metadata))
        """,
      advice: "run the program of that release")
  }

  /// Throws when the whole journal, which ends at `end`, does not reach the committed offset.
  func checkReach(of end: Int64) throws(StopReason) {
    guard end < groupOffset.offset else { return }
    throw StopReason(
      .divergence,
      reason: """
        \(partition), frames \(range): the journal ends at offset \(end), and \(groupOffset.offset) is committed \
        (\(groupOffset.metadata)); folded up to the end it gives \(mark.metadata)
        """,
      advice: "records of the journal were lost: restore it from an archive; nothing was published")
  }

  /// Goes live when everything before `next` was folded and the committed offset is not past it.
  private mutating func settle(at next: Int64) throws(StopReason) {
    guard !isLive, next >= groupOffset.offset else { return }
    guard let expected = FoldMark(metadata: groupOffset.metadata) else {
      throw StopReason(
        .divergence, reason: "the offset committed for \(partition) does not carry our digest",
        advice: "something else has committed it: stop that, and restore the offset")
    }
    if expected.release < release.number {
      guard let handover else { return }
      return try settle(on: handover)
    }
    guard expected == mark else {
      throw StopReason(
        .divergence,
        reason: """
          \(partition), frames \(range): what was committed (\(expected.metadata)) and what folding the journal gives \
          now (\(mark.metadata)) differ
          """,
        advice: startFrame == 0
          ? "the journal or the program has changed since; nothing was published past the difference"
          : """
          the journal or the program has changed since; nothing was published past the difference. To fold from the \
          journal's birth, remove the checkpoints in the state directory and start again
          """)
    }
    isLive = true
    offset = groupOffset.offset
    fold.settle()
  }

  /// Goes live where the release before has committed for the last time. Its counts need not be those of these rules.
  private mutating func settle(on handover: Handover) throws(StopReason) {
    guard handover.committed == groupOffset, handover.mark.frame == fold.frames else {
      throw StopReason(
        .divergence,
        reason: """
          \(partition), frames \(range): committed is \(groupOffset.metadata), and what release \
          \(handover.mark.release) left to release \(release.number) is \(handover.mark.metadata)
          """,
        advice: "the journal has changed since, or the offset; nothing was published past the difference")
    }
    digest = handover.mark.digest
    isLive = true
    awaitsRelease = true
    offset = groupOffset.offset
    fold.settle()
  }

  /// Whether the group has committed nothing of this release yet.
  var isHandedOver: Bool { FoldMark(metadata: groupOffset.metadata).map { $0.release < release.number } ?? false }

  /// What the group has committed, for a fold that was begun before that was known.
  mutating func take(_ committed: CommittedOffset) { groupOffset = committed }

  /// From the checkpoint to the committed offset, or to where a frame came to be read behind it.
  private var range: String {
    let committed = FoldMark(metadata: groupOffset.metadata)?.frame ?? fold.frames
    return "\(startFrame) to \(max(committed, fold.frames))"
  }

  /// What was published is committed: the moment for a checkpoint.
  mutating func wasCommitted(_ committed: CommittedOffset, checkpointer: Checkpointer?) {
    groupOffset = committed
    checkpointer?.committed(partition, &self)
  }

  /// What a checkpoint needs; to be taken when all changes are published.
  mutating func takeSnapshot(whole: Bool) -> FoldSnapshot? { fold.takeSnapshot(whole: whole) }

  /// What changed so far will not be asked for.
  mutating func settleDays() { fold.settleDays() }

  /// The signals of live frames since the last call, in order.
  mutating func takeSignals() -> [OutgoingSignal] {
    defer { signals = [] }
    return signals
  }

  /// The statuses of sources that live frames made due since the last call, in order.
  mutating func takeSourceStatuses() -> [SourceStatus] {
    defer { statuses = [] }
    return statuses
  }

  /// What is to be published after a batch, in order: signals, days, projections, statuses of sources, and where the
  /// partition stands.
  mutating func takeRecords(names: Names) -> [OutgoingRecord] {
    var records = takeSignals().map { signal in
      OutgoingRecord(topic: names(.hotspotSignals), key: signal.key, value: signal.value, headers: signal.headers)
    }
    // At its beginning a release offers every day; most say already what it would.
    let days = fold.changedDays()
    for day in days where handover?.says(day) != true {
      records.append(
        OutgoingRecord(topic: names(.boroughDays), key: day.key, value: day.json, headers: day.headers))
    }
    for projection in fold.changedProjections() {
      records.append(
        OutgoingRecord(
          topic: names(.boroughProjections), key: Array(projection.bucket.key.utf8), value: projection.json,
          headers: projection.headers))
    }
    for status in takeSourceStatuses() {
      records.append(
        OutgoingRecord(topic: names(.sourceStatus), key: status.key, value: status.json, headers: status.headers))
    }
    records.append(progress(of: partition, names: names))
    handover?.days = [:]
    return records
  }
}

/// A signal as it goes to the log, its bytes being those of the digest.
struct OutgoingSignal {
  var key: [UInt8]
  var value: [UInt8]
  var headers: [RecordHeader]
}

extension PartitionFold {
  /// How many of the newest overlaps `progress` lists.
  static let overlapsListed = 20

  /// Writes the members that say how far the partition is, and by which mark.
  func writePlace(into writer: inout JSONWriter) {
    writer.member("partition", partition.partition)
    writer.member("offset", offset)
    mark.write(into: &writer)
  }

  /// The record of `progress` that says where the partition stands.
  func progress(of partition: TopicPartition, names: Names) -> OutgoingRecord {
    var writer = JSONWriter()
    writer.object { writer in
      writePlace(into: &writer)
      writer.key("now")
      if let now = fold.now { writer.integer(now.milliseconds) } else { writer.null() }
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
      let overlaps = fold.overlappingReturns
      writer.object("overlaps") { writer in
        writer.member("count", overlaps.count)
        writer.array("newest") { writer in
          for overlap in overlaps.suffix(Self.overlapsListed) { overlap.write(into: &writer) }
        }
      }
    }
    return OutgoingRecord(
      topic: names(.progress), partition: 0, key: Array("fold:\(partition.partition)".utf8), value: writer.bytes)
  }
}
