import Wire

/// The log port: what the pipeline asks of a partitioned, transactional log. Three kinds of handle, each used by one
/// thread at a time; every call may block that thread, none may be made from Swift's cooperative threads.
///
/// Adapters: `KafkaLog` (a real Kafka) and `MemoryLog` (in memory, with Kafka's semantics). One contract suite,
/// `LogContract`, holds for all.

/// Where a group stands in a partition: the offset of the next record to read, and the text committed with it.
public struct CommittedOffset: Hashable, Sendable {
  public var offset: Int64
  public var metadata: String

  public init(offset: Int64, metadata: String) {
    self.offset = offset
    self.metadata = metadata
  }
}

/// What a consumer has to say besides records.
public enum LogSignal: Hashable, Sendable {
  /// The group gave these partitions: answer with `assign`. Nothing is read before.
  case assigned([TopicPartition])
  /// The group takes these partitions back: finish and commit what was read, then answer with `unassign`. Where `lost`,
  /// the group has already given them away: nothing that was read may be committed any more.
  case revoked([TopicPartition], lost: Bool)
  /// Everything visible in this partition was read; the next record will have this offset or a higher one.
  case endOfPartition(TopicPartition, offset: Int64)
}

/// How much one poll may bring.
public struct PollLimit: Sendable {
  public var records: Int
  public var bytes: Int

  public init(records: Int, bytes: Int) {
    self.records = records
    self.bytes = bytes
  }
}

/// Who sends offsets in a transaction.
public enum GroupMembership: Hashable, Sendable {
  /// A member of a group, with its generation, in the adapter's own encoding: fenced when the generation has moved on.
  case member([UInt8])
  /// Nobody in particular: for a group that has no members (first offsets, repairs). Refused while the group has some.
  case administrator(group: String)
}

/// First and next offset of a partition as a `read_committed` reader sees it: records lie in `first ..< next` (`next` is
/// the last stable offset).
public struct OffsetBounds: Hashable, Sendable {
  public var first: Int64
  public var next: Int64

  public init(first: Int64, next: Int64) {
    self.first = first
    self.next = next
  }
}

/// Reads committed records only. A member of a group, or a reader by assignment when it has none.
public protocol LogConsumer: AnyObject {
  /// Appends what is there to `batch`, at least waiting until there is something: returns when `limit` is reached, when
  /// nothing more is at hand and the batch is not empty, when a signal comes (it came after the records), or when
  /// `waiting` has passed.
  func poll(into batch: inout RecordBatch, limit: PollLimit, waiting: Duration) throws(LogError) -> LogSignal?

  /// The group's committed offsets; partitions without one are missing from the answer. While a transaction that moves
  /// one of them is undecided there is no answer: an adapter may wait some time, then (`MemoryLog`: at once) it throws an
  /// error to be retried, "unstable offset". Callers retry.
  func committed(_ partitions: [TopicPartition]) throws(LogError) -> [TopicPartition: CommittedOffset]

  /// Answers `.assigned`, or without a group chooses what is read: each partition from its offset on. An offset out of
  /// the log's range is an error of the next polls, never a jump.
  func assign(_ positions: [TopicPartition: Int64]) throws(LogError)

  /// Answers `.revoked`: nothing is read any more.
  func unassign() throws(LogError)

  /// Asks the log itself.
  func bounds(of partition: TopicPartition) throws(LogError) -> OffsetBounds

  /// What this member is, for `LogProducer.sendOffsets`.
  func membership() throws(LogError) -> GroupMembership

  /// Ends the handle, in bounded time. `leaving`: the group gives the partitions to others at once (scaling down);
  /// else a static member keeps them for its return (restart).
  func close(leaving: Bool)
}

/// What became of a flushed record.
public struct Delivery: Hashable, Sendable {
  public var partition: TopicPartition
  public var offset: Int64
  /// The record's time on the log, milliseconds since 1970; -1 when unknown.
  public var timestamp: Int64

  public init(partition: TopicPartition, offset: Int64, timestamp: Int64) {
    self.partition = partition
    self.offset = offset
    self.timestamp = timestamp
  }
}

/// Writes in transactions under a transactional id. The order of calls: `initialise` once, then again and again `begin`,
/// `produce`…, `flush`, `sendOffsets`, and `commit` or `abort`. What an error asks for is in `LogError`.
public protocol LogProducer: AnyObject {
  /// Fences every older producer of this transactional id and ends its open transaction. Called once.
  func initialise() throws(LogError)
  func begin() throws(LogError)
  /// Queues a record; waits when the local queue is full.
  func produce(_ record: OutgoingRecord) throws(LogError)
  /// Waits until the log has all that was produced; what became of the records since the last flush, in order.
  func flush() throws(LogError) -> [Delivery]
  func sendOffsets(_ offsets: [TopicPartition: CommittedOffset], of membership: GroupMembership) throws(LogError)
  func commit() throws(LogError)
  func abort() throws(LogError)
  /// Ends the handle, in bounded time; an open transaction is left to the next `initialise` or to its time-out.
  func close()
}

/// A topic as it is, or as it should be. `settings` holds Kafka's names and values (`cleanup.policy`, …).
public struct TopicDescription: Hashable, Sendable {
  public var name: String
  public var partitions: Int
  public var replicas: Int
  public var settings: [String: String]

  public init(name: String, partitions: Int, replicas: Int, settings: [String: String]) {
    self.name = name
    self.partitions = partitions
    self.replicas = replicas
    self.settings = settings
  }

  /// Each of its partitions, in order.
  public var topicPartitions: [TopicPartition] { (0..<Int32(partitions)).map { TopicPartition(name, $0) } }
}

/// A member of a group, as the log knows it. A static member that has only closed is one until its session is over.
public struct GroupMember: Hashable, Sendable {
  /// The instance that it goes by; empty for one that is not static.
  public var instance: String
  /// Where it runs, as the log says it; empty when it does not say.
  public var host: String
  /// What it owns, in order.
  public var partitions: [TopicPartition]

  public init(instance: String, host: String, partitions: [TopicPartition]) {
    self.instance = instance
    self.host = host
    self.partitions = partitions.sorted()
  }
}

/// Looks at and changes the log as a whole.
public protocol LogAdministration: AnyObject {
  /// How many brokers there are.
  func brokerCount() throws(LogError) -> Int
  /// The topics of these names that exist; `settings` holds at least the asked names, defaults included.
  func describe(topics: [String], settings: [String]) throws(LogError) -> [TopicDescription]
  func create(_ topics: [TopicDescription]) throws(LogError)
  /// As `LogConsumer.committed`, for any group.
  func committed(group: String, _ partitions: [TopicPartition]) throws(LogError) -> [TopicPartition: CommittedOffset]
  func bounds(of partitions: [TopicPartition]) throws(LogError) -> [TopicPartition: OffsetBounds]
  /// The members of a group, by instance; none when there is no such group.
  func members(of group: String) throws(LogError) -> [GroupMember]
  func close()
}

/// Makes handles to one log. `Sendable`: each thread makes its own.
public protocol LogFactory: Sendable {
  /// A member of `group` that reads `topics`, static under `instance`; the group's first signal will be `.assigned`.
  func makeConsumer(group: String, instance: String, topics: [String]) throws(LogError) -> any LogConsumer
  /// A reader without a group: start it with `assign`.
  func makeReader() throws(LogError) -> any LogConsumer
  func makeProducer(transactionalID: String) throws(LogError) -> any LogProducer
  func makeAdministration() throws(LogError) -> any LogAdministration
}
