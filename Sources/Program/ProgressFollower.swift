import Foundation
import Incidents
import Pipeline
import Synchronization
import Wire

/// Reads along what the roles say of themselves on `progress`, and where the topics that they read end: the positions, lags
/// and verdicts that a process shows of its own roles.
final class ProgressFollower: Sendable {
  struct Report: Sendable {
    /// The newest record of each key of `progress`.
    var progress: [String: JSONValue] = [:]
    /// The offsets behind the last records.
    var ends: [TopicPartition: Int64] = [:]
  }

  private let names: Names
  private let log: any LogFactory
  private let state = Mutex(Report())
  private let stop: StopFlag
  /// The newest records are all that is wanted: what is written is written again soon, or is of no partition at work.
  private static let reach: Int64 = 20_000

  init(names: Names, log: any LogFactory, stop: StopFlag) {
    self.names = names
    self.log = log
    self.stop = stop
  }

  var report: Report { state.withLock(\.self) }

  func start() {
    let thread = Thread { [self] in
      while !stop.isSet {
        // What fails here costs a metric its freshness and nothing else.
        try? follow()
        if !stop.isSet { Thread.sleep(forTimeInterval: 1) }
      }
    }
    thread.name = "progress"
    thread.start()
  }

  private func follow() throws {
    let administration = try log.makeAdministration()
    defer { administration.close() }
    let reader = try log.makeReader()
    defer { reader.close(leaving: true) }
    let progress = TopicPartition(names(.progress), 0)
    let bounds = try reader.bounds(of: progress)
    try reader.assign([progress: max(bounds.first, bounds.next - Self.reach)])
    let partitions = try administration.describe(topics: names.inputs + [names(.journal)], settings: [])
      .flatMap(\.topicPartitions)
    var batch = RecordBatch()
    var looked: ContinuousClock.Instant?
    while !stop.isSet {
      batch.removeAll()
      _ = try reader.poll(into: &batch, limit: PollLimit(records: 1_000, bytes: 1 << 20), waiting: .milliseconds(500))
      var newest: [String: JSONValue] = [:]
      for record in batch.records {
        guard let key = record.key.map({ batch.text($0) }), let value = record.value.map({ batch.copy($0) }) else {
          continue
        }
        newest[key] = try? JSONValue(parsing: value)
      }
      let now = ContinuousClock.now
      if looked.map({ now - $0 > .seconds(10) }) ?? true {
        looked = now
        let ends = try administration.bounds(of: partitions).mapValues(\.next)
        state.withLock { $0.ends = ends }
      }
      if !newest.isEmpty { state.withLock { $0.progress.merge(newest) { _, new in new } } }
    }
  }
}
