import Pipeline
import Wire

/// The log as a simulated process sees it: before each call the process may lose its turn, or its life. A process that was
/// killed changes nothing any more, whatever its code still does on its way out.
struct SimulatedLog: LogFactory {
  let run: SimulatedRun
  let process: Int
  private let inner: MemoryLogFactory

  init(_ run: SimulatedRun, process: Int) {
    self.run = run
    self.process = process
    inner = MemoryLogFactory(run.log)
  }

  func pass(_ call: LogCall) throws(LogError) { try run.pass(.call(call), process) }

  func makeConsumer(group: String, instance: String, topics: [String]) throws(LogError) -> any LogConsumer {
    try run.pass(.joining, process)
    return SimulatedConsumer(self, try inner.makeConsumer(group: group, instance: instance, topics: topics))
  }

  func makeReader() throws(LogError) -> any LogConsumer {
    SimulatedConsumer(self, try inner.makeReader())
  }

  func makeProducer(transactionalID: String) throws(LogError) -> any LogProducer {
    SimulatedProducer(self, try inner.makeProducer(transactionalID: transactionalID))
  }

  func makeAdministration() throws(LogError) -> any LogAdministration {
    SimulatedAdministration(self, try inner.makeAdministration())
  }
}

/// Only the question that may have to wait for another process's transaction is a place to lose the turn at: asked again
/// and again with the turn kept, it would wait for ever.
private final class SimulatedAdministration: LogAdministration {
  private let log: SimulatedLog
  private let inner: any LogAdministration

  init(_ log: SimulatedLog, _ inner: any LogAdministration) {
    self.log = log
    self.inner = inner
  }

  func brokerCount() throws(LogError) -> Int { try inner.brokerCount() }

  func describe(topics: [String], settings: [String]) throws(LogError) -> [TopicDescription] {
    try inner.describe(topics: topics, settings: settings)
  }

  func create(_ topics: [TopicDescription]) throws(LogError) { try inner.create(topics) }

  func committed(
    group: String, _ partitions: [TopicPartition]
  ) throws(LogError) -> [TopicPartition: CommittedOffset] {
    try log.pass(.committed)
    return try inner.committed(group: group, partitions)
  }

  func bounds(of partitions: [TopicPartition]) throws(LogError) -> [TopicPartition: OffsetBounds] {
    try inner.bounds(of: partitions)
  }

  func members(of group: String) throws(LogError) -> [GroupMember] { try inner.members(of: group) }

  func close() { inner.close() }
}

private final class SimulatedConsumer: LogConsumer {
  private let log: SimulatedLog
  private let inner: any LogConsumer

  init(_ log: SimulatedLog, _ inner: any LogConsumer) {
    self.log = log
    self.inner = inner
  }

  func poll(into batch: inout RecordBatch, limit: PollLimit, waiting: Duration) throws(LogError) -> LogSignal? {
    try log.pass(.poll)
    let signal = try inner.poll(into: &batch, limit: log.run.limit(limit), waiting: waiting)
    log.run.note(signal, log.process)
    return signal
  }

  func committed(_ partitions: [TopicPartition]) throws(LogError) -> [TopicPartition: CommittedOffset] {
    try log.pass(.committed)
    return try inner.committed(partitions)
  }

  func assign(_ positions: [TopicPartition: Int64]) throws(LogError) {
    try log.pass(.assign)
    try inner.assign(positions)
  }

  func unassign() throws(LogError) {
    try log.pass(.unassign)
    try inner.unassign()
  }

  func bounds(of partition: TopicPartition) throws(LogError) -> OffsetBounds {
    try log.pass(.bounds)
    return try inner.bounds(of: partition)
  }

  func membership() throws(LogError) -> GroupMembership {
    try log.pass(.membership)
    return try inner.membership()
  }

  func close(leaving: Bool) {
    if log.run.isAlive(log.process) { inner.close(leaving: leaving) }
  }
}

private final class SimulatedProducer: LogProducer {
  private let log: SimulatedLog
  private let inner: any LogProducer

  init(_ log: SimulatedLog, _ inner: any LogProducer) {
    self.log = log
    self.inner = inner
  }

  func initialise() throws(LogError) {
    try log.pass(.initialise)
    try inner.initialise()
  }

  func begin() throws(LogError) {
    try log.pass(.begin)
    try inner.begin()
  }

  func produce(_ record: OutgoingRecord) throws(LogError) {
    try log.pass(.produce)
    try inner.produce(record)
  }

  func flush() throws(LogError) -> [Delivery] {
    try log.pass(.flush)
    return try inner.flush()
  }

  func sendOffsets(_ offsets: [TopicPartition: CommittedOffset], of membership: GroupMembership) throws(LogError) {
    try log.pass(.sendOffsets)
    try inner.sendOffsets(offsets, of: membership)
  }

  func commit() throws(LogError) {
    try log.pass(.commit)
    try inner.commit()
  }

  func abort() throws(LogError) {
    try log.pass(.abort)
    try inner.abort()
  }

  func close() {
    if log.run.isAlive(log.process) { inner.close() }
  }
}
