import Dashboard
import Foundation
import Incidents
import Pipeline
import Wire

/// Waits until all that the inputs held at the start has been ingested, folded and published, by this process or by the
/// others of its groups.
struct CaughtUp {
  private let threads: [RoleThread]
  private let deployment: Deployment
  private let inputs: [TopicPartition: Int64]

  init(threads: [RoleThread], deployment: Deployment) throws {
    self.threads = threads
    self.deployment = deployment
    inputs = try Self.ends(of: deployment.names.inputs, deployment)
  }

  /// Returns early when the service stops for another reason. Returns why not all of it can be done, once the rest is.
  func wait(unless stop: StopFlag) throws -> StopReason? {
    var hindrance: StopReason?
    for thread in threads {
      // What a role has to reach is known only when the one before it is done.
      let targets =
        switch thread.role {
        case .ingest: inputs
        case .fold: try Self.ends(of: [deployment.names(.journal)], deployment)
        case .serve: try Self.ends(of: OutputTopics(names: deployment.names).names, deployment)
        }
      while !stop.isSet {
        if let reason = thread.hindrance {
          hindrance = hindrance ?? reason
          break
        }
        if let standing = thread.standing, standing.hasReached(targets) {
          let others = targets.filter { !standing.owned.contains($0.key) }
          if try others.isEmpty || haveOthersReached(others, thread.role) {
            hindrance = hindrance ?? standing.hindrance
            break
          }
          Thread.sleep(forTimeInterval: 0.2)
        }
        Thread.sleep(forTimeInterval: 0.02)
      }
    }
    return hindrance
  }

  /// Whether no record lies between what the group has committed and the targets.
  private func haveOthersReached(_ targets: [TopicPartition: Int64], _ role: Pipeline.Role) throws -> Bool {
    let administration = try deployment.log.makeAdministration()
    defer { administration.close() }
    let committed: [TopicPartition: CommittedOffset]
    do {
      committed = try administration.committed(group: deployment.names.group(role), Array(targets.keys))
    } catch {
      guard error.remedy == .retry else { throw error }
      return false
    }
    for (partition, target) in targets {
      guard let offset = committed[partition]?.offset else { return false }
      if offset < target, try hasRecord(partition, from: offset, before: target) { return false }
    }
    return true
  }

  /// Markers of transactions take offsets too, so only reading tells.
  private func hasRecord(_ partition: TopicPartition, from start: Int64, before end: Int64) throws -> Bool {
    let reader = try deployment.log.makeReader()
    defer { reader.close(leaving: true) }
    try reader.assign([partition: start])
    var batch = RecordBatch()
    while true {
      let signal = try reader.poll(into: &batch, limit: PollLimit(records: 1, bytes: 1), waiting: .milliseconds(200))
      if let record = batch.records.first { return record.offset < end }
      if case .endOfPartition(_, let offset)? = signal, offset >= end { return false }
    }
  }

  private static func ends(of topics: [String], _ deployment: Deployment) throws -> [TopicPartition: Int64] {
    let administration = try deployment.log.makeAdministration()
    defer { administration.close() }
    let partitions = try administration.describe(topics: topics, settings: []).flatMap(\.topicPartitions)
    return try administration.bounds(of: partitions).mapValues(\.next)
  }
}
