import Incidents
import Wire

/// The topics of this program: names, and what they must be set to. The folder `topics/` says the same; a test compares
/// them.
public enum Topic: String, CaseIterable, Sendable {
  case incidents
  case tagBreaches = "tag-breaches"
  case hospital
  case incidentsRejections = "incidents.rejections"
  case tagBreachesRejections = "tag-breaches.rejections"
  case hospitalRejections = "hospital.rejections"
  case journal
  case progress
  case boroughProjections = "borough-projections"
  case boroughDays = "borough-days"
  case hotspotSignals = "hotspot-signals"
  case sourceStatus = "source-status"

  /// How many partitions it has when it is made. Only the journal's number matters later: it is fixed at birth.
  public var partitions: Int {
    switch self {
    case .incidents, .tagBreaches, .hospital: 6
    case .incidentsRejections, .tagBreachesRejections, .hospitalRejections: 1
    case .journal, .progress, .boroughProjections, .boroughDays, .hotspotSignals, .sourceStatus: 1
    }
  }

  /// How many partitions the inputs have together when they are made.
  public static var inputPartitions: Int {
    [Topic.incidents, .tagBreaches, .hospital].reduce(0) { $0 + $1.partitions }
  }

  /// Kafka's settings and their values, for a cluster of so many brokers.
  public func settings(brokers: Int) -> [String: String] {
    var settings = ["min.insync.replicas": brokers >= 3 ? "2" : "1"]
    for (name, value) in fixedSettings { settings[name] = value }
    return settings
  }

  /// Replicas of each partition, for a cluster of so many brokers.
  public static func replicas(brokers: Int) -> Int { min(3, max(1, brokers)) }

  private var fixedSettings: KeyValuePairs<String, String> {
    switch self {
    case .incidents, .tagBreaches, .hospital:
      [
        "cleanup.policy": "delete", "retention.ms": Self.thirtyDays, "retention.bytes": "-1",
        "max.message.bytes": "12582912",
      ]
    case .incidentsRejections, .tagBreachesRejections, .hospitalRejections:
      ["cleanup.policy": "delete", "retention.ms": Self.thirtyDays, "retention.bytes": "-1"]
    case .journal:
      [
        "cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1",
        "message.timestamp.type": "LogAppendTime", "max.message.bytes": "2097152",
      ]
    case .progress:
      ["cleanup.policy": "compact", "min.compaction.lag.ms": Self.thirtyDays]
    case .hotspotSignals:
      ["cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"]
    case .boroughProjections, .boroughDays, .sourceStatus:
      // Compaction leaves the open segment alone: a day's is small enough.
      ["cleanup.policy": "compact", "segment.ms": "86400000"]
    }
  }

  private static let thirtyDays = "2592000000"
}

/// The names of one deployment: topics, groups and transactional ids, all with its prefix.
public struct Names: Hashable, Sendable {
  public var prefix: String

  public init(prefix: String) { self.prefix = prefix }

  public func callAsFunction(_ topic: Topic) -> String { prefix + topic.rawValue }

  public func input(_ topic: InputTopic) -> String { prefix + topic.name }

  public func rejections(of topic: InputTopic) -> String { prefix + topic.name + ".rejections" }

  /// The input topic of that name on the log.
  public func inputTopic(named name: String) -> InputTopic? {
    guard name.hasPrefix(prefix) else { return nil }
    let rest = name.utf8.dropFirst(prefix.utf8.count)
    return InputTopic.allCases.first { rest.elementsEqual($0.name.utf8) }
  }

  /// The input topics.
  public var inputs: [String] { InputTopic.allCases.map(input) }

  /// The consumer group of a role.
  public func group(_ role: Role) -> String { prefix + role.rawValue }

  /// The transactional id of a role's producer: stable for an instance, so that a restart fences its predecessor.
  public func transactionalID(_ role: Role, instance: String) -> String { "\(prefix)\(role.rawValue)-\(instance)" }
}

/// A part of the service that runs on a thread of its own.
public enum Role: String, CaseIterable, Sendable {
  case ingest, fold, serve
}
