import Incidents

/// The settings that counts depend on. They reach the fold through the journal's control frames only, so that a replay
/// has them where they were.
public struct Configuration: Hashable, Sendable {
  /// For each input topic the local day on which its observation begins: detectors judge a day only when its whole
  /// baseline lies on or after it. Nil: the day of the journal's birth.
  public var observedFrom: [InputTopic: LocalDay]
  /// What each detector judges and by which parameters, in the order of `Detector.table`.
  public var detectors: [DetectorSettings]
  /// The registry of sources; nil: all sources are accepted and none has a force.
  public var sources: [RegisteredSource]?

  public init(
    observedFrom: [InputTopic: LocalDay] = [:],
    detectors: [DetectorSettings] = Detector.table.map(DetectorSettings.init(standardOf:)),
    sources: [RegisteredSource]? = nil
  ) {
    self.observedFrom = observedFrom
    self.detectors = detectors
    self.sources = sources
  }

  /// The names that the registry lists for a topic; nil without a registry.
  public func sourceNames(for topic: InputTopic) -> Set<String>? {
    sources.map { Set($0.filter { $0.topics.contains(topic) }.map(\.name)) }
  }
}

/// A sender of events, as the registry names it.
public struct RegisteredSource: Hashable, Sendable {
  /// The CloudEvents `source`.
  public var name: String
  /// The police force that it belongs to; nil for a source of no force.
  public var force: Force?
  public var topics: Set<InputTopic>
  /// How often something is expected, in minutes; nil when nothing is promised.
  public var cadenceMinutes: Int?
  /// Treatment sites by code, and the area that each lies in.
  public var sites: [String: AreaIndex]
  /// What its sender should know about time zones; shown, never computed with.
  public var zoneAdvice: String?
  /// The Kafka principal that may write for it; shown, never computed with.
  public var principal: String?

  public init(
    name: String, force: Force?, topics: Set<InputTopic>, cadenceMinutes: Int? = nil,
    sites: [String: AreaIndex] = [:], zoneAdvice: String? = nil, principal: String? = nil
  ) {
    self.name = name
    self.force = force
    self.topics = topics
    self.cadenceMinutes = cadenceMinutes
    self.sites = sites
    self.zoneAdvice = zoneAdvice
    self.principal = principal
  }
}
