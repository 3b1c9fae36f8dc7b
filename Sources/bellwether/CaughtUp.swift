import Foundation
import Incidents
import Pipeline
import Wire

/// Waits until all that the inputs held at the start has been ingested, folded and published: of the partitions that the
/// group gave to this process.
struct CaughtUp {
  private let threads: [RoleThread]
  private let deployment: Deployment
  private let inputs: [TopicPartition: Int64]

  init(threads: [RoleThread], deployment: Deployment) throws {
    self.threads = threads
    self.deployment = deployment
    inputs = try Self.ends(of: deployment.names.inputs, deployment)
  }

  /// Returns early when the service stops for another reason.
  func wait(unless stop: StopFlag) throws {
    for thread in threads {
      // What the fold has to reach is known only when ingest is done.
      let targets = thread.role == .ingest ? inputs : try Self.ends(of: [deployment.names(.journal)], deployment)
      while !stop.isSet, !hasReached(targets, thread) { Thread.sleep(forTimeInterval: 0.02) }
    }
  }

  private func hasReached(_ targets: [TopicPartition: Int64], _ thread: RoleThread) -> Bool {
    guard let standing = thread.standing else { return false }
    return standing.owned.allSatisfy { partition in
      guard let target = targets[partition] else { return true }
      return standing.caughtUp[partition].map { $0 >= target } ?? false
    }
  }

  private static func ends(of topics: [String], _ deployment: Deployment) throws -> [TopicPartition: Int64] {
    let administration = try deployment.log.makeAdministration()
    defer { administration.close() }
    let partitions = try administration.describe(topics: topics, settings: []).flatMap { topic in
      (0..<Int32(topic.partitions)).map { TopicPartition(topic.name, $0) }
    }
    return try administration.bounds(of: partitions).mapValues(\.next)
  }
}
