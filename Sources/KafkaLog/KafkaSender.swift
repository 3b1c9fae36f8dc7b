import CRdkafka
import Pipeline
import Wire

/// Writes to Kafka without transactions, for producers of input: each record is written once and, within its partition,
/// in order, and readers see it at once. Used by one thread at a time; the calls may block.
public final class KafkaSender {
  /// What became of the records sent so far.
  public struct Totals: Hashable, Sendable {
    public var delivered: Int
    public var failed: Int
    /// The first failure.
    public var failure: LogError?

    public init(delivered: Int, failed: Int, failure: LogError? = nil) {
      self.delivered = delivered
      self.failed = failed
      self.failure = failure
    }
  }

  /// Nil once closed.
  private var server: DeliveryServer?
  private var topics = TopicCheck()

  init(_ client: consuming Client) {
    server = DeliveryServer(client, keepsDeliveries: false)
  }

  deinit { close() }

  /// Queues a record; waits when the local queue is full. Throws when the record cannot be taken at all; what becomes of
  /// it later is in `totals`.
  public func send(_ record: OutgoingRecord) throws(LogError) {
    let server = try open()
    try topics.check(record, client: server.client)
    do throws(LibraryError) {
      try server.client.produce(record, sequence: 0)
    } catch let error {
      throw server.client.cause(of: error).asLogError("cannot send to \(record.topic)")
    }
  }

  /// The records whose fate is known by now.
  public var totals: Totals {
    guard let server else { return Totals(delivered: 0, failed: 0, failure: nil) }
    let counts = server.counts
    let failure = server.failure.map { failure in
      server.client.cause(of: failure.error).asLogError("a record was not written", partition: failure.partition)
    }
    return Totals(delivered: counts.delivered, failed: counts.failed, failure: failure)
  }

  /// Waits until the fate of every record sent is known.
  public func flush() throws(LogError) -> Totals {
    try open().client.flush()
    return totals
  }

  /// Ends the handle, in bounded time; records that are still queued are lost. `flush` first.
  public func close() {
    guard let server else { return }
    server.stop()
    self.server = nil
  }

  private func open() throws(LogError) -> DeliveryServer {
    guard let server else { throw LogError(.invalidState, .stop, reason: "the sender is closed") }
    return server
  }
}
