import Wire

extension LogConsumer {
  /// The committed offsets, asked again while a transaction that moves them is undecided.
  func stableCommitted(_ partitions: [TopicPartition]) throws(LogError) -> [TopicPartition: CommittedOffset] {
    try LogError.asking { () throws(LogError) in try committed(partitions) }
  }
}

extension LogAdministration {
  /// As `LogConsumer.stableCommitted`, for any group.
  func stableCommitted(
    group: String, _ partitions: [TopicPartition]
  ) throws(LogError) -> [TopicPartition: CommittedOffset] {
    try LogError.asking { () throws(LogError) in try committed(group: group, partitions) }
  }
}

extension LogError {
  /// Asks again for as long as the answer is that it may come later.
  fileprivate static func asking<Answer>(_ question: () throws(LogError) -> Answer) throws(LogError) -> Answer {
    while true {
      do {
        return try question()
      } catch {
        guard error.remedy == .retry else { throw error }
      }
    }
  }
}
