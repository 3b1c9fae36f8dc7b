import Incidents
import Pipeline
import SQLite
import Wire

/// The serve role: reads the output topics by assignment and keeps the read model. It belongs to no group, commits
/// nothing and holds nobody up; any number may run.
///
/// Used by one thread. After an error the object is spent; a new one goes on from what the read model has.
public final class ServeRole {
  private static let limit = PollLimit(records: 2_000, bytes: 4 << 20)
  /// How many steps pass between two looks for topics that were not there.
  private static let stepsBetweenLooks = 300

  private let log: any LogFactory
  private let topics: OutputTopics
  private let model: ReadModel
  private let publish: @Sendable ([Change]) -> Void
  private let reader: any LogConsumer
  private var batch = RecordBatch()
  private var next: [TopicPartition: Int64] = [:]
  private var reached: [TopicPartition: Int64] = [:]
  private var steps = 0
  private var isComplete = false

  /// - Parameter live: told what changed, for those who read along.
  public convenience init(
    log: any LogFactory, names: Names, model: ReadModel, live: LiveStream
  ) throws(RoleError) {
    try self.init(log: log, names: names, model: model) { live.publish($0) }
  }

  init(
    log: any LogFactory, names: Names, model: ReadModel, publish: @escaping @Sendable ([Change]) -> Void
  ) throws(RoleError) {
    self.log = log
    self.model = model
    self.publish = publish
    topics = OutputTopics(names: names)
    do {
      try model.begin(journal: Founding(names: names, log: log).knownBirth().journal)
      reader = try log.makeReader()
    } catch {
      throw Self.roleError(error)
    }
    do {
      try assign()
      // Whoever comes before the first change is told where the stream stands, too.
      publish([])
    } catch {
      reader.close(leaving: true)
      throw Self.roleError(error)
    }
  }

  public func close(leaving: Bool) { reader.close(leaving: leaving) }

  /// What is read; nil never, as no group has to give it.
  public var owned: Set<TopicPartition>? { Set(next.keys) }

  /// For each partition, the offset up to which all there was has been applied; those still being read are missing.
  public var caughtUp: [TopicPartition: Int64] { reached }

  /// Reads what is there, waiting for it as long as told, and applies it.
  public func step(waiting: Duration) throws(RoleError) {
    do {
      steps += 1
      if !isComplete, steps % Self.stepsBetweenLooks == 0 { try assign() }
      batch.removeAll()
      let signal = try reader.poll(into: &batch, limit: Self.limit, waiting: waiting)
      if !batch.records.isEmpty {
        let changes = try model.apply(batch, of: topics)
        for record in batch.records {
          let partition = batch.partition(of: record)
          next[partition] = record.offset + 1
          reached[partition] = nil
        }
        publish(changes)
      }
      if case .endOfPartition(let partition, let offset)? = signal { try reachedEnd(of: partition, at: offset) }
    } catch {
      throw Self.roleError(error)
    }
  }

  private func reachedEnd(of partition: TopicPartition, at offset: Int64) throws(SQLiteError) {
    reached[partition] = offset
    // Once what was there at the beginning has been read, streams may be resumed from here on.
    let view = model.view
    guard topics[partition.topic] == .projections, view.position.projections < view.floor.projections,
      offset >= view.floor.projections
    else { return }
    try model.raisePosition(projections: offset, signals: 0)
    publish([])
  }

  /// Reads on from what the model has, and what it does not have from its beginning.
  private func assign() throws {
    let administration = try log.makeAdministration()
    defer { administration.close() }
    let descriptions = try administration.describe(topics: topics.names, settings: [])
    isComplete = descriptions.count == topics.names.count
    let bounds = try administration.bounds(of: descriptions.flatMap(\.topicPartitions))
    var positions = try model.positions()
    if bounds.contains(where: { partition, bounds in (positions[partition] ?? 0) > bounds.next }) {
      // Less is there than was read: these are other topics under the same names.
      try model.forgetAll(journal: model.view.journal)
      positions = [:]
    }
    let new = bounds.filter { positions[$0.key] == nil }
    if !new.isEmpty {
      // What compaction has taken away by now cannot be told to a stream.
      let floor = new.filter { topics[$0.key.topic] == .projections }.map(\.value.next).max() ?? 0
      try model.begin(reading: new.mapValues(\.first), floor: floor)
    }
    let starts = bounds.reduce(into: [TopicPartition: Int64]()) { starts, entry in
      starts[entry.key] = max(positions[entry.key] ?? entry.value.first, entry.value.first)
    }
    guard starts.keys.contains(where: { next[$0] == nil }) else { return }
    try reader.assign(starts)
    next = starts
    reached = [:]
  }

  /// Nothing that befalls this role may end the others: whatever can be tried again is.
  private static func roleError(_ error: any Error) -> RoleError {
    switch error {
    case let error as RoleError: error
    case let error as StopReason: .stop(error)
    case let error as LogError: .restart(error)
    default: .restart(LogError(.other, .restart, reason: "\(error)"))
    }
  }
}
