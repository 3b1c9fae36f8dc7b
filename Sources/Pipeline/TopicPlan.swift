import Wire

/// How the topics on a broker differ from what they should be.
public struct TopicPlan: Sendable {
  /// One difference, in words and in parts.
  public struct Drift: Hashable, Sendable, CustomStringConvertible {
    public var topic: String
    /// `partitions`, `replicas`, or one of Kafka's settings.
    public var setting: String
    public var expected: String
    public var found: String

    public var description: String { "\(topic): \(setting) is \(found), should be \(expected)" }
  }

  /// Topics that do not exist.
  public var missing: [TopicDescription]
  public var drifts: [Drift]

  public var isEmpty: Bool { missing.isEmpty && drifts.isEmpty }

  /// Compares what is there with the catalogue.
  public init(names: Names, administration: any LogAdministration) throws(LogError) {
    let brokers = try administration.brokerCount()
    let wanted = Topic.allCases.map { topic in
      TopicDescription(
        name: names(topic), partitions: topic.partitions, replicas: Topic.replicas(brokers: brokers),
        settings: topic.settings(brokers: brokers))
    }
    let settings = Set(wanted.flatMap(\.settings.keys)).sorted()
    let found = try administration.describe(topics: wanted.map(\.name), settings: settings)
    missing = wanted.filter { topic in !found.contains { $0.name == topic.name } }
    drifts = wanted.flatMap { topic in
      found.first { $0.name == topic.name }.map { Self.drifts(wanted: topic, found: $0) } ?? []
    }
  }

  private static func drifts(wanted: TopicDescription, found: TopicDescription) -> [Drift] {
    var drifts: [Drift] = []
    func compare(_ setting: String, _ expected: String, _ actual: String) {
      guard expected != actual else { return }
      drifts.append(Drift(topic: wanted.name, setting: setting, expected: expected, found: actual))
    }
    compare("partitions", String(wanted.partitions), String(found.partitions))
    compare("replicas", String(wanted.replicas), String(found.replicas))
    for (name, value) in wanted.settings.sorted(by: { $0.key < $1.key }) {
      compare(name, value, found.settings[name] ?? "not set")
    }
    return drifts
  }
}
