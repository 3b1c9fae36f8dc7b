import Incidents

/// What a simulation is to show. The same plan gives the same events, byte for byte.
public struct SimulationPlan: Sendable {
  public var seed: UInt64
  /// Scripted time: events arrive from the beginning of this local day …
  public var from: LocalDay
  /// … until this instant, exclusive.
  public var until: EventTime
  /// How many events there are, next to what published tables say.
  public var scale: Double
  /// The same for offences without a blade, on top of `scale`: they are nine in ten.
  public var otherOffences: Double
  /// Events that are wrong, in 10,000.
  public var poison: Int
  public var hotspots: [Hotspot]
  public var silences: [Silence]

  /// `days` whole days from `from` on.
  public init(
    seed: UInt64, from: LocalDay, days: Int, scale: Double = 1, otherOffences: Double = 1, poison: Int = 50,
    hotspots: [Hotspot] = [], silences: [Silence] = []
  ) {
    self.seed = seed
    self.from = from
    until = from.advanced(by: Int32(clamping: days)).start
    self.scale = scale
    self.otherOffences = otherOffences
    self.poison = poison
    self.hotspots = hotspots
    self.silences = silences
  }

  /// More knife crime in one area than usual: `factor` times, on `days` days from `from` on.
  public struct Hotspot: Hashable, Sendable {
    public var area: AreaIndex
    public var from: LocalDay
    public var days: Int
    public var factor: Double

    public init(area: AreaIndex, from: LocalDay, days: Int, factor: Double) {
      self.area = area
      self.from = from
      self.days = days
      self.factor = factor
    }

    func covers(_ day: LocalDay) -> Bool { day >= from && day < from.advanced(by: Int32(clamping: days)) }
  }

  /// A source that falls silent: nothing of it arrives from an instant on.
  public struct Silence: Hashable, Sendable {
    public var source: SimulatedSource
    public var from: EventTime

    public init(source: SimulatedSource, from: EventTime) {
      self.source = source
      self.from = from
    }
  }
}

/// One feed: what one force's area sends on one topic.
public struct SimulatedSource: Hashable, Sendable {
  public var topic: InputTopic
  public var force: Force

  public init(_ topic: InputTopic, _ force: Force) {
    self.topic = topic
    self.force = force
  }

  /// Every feed, by topic and force.
  public static let all = InputTopic.allCases.flatMap { topic in Force.allCases.map { SimulatedSource(topic, $0) } }

  /// As the CloudEvents attribute `source`: `/police/metropolitan`.
  public var name: String {
    let kind =
      switch topic {
      case .incidents: "police"
      case .tagBreaches: "tags"
      case .hospital: "hospitals"
      }
    return "/\(kind)/\(slug)"
  }

  /// `Avon and Somerset` → `avon-and-somerset`, `Metropolitan Police` → `metropolitan`.
  private var slug: String {
    force.name.lowercased().split(separator: " ").filter { $0 != "police" }.joined(separator: "-")
  }

  /// How often something can be expected of it, in minutes: a force's records within a day, its tags within three, a
  /// hospital's attendances within a day, sheets within a month.
  public var cadenceMinutes: Int {
    switch topic {
    case .incidents: 1_440
    case .tagBreaches: 4_320
    case .hospital: HospitalSite.all.contains { $0.force == force && !$0.sendsReturns } ? 1_440 : 44_640
    }
  }

  /// The hospitals of the feed and the area that each lies in: one in every third area. Names are invented.
  public var sites: [(code: String, area: AreaIndex)] {
    guard topic == .hospital else { return [] }
    return HospitalSite.all.filter { $0.force == force }.map { ($0.code, $0.area) }
  }
}
