import Hotspots
import Incidents
import Wire

/// The birth of a journal: its first frame and the groups' first offsets, in one transaction, once.
public struct Founding {
  private let names: Names
  private let log: any LogFactory
  private let release: Release

  public init(names: Names, log: any LogFactory, release: Release = .current) {
    self.names = names
    self.log = log
    self.release = release
  }

  /// The journal's birth, as `progress` has it; nil when there is none.
  public func birth() throws -> Birth? {
    try ProgressReader(names: names, log: log).read()["journal"].map { try Birth(json: $0) }
  }

  /// The journal's birth; a stop when there is none.
  public func knownBirth() throws -> Birth {
    try Birth.known(in: ProgressReader(names: names, log: log).read(), names: names)
  }

  /// Writes the birth frame and commits the first offsets of every partition that `progress` has never had a record of.
  /// Says what it did, one sentence each; nothing when all was there.
  ///
  /// - Parameters:
  ///   - configuration: for a journal that is not born yet; ignored else.
  ///   - journal: the new journal's id, 32 hexadecimal digits.
  public func establish(
    configuration: Configuration, journal: String, at: EventTime
  ) throws -> [String] {
    guard try !isComplete() else { return [] }
    let writer = try ControlWriter(names: names, log: log)
    var records: [OutgoingRecord] = []
    var done: [String] = []
    if writer.progress["journal"] == nil {
      try refuseForeignJournal()
      let birth = Birth(
        journal: journal, partitions: [["*"]], areas: Birth.digest(of: AreaTable.canonicalText),
        rules: Birth.digest(of: OffenceTable.canonicalText), release: release.number,
        configuration: configuration.completed { _ in LocalDay(containing: at) })
      records = [birth.progress(names: names), birth.frame(.birth, at: at, partition: 0, names: names)]
      done.append("wrote the birth of journal \(journal)")
    }
    let ingest = try ingestOffsets(progress: writer.progress, tickedIn: at)
    let fold = foldOffsets(progress: writer.progress)
    if !ingest.isEmpty { done.append("committed the first offsets of \(ingest.count) input partitions") }
    if !fold.isEmpty { done.append("committed the first offset of the journal") }
    guard !done.isEmpty else { return [] }
    for (partition, totals) in ingest.sorted(by: { $0.key < $1.key }) {
      records.append(totals.progress(of: partition, names: names))
    }
    for (partition, state) in fold { records.append(state.progress(of: partition, names: names)) }
    try writer.write(
      records,
      offsets: [
        names.group(.ingest): ingest.mapValues { CommittedOffset(offset: $0.offset, metadata: $0.metadata) },
        names.group(.fold): fold.mapValues(\.committed),
      ])
    return done
  }

  /// Whether there is nothing to establish.
  private func isComplete() throws -> Bool {
    let progress = try ProgressReader(names: names, log: log).read()
    let ingest = try ingestOffsets(progress: progress, tickedIn: EventTime(milliseconds: 0))
    return progress["journal"] != nil && ingest.isEmpty && foldOffsets(progress: progress).isEmpty
  }

  /// A journal topic that holds records although `progress` knows of no birth is not ours to begin again. What a founder
  /// left behind that did not come to its commit is no record.
  private func refuseForeignJournal() throws {
    let reader = try log.makeReader()
    defer { reader.close(leaving: true) }
    let partition = TopicPartition(names(.journal), 0)
    let bounds = try reader.bounds(of: partition)
    guard bounds.first < bounds.next else { return }
    try reader.assign([partition: bounds.first])
    var batch = RecordBatch()
    while batch.records.isEmpty {
      let signal = try reader.poll(
        into: &batch, limit: PollLimit(records: 1, bytes: 1), waiting: .milliseconds(200))
      if batch.records.isEmpty, case .endOfPartition(_, let offset)? = signal, offset >= bounds.next { return }
    }
    throw StopReason(
      .divergence, reason: "\(partition) holds records, but \(names(.progress)) knows of no birth",
      advice: "choose another --prefix, or remove both topics if nothing in them is needed")
  }

  /// Inputs are read from what the log still holds.
  private func ingestOffsets(
    progress: [String: [UInt8]], tickedIn at: EventTime
  ) throws -> [TopicPartition: IngestTotals] {
    let administration = try log.makeAdministration()
    defer { administration.close() }
    let topics = try administration.describe(topics: InputTopic.allCases.map(names.input), settings: [])
    let new = topics.flatMap(\.topicPartitions).filter { progress["ingest:\($0.topic):\($0.partition)"] == nil }
    return try administration.bounds(of: new).mapValues { bounds in
      var totals = IngestTotals(offset: bounds.first)
      totals.tickHour = at.hour
      return totals
    }
  }

  private func foldOffsets(progress: [String: [UInt8]]) -> [TopicPartition: PartitionFold] {
    guard progress["fold:0"] == nil else { return [:] }
    let partition = TopicPartition(names(.journal), 0)
    return [
      partition: PartitionFold(
        partition, committed: CommittedOffset(offset: 0, metadata: FoldMark.start(release).metadata), release: release)
    ]
  }
}

extension Configuration {
  /// With what is not set filled in: the day on which a topic's observation begins.
  func completed(observedFrom day: (InputTopic) -> LocalDay?) -> Configuration {
    var configuration = self
    for topic in InputTopic.allCases where configuration.observedFrom[topic] == nil {
      configuration.observedFrom[topic] = day(topic)
    }
    return configuration
  }
}

extension Birth {
  /// The journal's birth, as `progress` has it; a stop when there is none.
  static func known(in progress: [String: [UInt8]], names: Names) throws -> Birth {
    guard let record = progress["journal"] else {
      throw StopReason(
        .divergence, reason: "the journal \(names(.journal)) has not been born",
        advice: "run `bellwether topics apply` first")
    }
    return try Birth(json: record)
  }

  /// The record of `progress` that says what the journal is now.
  func progress(names: Names) -> OutgoingRecord {
    OutgoingRecord(topic: names(.progress), partition: 0, key: Array("journal".utf8), value: json)
  }

  /// The same as a control frame of a partition of the journal.
  func frame(_ kind: JournalFrame.Kind, at: EventTime, partition: Int32, names: Names) -> OutgoingRecord {
    let line = json + [UInt8(ascii: "\n")]
    let frame = JournalFrame(kind: kind, at: at, count: 1, value: line)
    return OutgoingRecord(topic: names(.journal), partition: partition, value: line, headers: frame.headers)
  }
}
