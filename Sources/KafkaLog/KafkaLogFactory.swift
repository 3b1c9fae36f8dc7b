import CRdkafka
import Pipeline

/// Makes handles to a Kafka cluster. Each of them first waits until a broker has answered, and throws `unreachable` or
/// `refused` otherwise.
public struct KafkaLogFactory: LogFactory, Sendable {
  private let bootstrapServers: String
  private let properties: [String: String]
  private let logFile: String
  private let clientID: String
  private let patience: Duration
  private let readAhead: Int

  /// - Parameters:
  ///   - bootstrapServers: `host:port`, several separated by commas.
  ///   - properties: librdkafka's properties; they win over this adapter's own settings, except over those that exactly
  ///     once rests on (`isolation.level`, `enable.idempotence`, …): another value of these is refused.
  ///   - logFile: what librdkafka itself has to say is appended here, never written to the terminal.
  ///   - clientID: the name that the brokers know this program by.
  ///   - patience: how long a new handle waits for the first answer of a broker.
  ///   - readAhead: how many KiB a consumer fetches ahead. librdkafka 2.0.2 pauses for up to a second each time this
  ///     much is waiting, so a replay at full speed wants more than a second's worth (262,144); live, little is enough.
  public init(
    bootstrapServers: String, properties: [String: String] = [:], logFile: String, clientID: String = "bellwether",
    patience: Duration = .seconds(10), readAhead: Int = 65_536
  ) {
    self.bootstrapServers = bootstrapServers
    self.properties = properties
    self.logFile = logFile
    self.clientID = clientID
    self.patience = patience
    self.readAhead = readAhead
  }

  public func makeConsumer(group: String, instance: String, topics: [String]) throws(LogError) -> any LogConsumer {
    let client = try makeClient(.consumer(group: group, instance: instance, readAhead: readAhead))
    return try KafkaConsumer(client, subscribingTo: topics)
  }

  public func makeReader() throws(LogError) -> any LogConsumer {
    KafkaConsumer(reading: try makeClient(.reader(readAhead: readAhead)))
  }

  public func makeProducer(transactionalID: String) throws(LogError) -> any LogProducer {
    try makeProducer(transactionalID: transactionalID, clock: nil)
  }

  /// A producer whose records bear the time of a clock, milliseconds since 1970.
  func makeProducer(transactionalID: String, clock: (() -> Int64)?) throws(LogError) -> any LogProducer {
    try KafkaProducer(clock: clock) { () throws(LogError) in
      try makeClient(.producer(transactionalID: transactionalID))
    }
  }

  /// A writer without transactions: each record once and in order, but each on its own.
  public func makeSender() throws(LogError) -> KafkaSender {
    KafkaSender(try makeClient(.sender))
  }

  public func makeAdministration() throws(LogError) -> any LogAdministration {
    KafkaAdministration(try makeClient(.administration))
  }

  private func makeClient(_ role: HandleRole) throws(LogError) -> Client {
    let chatter = try Chatter(path: logFile, name: "\(clientID)/\(role.name)")
    let settings = try role.settings(bootstrapServers: bootstrapServers, clientID: clientID, properties: properties)
    let client = try Client(role.kind, settings: settings, chatter: chatter)
    try client.awaitBroker(patience: patience)
    return client
  }
}
