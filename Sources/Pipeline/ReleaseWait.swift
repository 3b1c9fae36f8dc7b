import Hotspots
import Incidents
import Wire

/// A newer release that may not publish yet: it reads the journal outside the group and folds it by its own rules, so that
/// it is ready when the release frame has come and the release before has published everything up to it.
final class ReleaseWait {
  private static let limit = PollLimit(records: 10_000, bytes: 16 << 20)

  private let names: Names
  private let log: any LogFactory
  private let release: Release
  private let notice: @Sendable (String) -> Void
  private let journal: any LogConsumer
  private let progress: any LogConsumer
  private var batch = RecordBatch()
  private var folds: [TopicPartition: PartitionFold]
  /// Those that stand directly before the release frame.
  private var arrived: Set<TopicPartition> = []
  /// Those of which `progress` says that everything before the frame is published.
  private var left: Set<TopicPartition> = []
  private var said = ""
  /// Set where the journal was seen to end before this release's frame: only a person writes that.
  private(set) var hindrance: StopReason?

  /// Nil when nothing has to be waited for: this release publishes already, or still has something to publish. Throws when
  /// a later one publishes everywhere, whether or not the group has a partition to give.
  init?(
    names: Names, log: any LogFactory, release: Release, notice: @escaping @Sendable (String) -> Void
  ) throws {
    let administration = try log.makeAdministration()
    defer { administration.close() }
    let partitions = try administration.describe(topics: [names(.journal)], settings: []).flatMap(\.topicPartitions)
    let marks = try administration.stableCommitted(group: names.group(.fold), partitions).values.compactMap {
      FoldMark(metadata: $0.metadata)
    }
    if let oldest = marks.map(\.release).min(), oldest > release.number {
      throw StopReason.outdated(release, journal: oldest)
    }
    guard marks.contains(where: { $0.release < release.number }) else { return nil }
    self.names = names
    self.log = log
    self.release = release
    self.notice = notice
    journal = try log.makeReader()
    progress = try log.makeReader()
    let unknown = CommittedOffset(offset: .max, metadata: "")
    folds = Dictionary(
      uniqueKeysWithValues: partitions.map { ($0, PartitionFold($0, committed: unknown, release: release)) })
    try journal.assign(folds.mapValues(\.offset))
    let records = TopicPartition(names(.progress), 0)
    try progress.assign([records: try progress.bounds(of: records).first])
  }

  /// Reads on. The partitions as they are taken over, once all have come to the release frame and the release before has
  /// left them; nil until then.
  func step(waiting: Duration) throws -> [TopicPartition: PartitionFold]? {
    if arrived.count < folds.count {
      batch.removeAll()
      let signal = try journal.poll(into: &batch, limit: Self.limit, waiting: waiting)
      for record in batch.records { try fold(record) }
      if case .endOfPartition? = signal { sayWhatIsMissing() }
      guard arrived.count == folds.count else { return nil }
      hindrance = nil
    }
    try readProgress(waiting: waiting)
    guard left.isSuperset(of: arrived) else {
      sayWhatIsMissing()
      return nil
    }
    return folds
  }

  func close() {
    journal.close(leaving: true)
    progress.close(leaving: true)
  }

  private func fold(_ record: RecordBatch.Record) throws {
    let partition = batch.partition(of: record)
    guard !arrived.contains(partition) else { return }
    switch PartitionFold.release(of: record, in: batch) {
    case release.number?: arrived.insert(partition)
    case let number? where number > release.number: throw StopReason.outdated(release, journal: number)
    default: try folds[partition]?.apply(record, of: batch)
    }
  }

  private func readProgress(waiting: Duration) throws {
    batch.removeAll()
    _ = try progress.poll(into: &batch, limit: Self.limit, waiting: waiting)
    for record in batch.records {
      guard let key = record.key.map(batch.text) else { continue }
      for partition in folds.keys
      where key == Handover.key(partition: partition.partition, release: release.number) { left.insert(partition) }
    }
  }

  private func sayWhatIsMissing() {
    let text: String
    if let partition = folds.keys.sorted().first(where: { !arrived.contains($0) }) {
      text = """
        release \(release.number) waits for its frame in \(partition), which `bellwether release apply` of this program \
        writes; until then the release before publishes
        """
      hindrance = StopReason(
        .divergence, reason: text, advice: "run that, or the program of the release before")
    } else if let partition = folds.keys.sorted().first(where: { !left.contains($0) }) {
      text = """
        release \(release.number) waits for the release before to publish what lies before frame \
        \(folds[partition]?.fold.frames ?? 0) of \(partition): that program must run once more
        """
    } else {
      return
    }
    if text != said { notice(text) }
    said = text
  }
}
