import CRdkafka
import Pipeline

/// What a handle is for, and the settings that follow from it.
enum HandleRole {
  case consumer(group: String, instance: String, readAhead: Int)
  case reader(readAhead: Int)
  case producer(transactionalID: String)
  case sender
  case administration

  var name: String {
    switch self {
    case .consumer: "consumer"
    case .reader: "reader"
    case .producer: "producer"
    case .sender: "sender"
    case .administration: "administration"
    }
  }

  var kind: rd_kafka_type_t {
    switch self {
    case .consumer, .reader, .administration: RD_KAFKA_CONSUMER
    case .producer, .sender: RD_KAFKA_PRODUCER
    }
  }

  /// The settings of a handle: ours, then the properties given by the user, then those that are not for choice.
  func settings(
    bootstrapServers: String, clientID: String, properties: [String: String]
  ) throws(LogError) -> [Setting] {
    let fixed = self.fixed
    let ours = Dictionary(fixed.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
      let canonical = HandleRole.aliases[name] ?? name
      guard HandleRole.notForChoice.contains(canonical) else { continue }
      // The right value, as in a copied properties file, is no harm; a value for another kind of handle neither.
      if let needed = ours[canonical], needed != value {
        throw LogError(
          .invalidState, .stop, reason: "the property \(name) cannot be changed: processing exactly once rests on it",
          advice: "remove this property")
      }
    }
    let chosen = properties.filter { !HandleRole.notForChoice.contains(HandleRole.aliases[$0.key] ?? $0.key) }
    return [Setting("bootstrap.servers", bootstrapServers), Setting("client.id", clientID)] + HandleRole.common
      + defaults + chosen.sorted { $0.key < $1.key }.map { Setting($0.key, $0.value) } + fixed
  }

  /// Settings of every handle. Kafka's requests are small and waited for: no delay for the sake of fuller packets. A
  /// broker that comes back is found within a second.
  private static let common = [
    Setting("socket.nagle.disable", "true"),
    Setting("socket.keepalive.enable", "true"),
    Setting("reconnect.backoff.max.ms", "1000"),
    Setting("topic.metadata.propagation.max.ms", "10000"),
  ]

  /// Settings of this kind of handle that the user may change.
  private var defaults: [Setting] {
    switch self {
    case .consumer(_, _, let readAhead):
      HandleRole.reading(ahead: readAhead) + [
        // A dead member's partitions are given away after this time. Static members keep theirs over a restart.
        Setting("session.timeout.ms", "10000"),
        Setting("heartbeat.interval.ms", "3000"),
      ]
    case .reader(let readAhead): HandleRole.reading(ahead: readAhead)
    case .producer:
      HandleRole.writing + [
        // A killed instance's open transaction holds readers back for at most this long.
        Setting("transaction.timeout.ms", "15000"),
        Setting("linger.ms", "5"),
      ]
    case .sender: HandleRole.writing + [Setting("linger.ms", "20")]
    case .administration: []
    }
  }

  /// Settings of this kind of handle that the adapter's promises rest on.
  private var fixed: [Setting] {
    switch self {
    case .consumer(let group, let instance, _):
      HandleRole.committedOnly + [
        Setting("group.id", group), Setting("group.instance.id", instance),
        // 2.0.2's cooperative-sticky strategy loses assignments and loops.
        Setting("partition.assignment.strategy", "range"),
      ]
    // librdkafka wants the name of a group even from who never joins one.
    case .reader: HandleRole.committedOnly + [Setting("group.id", "bellwether.reader")]
    case .administration: HandleRole.committedOnly + [Setting("group.id", "bellwether.administration")]
    case .producer(let id): HandleRole.reliable + [Setting("transactional.id", id)]
    case .sender: HandleRole.reliable
    }
  }

  private static func reading(ahead: Int) -> [Setting] {
    [
      Setting("fetch.message.max.bytes", String(4 << 20)),
      // The bytes alone say how far to read ahead, not the number of records.
      Setting("queued.max.messages.kbytes", String(max(1, ahead))),
      Setting("queued.min.messages", "10000000"),
      Setting("fetch.error.backoff.ms", "100"),
      Setting("check.crcs", "true"),
    ]
  }

  private static let writing = [
    // The topic says how large a record may be; this only has to be above every topic's limit.
    Setting("message.max.bytes", String(16 << 20)),
    // The local queue: a record more waits until there is room.
    Setting("queue.buffering.max.kbytes", String(64 << 10)),
    Setting("queue.buffering.max.messages", "100000"),
    Setting("compression.type", "lz4"),
    // As Java's clients choose, so that a key stays in its partition whoever writes.
    Setting("partitioner", "murmur2_random"),
  ]

  private static let committedOnly = [
    Setting("isolation.level", "read_committed"),
    Setting("enable.auto.commit", "false"),
    Setting("enable.auto.offset.store", "false"),
    // A position that the log does not hold is an error, never a silent jump.
    Setting("auto.offset.reset", "error"),
    Setting("enable.partition.eof", "true"),
    Setting("allow.auto.create.topics", "false"),
    Setting("log.queue", "true"),
  ]

  private static let reliable = [
    Setting("enable.idempotence", "true"),
    Setting("acks", "all"),
    Setting("log.queue", "true"),
  ]

  private static let notForChoice: Set<String> = Set(
    (committedOnly + reliable).map(\.name)
      + ["group.id", "group.instance.id", "partition.assignment.strategy", "transactional.id"])

  /// Other names of properties that are not for choice.
  private static let aliases = ["request.required.acks": "acks"]
}
