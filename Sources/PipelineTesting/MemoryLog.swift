import Pipeline
import Synchronization
import Wire

/// The log port in memory, with Kafka's semantics (`MemoryLogState` says which): for tests and simulations.
///
/// Handles come from a `MemoryLogFactory`. They hold no resource: a crash is a handle that is dropped. What it left
/// behind stays until a test (or a successor under the same name) ends it: an open transaction until `initialise` or
/// `expireTransactions`, a membership until `expire`. No call blocks: with nothing to read `poll` answers at once, as if
/// its `waiting` had passed.
///
/// Everything is decided by the order of the calls: the same calls give the same bytes. A record is appended when it is
/// produced, so the times of producing and of appending are one, whatever the topic's `message.timestamp.type`.
public final class MemoryLog: Sendable {
  /// The log's clock: the time of every record.
  public let clock: MemoryClock

  private struct Shared: Sendable {
    var state: MemoryLogState
    var faults: [MemoryLogFault] = []
    var frozen: Set<MemoryMembership.Owner> = []
  }

  private let shared: Mutex<Shared>

  public init(clock: MemoryClock = MemoryClock(), state: MemoryLogState = MemoryLogState()) {
    self.clock = clock
    shared = Mutex(Shared(state: state))
  }

  /// A copy of the log as it is now.
  public var state: MemoryLogState { shared.withLock { $0.state } }

  /// Everything that a `read_committed` reader sees in a partition now.
  public func committedRecords(in partition: TopicPartition) throws(LogError) -> RecordBatch {
    let state = state
    var batch = RecordBatch()
    var budget = PollLimit(records: .max, bytes: .max)
    var position = try state.bounds(of: partition).first
    try state.read(partition, from: &position, into: &batch, budget: &budget)
    return batch
  }

  /// Raises a partition's first offset, as retention does.
  public func deleteRecords(in partition: TopicPartition, before offset: Int64) throws(LogError) {
    try change { (state) throws(LogError) in try state.deleteRecords(in: partition, before: offset) }
  }

  // MARK: Faults

  /// The next such call fails: by any handle, or by those of one name (a transactional id or an instance id). Several
  /// for the same call fail one after the other.
  public func failNext(
    _ call: LogCall, by handle: String? = nil, with error: LogError, moment: MemoryLogFault.Moment = .before
  ) {
    let fault = MemoryLogFault(call: call, handle: handle, error: error, moment: moment)
    shared.withLock { $0.faults.append(fault) }
  }

  /// The failures that were told and have not happened yet will not.
  public func forgetFaults() { shared.withLock { $0.faults = [] } }

  /// A member hangs: its polls bring nothing and answer no one, so a rebalance waits for it.
  public func freeze(group: String, instance: String) {
    shared.withLock { _ = $0.frozen.insert(MemoryMembership.Owner(group: group, instance: instance)) }
  }

  /// The hanging member goes on.
  public func thaw(group: String, instance: String) {
    shared.withLock { _ = $0.frozen.remove(MemoryMembership.Owner(group: group, instance: instance)) }
  }

  /// The session of an instance expires, dropped, closed or frozen as it may be: its partitions go to others. A handle
  /// that still lives hears that they are lost at its next poll.
  public func expire(group: String, instance: String) {
    shared.withLock { $0.state.expire(group: group, instance: instance) }
  }

  /// Open transactions are aborted by their time-out: those of one transactional id or all.
  public func expireTransactions(of transactionalID: String? = nil) {
    shared.withLock { $0.state.expireTransactions(of: transactionalID) }
  }

  // MARK: For the handles

  func isFrozen(_ owner: MemoryMembership.Owner) -> Bool { shared.withLock { $0.frozen.contains(owner) } }

  /// A step on the state that no fault hits.
  func change<Answer: Sendable, Failure: Error>(
    _ step: (inout MemoryLogState) throws(Failure) -> Answer
  ) throws(Failure) -> Answer {
    try shared.withLock { (shared) throws(Failure) -> Answer in try step(&shared.state) }
  }

  /// A step on the state, for a call that may be told to fail.
  func perform<Answer: Sendable>(
    _ call: LogCall, by handle: String, _ step: (inout MemoryLogState) throws(LogError) -> Answer
  ) throws(LogError) -> Answer {
    try shared.withLock { (shared) throws(LogError) -> Answer in
      let place = shared.faults.firstIndex { $0.call == call && ($0.handle == nil || $0.handle == handle) }
      let fault = place.map { shared.faults.remove(at: $0) }
      if let fault, fault.moment == .before { throw fault.error }
      let answer = try step(&shared.state)
      if let fault { throw fault.error }
      return answer
    }
  }
}

/// Makes handles to a `MemoryLog`.
public struct MemoryLogFactory: LogFactory {
  public let log: MemoryLog

  public init(_ log: MemoryLog) { self.log = log }

  public func makeConsumer(group: String, instance: String, topics: [String]) throws(LogError) -> any LogConsumer {
    MemoryConsumer(log, group: group, instance: instance, topics: topics)
  }

  public func makeReader() throws(LogError) -> any LogConsumer { MemoryConsumer(log) }

  public func makeProducer(transactionalID: String) throws(LogError) -> any LogProducer {
    MemoryProducer(log, transactionalID: transactionalID)
  }

  public func makeAdministration() throws(LogError) -> any LogAdministration { MemoryAdministration(log) }
}
