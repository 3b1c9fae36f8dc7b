import Wire

/// What one transaction writes and commits, kept until it is committed, so that after an abort the very same can be sent
/// again.
struct Outbox: Sendable {
  var records: [OutgoingRecord] = []
  var offsets: [TopicPartition: CommittedOffset] = [:]

  var isEmpty: Bool { records.isEmpty && offsets.isEmpty }
}

/// Carries an outbox through one transaction, and through as many attempts as it needs.
struct TransactionDriver {
  /// An abort that asks for another attempt may come again; more often than this something is wrong that a new producer
  /// may cure.
  private static let attempts = 5

  let producer: any LogProducer

  /// Writes and commits the outbox as the consumer's work. `check` looks at what the log made of the records before the
  /// commit; what it throws aborts the transaction.
  ///
  /// Throws when nothing was committed and the same outbox must not be sent again by these handles: their assignment is
  /// lost, or they are spent, or a person is needed.
  func send(
    _ outbox: Outbox, of membership: () throws(LogError) -> GroupMembership,
    check: ([Delivery]) throws(LogError) -> Void = { _ throws(LogError) in }
  ) throws(LogError) {
    var attempt = 0
    while true {
      attempt += 1
      do {
        try producer.begin()
        for record in outbox.records { try producer.produce(record) }
        try check(producer.flush())
        if !outbox.offsets.isEmpty { try producer.sendOffsets(outbox.offsets, of: membership()) }
        try producer.commit()
        return
      } catch {
        try settle(error, attempt: attempt)
      }
    }
  }

  /// Returns when the same outbox may be sent again.
  private func settle(_ error: LogError, attempt: Int) throws(LogError) {
    switch error.remedy {
    case .restart, .stop:
      // Best effort, so that readers need not wait for the time-out: the error that ends us is the one to tell.
      try? producer.abort()
      throw error
    case .abort, .retry:
      try producer.abort()
      if error.code == .memberFenced { throw error }
      if attempt >= Self.attempts {
        throw LogError(
          error.code, .restart, reason: "aborted \(attempt) times in a row: \(error.reason)",
          partition: error.partition)
      }
    }
  }
}
