import CRdkafka
import Pipeline
import Wire

/// Reads committed records from Kafka: as a static member of a group, or by assignment.
public final class KafkaConsumer: LogConsumer {
  /// Nil once closed.
  private var client: Client?
  private let isMember: Bool
  /// What the group has given and not taken back yet; nil before its first answer.
  private var given: Set<TopicPartition>?
  /// Thrown by every poll until the assignment changes: a partition that cannot be read must not be passed over because
  /// somebody polls again.
  private var failure: LogError?

  /// A member of the group that `client` was made for.
  init(_ client: consuming Client, subscribingTo topics: [String]) throws(LogError) {
    let known = try client.topics()
    if let missing = topics.first(where: { known[$0] == nil }) {
      throw LibraryError(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC).asLogError("cannot subscribe to \(missing)")
    }
    // A partition of -1 stands for a whole topic.
    let list = PartitionList(topics.map { TopicPartition($0, -1) })
    let code = unsafe client.withHandle { handle in unsafe list.withPointer { unsafe rd_kafka_subscribe(handle, $0) } }
    if code != RD_KAFKA_RESP_ERR_NO_ERROR {
      throw LibraryError(code).asLogError("cannot subscribe to \(topics.joined(separator: ", "))")
    }
    self.client = consume client
    isMember = true
  }

  /// A reader without a group.
  init(reading client: consuming Client) {
    self.client = consume client
    isMember = false
  }

  deinit { close(leaving: false) }

  public func poll(
    into batch: inout RecordBatch, limit: PollLimit, waiting: Duration
  ) throws(LogError) -> LogSignal? {
    if let failure { throw failure }
    let firstRecord = batch.records.count
    let firstByte = batch.bytes.count
    var sources = SourceCache()
    let deadline = Deadline(after: waiting)
    switch client {
    case .none: throw KafkaConsumer.closed
    case .some(let client):
      while true {
        let isEmpty = batch.records.count == firstRecord
        if !isEmpty, batch.records.count - firstRecord >= limit.records || batch.bytes.count - firstByte >= limit.bytes
        {
          return nil
        }
        guard let event = client.poll(milliseconds: isEmpty ? deadline.milliseconds() : 0) else {
          if !isEmpty || deadline.hasPassed { return nil }
          continue
        }
        if event.kind == RD_KAFKA_EVENT_FETCH {
          event.forEachMessage { message in
            message.append(to: &batch, source: sources.index(of: message, in: &batch))
          }
        } else if let signal = take(event, from: client) {
          return signal
        } else if let failure {
          // What was read before comes first; the next poll throws.
          if batch.records.count > firstRecord { return nil }
          throw failure
        }
      }
    }
  }

  /// What an event other than a record means: a signal, a failure, or nothing that concerns the caller.
  private func take(_ event: borrowing Event, from client: borrowing Client) -> LogSignal? {
    switch event.kind {
    case RD_KAFKA_EVENT_REBALANCE: return rebalance(event, client)
    case RD_KAFKA_EVENT_ERROR: break
    default:
      client.note(event)
      return nil
    }
    guard let error = event.error else { return nil }
    if error.code == RD_KAFKA_RESP_ERR__PARTITION_EOF {
      return event.partition.map { .endOfPartition($0.partition, offset: $0.offset) }
    }
    client.note(event)
    // Whoever reads by assignment has no group and needs no right on one.
    let concernsOthers = !isMember && error.code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED
    if error.isFatal {
      failure = client.cause(of: error).asLogError("the consumer has failed")
    } else if !error.isTransient && !concernsOthers {
      failure = error.asLogError("cannot read", partition: event.partition?.partition)
    }
    return nil
  }

  private func rebalance(_ event: borrowing Event, _ client: borrowing Client) -> LogSignal? {
    switch event.error?.code {
    case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
      let partitions = event.partitions
      given = Set(partitions)
      return .assigned(partitions)
    case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
      let lost = KafkaConsumer.hasLostAssignment(client)
      return .revoked(event.partitions, lost: lost)
    default:
      // The group could not agree; the library starts over once the assignment is given up.
      client.note(event)
      _ = KafkaConsumer.assignNothing(client)
      given = nil
      return nil
    }
  }

  /// Whether the group goes on without this member. A revocation that waited too long for its answer is not marked as
  /// lost by the library, but its member is nobody any more.
  private static func hasLostAssignment(_ client: borrowing Client) -> Bool {
    unsafe client.withHandle { unsafe rd_kafka_assignment_lost($0) } != 0 || !client.isMember
  }

  public func committed(_ partitions: [TopicPartition]) throws(LogError) -> [TopicPartition: CommittedOffset] {
    guard isMember else { throw KafkaConsumer.withoutGroup }
    guard !partitions.isEmpty else { return [:] }
    // An undecided transaction is over after its time-out and the broker's interval for expired ones.
    let deadline = Deadline(after: .seconds(120))
    return try withClient { client throws(LogError) in
      while true {
        let list = PartitionList(partitions)
        let code = unsafe client.withHandle { handle in
          unsafe list.withPointer { unsafe rd_kafka_committed(handle, $0, deadline.milliseconds(atMost: .seconds(10))) }
        }
        let error: LibraryError
        if code == RD_KAFKA_RESP_ERR_NO_ERROR {
          do throws(LibraryError) {
            return try PartitionList.committed(list.entries)
          } catch let failure {
            error = failure
          }
        } else {
          error = LibraryError(code)
        }
        guard error.isTransient, !deadline.hasPassed else { throw error.asLogError("cannot read the group's offsets") }
        deadline.pause()
      }
    }
  }

  public func assign(_ positions: [TopicPartition: Int64]) throws(LogError) {
    if let impossible = positions.filter({ $0.value < 0 }).keys.min() {
      // Negative numbers mean something else to the library, such as the end of the partition.
      failure = LogError(.offsetOutOfRange, .stop, reason: "there is no negative offset", partition: impossible)
      return
    }
    if isMember, let foreign = positions.keys.filter({ given?.contains($0) != true }).min() {
      throw LogError(.invalidState, .stop, reason: "the group did not give this partition", partition: foreign)
    }
    try withClient { client throws(LogError) in
      if !isMember { try KafkaConsumer.check(positions.keys, exist: client) }
      let list = PartitionList(positions)
      let code = unsafe client.withHandle { handle in unsafe list.withPointer { unsafe rd_kafka_assign(handle, $0) } }
      if code != RD_KAFKA_RESP_ERR_NO_ERROR {
        throw client.cause(of: LibraryError(code)).asLogError("cannot take the assignment")
      }
    }
    failure = nil
  }

  /// librdkafka itself takes a while to say that a partition does not exist.
  private static func check(
    _ partitions: some Collection<TopicPartition>, exist client: borrowing Client
  ) throws(LogError) {
    guard !partitions.isEmpty else { return }
    let known = try client.topics()
    for partition in partitions
    where !(0..<(known[partition.topic]?.partitions ?? 0)).contains(Int(partition.partition)) {
      throw LibraryError(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION).asLogError("cannot read", partition: partition)
    }
  }

  public func unassign() throws(LogError) {
    try withClient { client throws(LogError) in
      let code = KafkaConsumer.assignNothing(client)
      if code != RD_KAFKA_RESP_ERR_NO_ERROR {
        throw client.cause(of: LibraryError(code)).asLogError("cannot give up the assignment")
      }
    }
    given = nil
    failure = nil
  }

  public func bounds(of partition: TopicPartition) throws(LogError) -> OffsetBounds {
    try withClient { client throws(LogError) in try client.bounds(of: partition) }
  }

  public func membership() throws(LogError) -> GroupMembership {
    guard isMember else { throw KafkaConsumer.withoutGroup }
    return try withClient { client throws(LogError) in
      // Who is out of the group has no generation, and Kafka takes transactional offsets without a generation from
      // anybody. So that has to be caught here.
      if KafkaConsumer.hasLostAssignment(client) {
        throw LibraryError(RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST).asLogError("not a member of the group any more")
      }
      guard let metadata = GroupMetadata(of: client) else { throw KafkaConsumer.withoutGroup }
      let bytes: [UInt8]
      do throws(LibraryError) {
        bytes = try metadata.bytes()
      } catch {
        throw error.asLogError("cannot describe the membership")
      }
      if let generation = GroupMetadata.generation(in: bytes), generation < 0 {
        throw LibraryError(RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID).asLogError("not a member of the group at present")
      }
      return .member(bytes)
    }
  }

  public func close(leaving: Bool) {
    guard let client = client.take() else { return }
    if leaving && isMember { leave(client) }
    KafkaConsumer.close(client)
    // The handle itself ends here, with its owner.
  }

  /// A static member that only closes keeps its partitions. Unsubscribing gives them to the others at once.
  private func leave(_ client: borrowing Client) {
    _ = unsafe client.withHandle { unsafe rd_kafka_unsubscribe($0) }
    let deadline = Deadline(after: .seconds(5))
    while given != nil, !deadline.hasPassed {
      guard let event = client.poll(milliseconds: deadline.milliseconds(atMost: .milliseconds(100))) else { continue }
      guard event.kind == RD_KAFKA_EVENT_REBALANCE else { continue }
      _ = KafkaConsumer.assignNothing(client)
      if event.error?.code == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS { given = nil }
    }
    // The group is told in the background. Closing before it was told would keep the partitions after all.
    while client.isMember, !deadline.hasPassed { deadline.pause(.milliseconds(10)) }
  }

  /// Winds up the group's side, answering what it asks on the way. The library may hang here when a partition was lost
  /// or no coordinator is to be found: then it is left at that.
  private static func close(_ client: borrowing Client) {
    guard let queue = Queue(of: client) else { return }
    let refusal = unsafe client.withHandle { handle in
      unsafe queue.withPointer { queue in unsafe LibraryError(consuming: rd_kafka_consumer_close_queue(handle, queue)) }
    }
    if let refusal {
      client.chatter.write(level: 4, "close: \(refusal.reason)")
      return
    }
    let deadline = Deadline(after: .seconds(10))
    while unsafe client.withHandle({ unsafe rd_kafka_consumer_closed($0) }) == 0, !deadline.hasPassed {
      guard let event = queue.poll(milliseconds: deadline.milliseconds(atMost: .milliseconds(100))) else { continue }
      if event.kind == RD_KAFKA_EVENT_REBALANCE {
        _ = assignNothing(client)
      } else if event.kind == RD_KAFKA_EVENT_LOG {
        client.note(event)
      }
    }
  }

  private static func assignNothing(_ client: borrowing Client) -> rd_kafka_resp_err_t {
    unsafe client.withHandle { unsafe rd_kafka_assign($0, nil) }
  }

  private func withClient<Result>(
    _ body: (borrowing Client) throws(LogError) -> Result
  ) throws(LogError) -> Result {
    switch client {
    case .none: throw KafkaConsumer.closed
    case .some(let client): return try body(client)
    }
  }

  private static let closed = LogError(.invalidState, .stop, reason: "the consumer is closed")
  private static let withoutGroup = LogError(.invalidState, .stop, reason: "a reader by assignment has no group")
}

/// Finds the place of a record's partition among the batch's sources without making a string of the topic's name. Good
/// for one poll: while the handle has records of a topic, no other topic has the same identity.
struct SourceCache {
  private var known: [(topic: UInt, partition: Int32, index: Int)] = []

  mutating func index(of message: borrowing Message, in batch: inout RecordBatch) -> Int {
    let topic = message.topicIdentity
    let partition = message.partition
    if let last = known.last, last.topic == topic, last.partition == partition { return last.index }
    if let found = known.firstIndex(where: { $0.topic == topic && $0.partition == partition }) {
      // Records come in runs from one partition: the latest stands last.
      known.swapAt(found, known.count - 1)
      return known[known.count - 1].index
    }
    let index = batch.index(of: TopicPartition(message.topic, partition))
    known.append((topic, partition, index))
    return index
  }
}
