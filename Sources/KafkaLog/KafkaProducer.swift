import CRdkafka
import Pipeline
import Wire

/// Writes to Kafka in transactions.
public final class KafkaProducer: LogProducer {
  /// Nil once closed.
  private var server: DeliveryServer?
  private var topics = TopicCheck()
  /// Between a successful `begin` and a successful `commit` or `abort`.
  private var isInTransaction = false
  /// A call of this transaction has failed.
  private var hasFailed = false

  /// How long a call is repeated that the library says may be. A broker that restarts is back within this time.
  private static let patience: Duration = .seconds(300)

  private let makeClient: () throws(LogError) -> Client
  private let clock: (() -> Int64)?

  /// `makeClient` makes handles of one transactional id; `clock` gives the time that records bear, milliseconds since
  /// 1970, the machine's where it is nil.
  init(clock: (() -> Int64)? = nil, _ makeClient: @escaping () throws(LogError) -> Client) throws(LogError) {
    self.makeClient = makeClient
    self.clock = clock
    server = DeliveryServer(try makeClient(), keepsDeliveries: true)
  }

  deinit { close() }

  public func initialise() throws(LogError) {
    unsafe try perform("cannot start transactions", patience: .seconds(90)) { handle in
      unsafe rd_kafka_init_transactions(handle, 10_000)
    }
  }

  public func begin() throws(LogError) {
    unsafe try perform("cannot begin a transaction") { handle in unsafe rd_kafka_begin_transaction(handle) }
    isInTransaction = true
    hasFailed = false
    // What a former transaction left behind is not this one's business.
    server?.reset()
  }

  public func produce(_ record: OutgoingRecord) throws(LogError) {
    let server = try openTransaction()
    try topics.check(record, client: server.client)
    let sequence = server.expect(record)
    do throws(LibraryError) {
      try server.client.produce(record, sequence: sequence, timestamp: clock?() ?? 0)
    } catch let error {
      server.expectLess()
      throw transactionError(error, "cannot produce to \(record.topic)", server)
    }
  }

  public func flush() throws(LogError) -> [Delivery] {
    let server = try open()
    try server.client.flush()
    if let (error, partition) = server.failure {
      var cause = server.client.cause(of: error)
      // One record that was not written spoils the transaction.
      cause.requiresAbort = true
      throw cause.asTransactionError("a record was not written", partition: partition)
    }
    return server.takeDeliveries()
  }

  public func sendOffsets(
    _ offsets: [TopicPartition: CommittedOffset], of membership: GroupMembership
  ) throws(LogError) {
    let server = try openTransaction()
    let metadata = try KafkaProducer.metadata(of: membership, server.client)
    let list = PartitionList(offsets)
    unsafe try perform("cannot send offsets") { handle in
      unsafe list.withPointer { list in
        unsafe metadata.withPointer { unsafe rd_kafka_send_offsets_to_transaction(handle, list, $0, 30_000) }
      }
    }
  }

  private static func metadata(
    of membership: GroupMembership, _ client: borrowing Client
  ) throws(LogError) -> GroupMetadata {
    switch membership {
    case .member(let bytes):
      do throws(LibraryError) {
        return try GroupMetadata(reading: bytes)
      } catch {
        throw error.asLogError("cannot read the membership")
      }
    case .administrator(let group):
      // Kafka itself takes transactional offsets without a generation from anybody.
      let members = try client.members(of: group).count
      guard members == 0 else {
        throw LogError(
          .invalidState, .stop, reason: "the group \(group) has \(members) members: only they may move its offsets",
          advice: "stop the processes of this group first")
      }
      return GroupMetadata(group: group)
    }
  }

  public func commit() throws(LogError) {
    _ = try openTransaction()
    // With -1 the library waits for what is left of the transaction's time, and may be asked again.
    unsafe try perform("cannot commit") { handle in unsafe rd_kafka_commit_transaction(handle, -1) }
    isInTransaction = false
    server?.reset()
  }

  public func abort() throws(LogError) {
    let server = try openTransaction()
    // An abort that overtakes the transaction's first record at the broker is an error there, and fatal to librdkafka
    // 2.0.2. So the records go first, unless something has failed and they never will.
    if !hasFailed, server.failure == nil { _ = server.client.flush(milliseconds: 5_000) }
    unsafe try perform("cannot abort") { handle in unsafe rd_kafka_abort_transaction(handle, -1) }
    isInTransaction = false
    if let (error, _) = server.failure, error.code.rawValue > 0 {
      try renew()
    } else {
      server.reset()
    }
  }

  /// A record that a broker has refused leaves a gap in the numbers by which brokers tell repeated records from new
  /// ones; librdkafka 2.0.2 goes on behind the gap, and its next transaction fails. A new handle counts anew.
  private func renew() throws(LogError) {
    server?.stop()
    server = nil
    do throws(LogError) {
      server = DeliveryServer(try makeClient(), keepsDeliveries: true)
      try initialise()
    } catch {
      // The transaction is aborted; a producer made from outside may do what this one could not.
      throw LogError(error.code, .restart, reason: error.reason, advice: error.advice)
    }
  }

  public func close() {
    guard let server else { return }
    server.stop()
    // The last reference: the handle ends here.
    self.server = nil
  }

  /// Calls the library, again and again while it says that this is safe and helps.
  private func perform(
    _ doing: String, patience: Duration = KafkaProducer.patience, _ call: (OpaquePointer) -> OpaquePointer?
  ) throws(LogError) {
    let server = try open()
    let deadline = Deadline(after: patience)
    while true {
      let failure = unsafe server.client.withHandle { handle in unsafe LibraryError(consuming: call(handle)) }
      guard let failure else { return }
      let error = transactionError(failure, doing, server)
      guard error.remedy == .retry, !deadline.hasPassed else { throw error }
      deadline.pause()
    }
  }

  /// The library says *wrong state* to calls within a transaction that has failed meanwhile; why is known elsewhere.
  private func transactionError(_ error: LibraryError, _ doing: String, _ server: DeliveryServer) -> LogError {
    if error.requiresAbort { hasFailed = true }
    var cause = server.client.cause(of: error)
    if cause.code == RD_KAFKA_RESP_ERR__STATE, !cause.isFatal, isInTransaction {
      if let (failed, partition) = server.failure {
        cause = failed
        cause.requiresAbort = true
        return cause.asTransactionError(doing, partition: partition)
      }
      return LogError(.other, .abort, reason: "\(doing): the transaction has failed: \(error.reason)")
    }
    return cause.asTransactionError(doing)
  }

  private func open() throws(LogError) -> DeliveryServer {
    guard let server else { throw LogError(.invalidState, .stop, reason: "the producer is closed") }
    return server
  }

  private func openTransaction() throws(LogError) -> DeliveryServer {
    let server = try open()
    guard isInTransaction else { throw LogError(.invalidState, .stop, reason: "no transaction has begun") }
    return server
  }
}

extension Client {
  /// Waits until every record has been delivered or has failed, and all of it has been taken off the queue. The library
  /// gives up each record after its own time-out, so this ends.
  func flush() throws(LogError) {
    let deadline = Deadline(after: .seconds(600))
    while !flush(milliseconds: 1_000) {
      if deadline.hasPassed {
        throw LogError(.unreachable, .restart, reason: "the records produced are neither written nor refused")
      }
    }
  }

  /// Whether nothing is queued any more after at most this time.
  func flush(milliseconds: Int32) -> Bool {
    unsafe withHandle { unsafe rd_kafka_flush($0, milliseconds) } == RD_KAFKA_RESP_ERR_NO_ERROR
  }
}

/// Says at once that a topic or a partition does not exist, where librdkafka would wait for it to appear.
struct TopicCheck {
  private var partitions: [String: Int] = [:]

  mutating func check(_ record: OutgoingRecord, client: borrowing Client) throws(LogError) {
    let partition = Int(record.partition ?? 0)
    if let count = partitions[record.topic], partition >= 0, partition < count { return }
    // Seldom: a topic's first record, or a partition that was added.
    partitions = try client.topics().mapValues(\.partitions)
    guard let count = partitions[record.topic], partition >= 0, partition < count else {
      throw LibraryError(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION).asLogError(
        "cannot produce", partition: TopicPartition(record.topic, record.partition ?? -1))
    }
  }
}
