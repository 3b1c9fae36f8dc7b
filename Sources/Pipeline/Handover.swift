import Hotspots
import Incidents
import Wire

/// What one release leaves to the next in a partition of the journal: the mark up to which it has published everything,
/// which lies directly before the release frame, and what it had published until then.
public struct Handover: Sendable {
  /// A day of a bucket.
  struct PublishedDay: Hashable, Sendable {
    var bucket: Bucket
    var day: LocalDay
  }

  /// What the group had committed there.
  var committed: CommittedOffset
  var mark: FoldMark
  /// Every revision of every signal, in order.
  var signals: [PublishedSignal]
  /// Whatever had been published, in order.
  var buckets: [Bucket]
  /// The days of which records stand, when they were asked for, and a digest of what each says.
  var days: [PublishedDay: Digest128] = [:]

  /// The key of its record in `progress`, which stays for ever.
  static func key(partition: Int32, release: Int) -> String { "release:\(partition):\(release)" }

  /// What was left to a release; nil while its predecessor has not come to the release frame, and for the release of the
  /// journal's birth.
  ///
  /// - Parameter withDays: whether the release is about to publish for the first time, so that it has to know which days
  ///   already say what it would.
  init?(
    to release: Int, in partition: TopicPartition, names: Names, log: any LogFactory, withDays: Bool
  ) throws {
    let progress = try ProgressReader(names: names, log: log).read()
    guard let record = progress[Self.key(partition: partition.partition, release: release)] else { return nil }
    guard let value = try? JSONValue(parsing: record), let offset = value["offset"]?.integer,
      let mark = FoldMark(progress: value)
    else { throw JournalError("the record of the handover to release \(release) lacks a member") }
    committed = CommittedOffset(offset: offset, metadata: mark.metadata)
    self.mark = mark
    var signals: [PublishedSignal] = []
    let reader = TopicReader(log: log)
    var faulty: Int64?
    try reader.read(names(.hotspotSignals)) { record, batch in
      guard let bytes = record.value, let value = try? JSONValue(parsing: batch.copy(bytes)),
        value["position"]?["partition"]?.integer == Int64(partition.partition),
        let frame = value["position"]?["frame"]?.integer, frame < mark.frame
      else { return }
      if let signal = PublishedSignal(json: value) { signals.append(signal) } else { faulty = record.offset }
    }
    if let faulty { throw JournalError("the signal at offset \(faulty) of \(names(.hotspotSignals)) cannot be read") }
    var published: Set<Bucket> = []
    try reader.read(names(.boroughProjections)) { record, batch in
      guard let bytes = record.value, let value = try? JSONValue(parsing: batch.copy(bytes)),
        value["position"]?["partition"]?.integer == Int64(partition.partition),
        let bucket = value["area"]?.string.flatMap(Bucket.init(key:))
      else { return }
      published.insert(bucket)
    }
    self.signals = signals
    buckets = published.sorted()
    guard withDays else { return }
    try reader.read(names(.boroughDays)) { record, batch in
      guard let bytes = record.value.map({ batch.copy($0) }), let value = try? JSONValue(parsing: bytes),
        value["position"]?["partition"]?.integer == Int64(partition.partition),
        let bucket = value["area"]?.string.flatMap(Bucket.init(key:)),
        let day = value["day"]?.string.flatMap({ LocalDay($0) })
      else { return }
      days[PublishedDay(bucket: bucket, day: day)] = Self.digest(ofDay: bytes)
    }
  }
}

extension Handover {
  /// Of what a day's record says, wherever it was said.
  private static func digest(ofDay json: [UInt8]) -> Digest128 {
    let name = Array("\"measures\":".utf8)
    let start = json.indices.first { json[$0...].starts(with: name) } ?? json.endIndex
    return XXH3.digest128([], json[start...])
  }

  /// Whether the record that stands says the same.
  func says(_ day: BoroughDay) -> Bool {
    days[PublishedDay(bucket: day.bucket, day: day.day)] == Self.digest(ofDay: day.json)
  }
}

extension PartitionFold {
  /// The record of `progress` that leaves the partition to another release.
  func handover(to release: Int, names: Names) -> OutgoingRecord {
    var writer = JSONWriter()
    writer.object { writer in
      writePlace(into: &writer)
    }
    return OutgoingRecord(
      topic: names(.progress), partition: 0,
      key: Array(Handover.key(partition: partition.partition, release: release).utf8), value: writer.bytes)
  }
}
