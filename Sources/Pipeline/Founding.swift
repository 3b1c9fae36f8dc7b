import Hotspots
import Incidents
import Wire

/// The birth of a journal: its first frame and the groups' first offsets, in one transaction, once.
public struct Founding {
  private let names: Names
  private let log: any LogFactory

  public init(names: Names, log: any LogFactory) {
    self.names = names
    self.log = log
  }

  /// The journal's birth, as `progress` has it; nil when there is none.
  public func birth() throws -> Birth? {
    guard let record = try ProgressReader(names: names, log: log).read()["journal"] else { return nil }
    return try Birth(json: record)
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
    // One founder at a time: another's open transaction ends here, and what it has committed is seen below.
    let producer = try log.makeProducer(transactionalID: "\(names.prefix)founding")
    defer { producer.close() }
    try producer.initialise()
    let progress = try ProgressReader(names: names, log: log).read()
    var outbox = Outbox()
    var done: [String] = []
    if progress["journal"] == nil {
      let birth = Birth(
        journal: journal, partitions: [["*"]], areas: Birth.digest(of: AreaTable.canonicalText),
        rules: Birth.digest(of: OffenceTable.canonicalText),
        release: FoldMark.release, configuration: configuration.completed(at: at))
      try refuseForeignJournal()
      var line = birth.json
      outbox.records.append(
        OutgoingRecord(topic: names(.progress), partition: 0, key: Array("journal".utf8), value: line))
      line.append(UInt8(ascii: "\n"))
      let frame = JournalFrame(kind: .birth, at: at, count: 1, value: line)
      outbox.records.append(
        OutgoingRecord(topic: names(.journal), partition: 0, value: line, headers: frame.headers))
      done.append("wrote the birth of journal \(journal)")
    }
    let ingest = try ingestOffsets(progress: progress, tickedIn: at)
    let fold = foldOffsets(progress: progress)
    if !ingest.isEmpty { done.append("committed the first offsets of \(ingest.count) input partitions") }
    if !fold.isEmpty { done.append("committed the first offset of the journal") }
    guard !done.isEmpty else { return [] }
    try producer.begin()
    for record in outbox.records { try producer.produce(record) }
    for (partition, totals) in ingest.sorted(by: { $0.key < $1.key }) {
      try producer.produce(totals.progress(of: partition, names: names))
    }
    for (partition, state) in fold { try producer.produce(state.progress(of: partition, names: names)) }
    _ = try producer.flush()
    if !ingest.isEmpty {
      try producer.sendOffsets(
        ingest.mapValues { CommittedOffset(offset: $0.offset, metadata: $0.metadata) },
        of: .administrator(group: names.group(.ingest)))
    }
    if !fold.isEmpty {
      try producer.sendOffsets(
        fold.mapValues(\.committed), of: .administrator(group: names.group(.fold)))
    }
    try producer.commit()
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
    let topics = try administration.describe(topics: InputTopic.served.map(names.input), settings: [])
    let new = topics.flatMap { topic in
      (0..<Int32(topic.partitions)).map { TopicPartition(topic.name, $0) }
    }.filter { progress["ingest:\($0.topic):\($0.partition)"] == nil }
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
        partition, committed: CommittedOffset(offset: 0, metadata: FoldMark.start.metadata))
    ]
  }
}

extension Configuration {
  /// With the defaults of a birth at this time filled in: observation begins that day.
  fileprivate func completed(at: EventTime) -> Configuration {
    var configuration = self
    for topic in InputTopic.allCases where configuration.observedFrom[topic] == nil {
      configuration.observedFrom[topic] = LocalDay(containing: at)
    }
    return configuration
  }
}
