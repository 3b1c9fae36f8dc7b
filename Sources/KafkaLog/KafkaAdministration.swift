import CRdkafka
import Pipeline
import Wire

/// Looks at and changes a Kafka cluster.
public final class KafkaAdministration: LogAdministration {
  /// Nil once closed.
  private var client: Client?

  init(_ client: consuming Client) { self.client = consume client }

  public func brokerCount() throws(LogError) -> Int {
    try withClient { client throws(LogError) in
      var count = 0
      let code = client.withMetadata(allTopics: false, milliseconds: 10_000) { count = $0.brokerCount }
      if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw LibraryError(code).asLogError("cannot count the brokers") }
      return count
    }
  }

  public func describe(topics names: [String], settings: [String]) throws(LogError) -> [TopicDescription] {
    try withClient { client throws(LogError) in
      let existing = try client.topics()
      var answer: [TopicDescription] = []
      for name in names {
        guard let layout = existing[name] else { continue }
        let all = settings.isEmpty ? [:] : try client.settings(of: name)
        answer.append(
          TopicDescription(
            name: name, partitions: layout.partitions, replicas: layout.replicas,
            settings: all.filter { settings.contains($0.key) }))
      }
      return answer
    }
  }

  /// Returns once every partition of the new topics can be read and written.
  public func create(_ topics: [TopicDescription]) throws(LogError) {
    try withClient { client throws(LogError) in
      for topic in topics { try client.create(topic) }
      let deadline = Deadline(after: .seconds(15))
      while true {
        let existing = try client.topics()
        let missing = topics.first { topic in
          existing[topic.name].map { !$0.isReady || $0.partitions < topic.partitions } ?? true
        }
        guard let missing else { return }
        if deadline.hasPassed {
          throw LogError(.other, .retry, reason: "the topic \(missing.name) is created but not ready")
        }
        deadline.pause()
      }
    }
  }

  public func committed(
    group: String, _ partitions: [TopicPartition]
  ) throws(LogError) -> [TopicPartition: CommittedOffset] {
    guard !partitions.isEmpty else { return [:] }
    return try withClient { client throws(LogError) in try client.committed(group: group, partitions) }
  }

  public func bounds(of partitions: [TopicPartition]) throws(LogError) -> [TopicPartition: OffsetBounds] {
    try withClient { client throws(LogError) in
      var answer: [TopicPartition: OffsetBounds] = [:]
      for partition in partitions { answer[partition] = try client.bounds(of: partition) }
      return answer
    }
  }

  public func members(of group: String) throws(LogError) -> [GroupMember] {
    try withClient { client throws(LogError) in try client.members(of: group).sorted { $0.instance < $1.instance } }
  }

  public func close() { client = nil }

  private func withClient<Result>(
    _ body: (borrowing Client) throws(LogError) -> Result
  ) throws(LogError) -> Result {
    switch client {
    case .none: throw LogError(.invalidState, .stop, reason: "the administration handle is closed")
    case .some(let client):
      client.drain()
      return try body(client)
    }
  }
}
