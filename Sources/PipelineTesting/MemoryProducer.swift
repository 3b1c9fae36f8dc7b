import Pipeline
import Wire

/// A producer of a `MemoryLog`.
final class MemoryProducer: LogProducer {
  private let log: MemoryLog
  private let transactionalID: String
  private var identity: MemoryProducerIdentity
  private var progress = ProducerProgress()
  private var deliveries: [Delivery] = []

  init(_ log: MemoryLog, transactionalID: String) {
    self.log = log
    self.transactionalID = transactionalID
    identity = MemoryProducerIdentity(transactionalID: transactionalID, epoch: -1)
  }

  func initialise() throws(LogError) {
    try call(.initialise) { (state) throws(LogError) in identity = state.initialiseProducer(transactionalID) }
  }

  func begin() throws(LogError) {
    try call(.begin) { (_) throws(LogError) in }
    deliveries = []
  }

  func produce(_ record: OutgoingRecord) throws(LogError) {
    let delivery = try call(.produce) { (state) throws(LogError) in
      try state.append(record, by: identity, now: log.clock.now)
    }
    deliveries.append(delivery)
  }

  func flush() throws(LogError) -> [Delivery] {
    try call(.flush) { (_) throws(LogError) in }
    defer { deliveries = [] }
    return deliveries
  }

  func sendOffsets(_ offsets: [TopicPartition: CommittedOffset], of membership: GroupMembership) throws(LogError) {
    try call(.sendOffsets) { (state) throws(LogError) in
      try state.sendOffsets(offsets, of: membership, by: identity)
    }
  }

  func commit() throws(LogError) {
    try call(.commit) { (state) throws(LogError) in try state.endTransaction(of: identity, committing: true) }
  }

  func abort() throws(LogError) {
    try call(.abort) { (state) throws(LogError) in try state.endTransaction(of: identity, committing: false) }
  }

  func close() { progress.close() }

  /// Makes a call if it is in order, and notes what came of it.
  private func call<Answer: Sendable>(
    _ call: LogCall, _ step: (inout MemoryLogState) throws(LogError) -> Answer
  ) throws(LogError) -> Answer {
    try progress.admit(call)
    do {
      let answer = try log.perform(call, by: transactionalID, step)
      progress.note(call, failure: nil)
      return answer
    } catch {
      progress.note(call, failure: error)
      throw error
    }
  }
}
