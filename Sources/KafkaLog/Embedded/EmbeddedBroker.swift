import CRdkafka
import Pipeline
import Wire

/// A broker within this process: the mock cluster that librdkafka has for its own tests, listening on the loopback
/// interface on a port of its choice. Good enough to be looked at, and no proof of anything: it forgets what transactions
/// commit for groups, shows aborted records, fences nobody, and keeps 5 MiB or 100,000 records a partition, the oldest
/// being dropped.
public final class EmbeddedBroker: Sendable {
  private let client: Client
  /// `host:port`, for anybody's clients.
  public let address: String

  /// What librdkafka has to say is appended to `logFile`.
  public init(logFile: String) throws(LogError) {
    let settings = [Setting("test.mock.num.brokers", "1"), Setting("log.queue", "true")]
    let client = try Client(
      RD_KAFKA_PRODUCER, settings: settings, chatter: try Chatter(path: logFile, name: "embedded broker"))
    let address = unsafe client.withHandle { handle -> String? in
      // The cluster belongs to the handle, its text to the cluster; both live longer than this.
      guard let cluster = unsafe rd_kafka_handle_mock_cluster(handle),
        let servers = unsafe rd_kafka_mock_cluster_bootstraps(cluster)
      else { return nil }
      return unsafe String(cString: servers)
    }
    guard let address else {
      throw LogError(.other, .stop, reason: "librdkafka has made no embedded broker")
    }
    self.address = address
    self.client = client
  }

  /// Makes a topic. The mock cluster knows nothing of settings.
  func create(_ topic: TopicDescription) throws(LogError) {
    let code = unsafe client.withHandle { handle in
      unsafe rd_kafka_mock_topic_create(
        rd_kafka_handle_mock_cluster(handle), topic.name, Int32(clamping: topic.partitions), 1)
    }
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
      throw LibraryError(code).asLogError("cannot create \(topic.name)")
    }
  }
}
