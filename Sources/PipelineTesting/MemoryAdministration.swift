import Pipeline
import Wire

/// Looks at and changes a `MemoryLog` as a whole.
final class MemoryAdministration: LogAdministration {
  private let log: MemoryLog

  init(_ log: MemoryLog) { self.log = log }

  func brokerCount() throws(LogError) -> Int { log.state.brokers }

  func describe(topics: [String], settings: [String]) throws(LogError) -> [TopicDescription] {
    log.state.describe(topics, settings: settings)
  }

  func create(_ topics: [TopicDescription]) throws(LogError) {
    try log.change { (state) throws(LogError) in try state.create(topics) }
  }

  func committed(
    group: String, _ partitions: [TopicPartition]
  ) throws(LogError) -> [TopicPartition: CommittedOffset] {
    try log.change { (state) throws(LogError) in try state.committed(group: group, partitions) }
  }

  func bounds(of partitions: [TopicPartition]) throws(LogError) -> [TopicPartition: OffsetBounds] {
    try log.change { (state) throws(LogError) in
      var bounds: [TopicPartition: OffsetBounds] = [:]
      for partition in partitions { bounds[partition] = try state.bounds(of: partition) }
      return bounds
    }
  }

  func members(of group: String) throws(LogError) -> [GroupMember] {
    (log.state.groups[group]?.members ?? [:]).sorted { $0.key < $1.key }.map { instance, member in
      GroupMember(instance: instance, host: "", partitions: member.assignment)
    }
  }

  func close() {}
}
