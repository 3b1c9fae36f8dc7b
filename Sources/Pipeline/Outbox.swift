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
  let passing: CrashPoint.Hook?

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
        try insist { () throws(LogError) in try producer.begin() }
        for record in outbox.records {
          try insist { () throws(LogError) in try producer.produce(record) }
        }
        passing?(.afterProduce)
        try check(insist { () throws(LogError) in try producer.flush() })
        passing?(.afterFlush)
        if !outbox.offsets.isEmpty {
          let sender = try membership()
          try insist { () throws(LogError) in try producer.sendOffsets(outbox.offsets, of: sender) }
        }
        passing?(.afterSendOffsets)
        passing?(.beforeCommit)
        try insist { () throws(LogError) in try producer.commit() }
        passing?(.afterCommit)
        return
      } catch {
        try settle(error, attempt: attempt)
      }
    }
  }

  /// Makes a call again while the log says that this is safe and helps: after a commit or abort without an answer it is
  /// the only call that is. An adapter has its own patience before it says so; ours ends with a new producer, which
  /// finds out what was decided.
  private func insist<Answer>(_ call: () throws(LogError) -> Answer) throws(LogError) -> Answer {
    var attempt = 0
    while true {
      attempt += 1
      do {
        return try call()
      } catch {
        guard error.remedy == .retry else {
          // The first try may have been decided: an abort now would change nothing, and sending again would double it.
          if attempt > 1, error.remedy == .abort {
            throw LogError(error.code, .restart, reason: error.reason, partition: error.partition)
          }
          throw error
        }
        guard attempt < Self.attempts else {
          throw LogError(
            error.code, .restart, reason: "tried \(attempt) times: \(error.reason)", partition: error.partition)
        }
      }
    }
  }

  /// Returns when the same outbox may be sent again.
  private func settle(_ error: LogError, attempt: Int) throws(LogError) {
    switch error.remedy {
    case .restart, .stop, .retry:
      // Best effort, so that readers need not wait for the time-out: the error that ends us is the one to tell.
      try? producer.abort()
      throw error
    case .abort:
      try insist { () throws(LogError) in try producer.abort() }
      if error.code == .memberFenced { throw error }
      if attempt >= Self.attempts {
        throw LogError(
          error.code, .restart, reason: "aborted \(attempt) times in a row: \(error.reason)",
          partition: error.partition)
      }
    }
  }
}
