import Incidents
import Pipeline
import Wire

/// What a viewer of the demonstration knows: read from the output topics alone, as any consumer would.
public struct DemoBoard: Sendable {
  /// An area as published last.
  public struct Borough: Sendable {
    public var name: String
    public var force: String
    /// Knife crimes.
    public var today = 0
    public var week = 0
    public var weekBefore = 0
    public var fourWeeks = 0
    /// Signals that stand.
    public var signals = 0
    /// Knife crimes by local day.
    public var days: [LocalDay: Int] = [:]
  }

  /// A signal as published last.
  public struct Signal: Sendable {
    public var id: String
    public var area: String
    public var measure: String
    public var severity: String
    public var status: String
    public var explanation: String
    public var raisedAt: String
    public var score: Double

    public var isStanding: Bool { status == "raised" || status == "updated" }

    var rank: Int { ["high": 2, "medium": 1][severity] ?? 0 }
  }

  /// How fresh what one force's area sends on one topic is.
  public struct Feed: Hashable, Sendable {
    public var topic: InputTopic
    public var force: String
    public var state: String
    public var received: String?
  }

  public private(set) var boroughs: [String: Borough] = [:]
  public private(set) var feeds: [String: Feed] = [:]
  public private(set) var refusals: [String: Int] = [:]
  /// The journal's time as last published.
  public private(set) var now: EventTime?
  private var signals: [String: Signal] = [:]

  public init() {}

  /// The topics to be read; of the others nothing is taken.
  public static func topics(_ names: Names) -> [String] {
    [names(.boroughProjections), names(.boroughDays), names(.hotspotSignals)] + names.inputs.map { $0 + ".rejections" }
  }

  /// Takes in what was read. What cannot be understood is passed over: a later program may publish more.
  public mutating func take(_ batch: borrowing RecordBatch, names: Names) {
    let superseded = Self.superseded(in: batch, topic: names(.boroughProjections))
    for (index, record) in batch.records.enumerated() where !superseded.contains(index) {
      let topic = batch.partition(of: record).topic
      if topic.hasSuffix(".rejections") {
        refusals[batch.header("code", of: record) ?? "?", default: 0] += 1
        continue
      }
      guard let slice = record.value, let value = try? JSONValue(parsing: batch.copy(slice)) else { continue }
      switch topic {
      case names(.boroughProjections): take(projection: value)
      case names(.boroughDays): take(day: value)
      case names(.hotspotSignals): take(signal: value)
      default: continue
      }
    }
  }

  /// The records of a topic that a later one with the same key replaces: while history rushes by, most.
  private static func superseded(in batch: borrowing RecordBatch, topic: String) -> Set<Int> {
    guard let source = batch.sources.firstIndex(where: { $0.topic == topic }) else { return [] }
    var newest: [ArraySlice<UInt8>: Int] = [:]
    var superseded: Set<Int> = []
    for (index, record) in batch.records.enumerated() where record.source == source {
      guard let key = record.key else { continue }
      if let older = newest.updateValue(index, forKey: batch.bytes[key.start..<key.start + key.count]) {
        superseded.insert(older)
      }
    }
    return superseded
  }

  private mutating func take(projection value: JSONValue) {
    guard let code = value["area"]?.string, case .current = AreaTable.lookup(code), let name = value["name"]?.string,
      let force = value["force"]?.string
    else { return }
    var borough = boroughs[code] ?? Borough(name: name, force: force)
    let counts = value["measures"]?["knifeCrime"]
    func count(_ member: String) -> Int { counts?[member]?.integer.map(Int.init(clamping:)) ?? 0 }
    borough.today = count("today")
    borough.week = count("7d")
    borough.weekBefore = count("previous7d")
    borough.fourWeeks = count("28d")
    borough.signals = value["signals"]?.elements?.count ?? 0
    boroughs[code] = borough
    if let text = value["now"]?.string, case .success(let time) = RFC3339.parse(text.utf8.span) {
      now = max(now ?? time, time)
    }
    for topic in InputTopic.allCases {
      guard let source = value["sources"]?[topic.name], let state = source["state"]?.string else { continue }
      feeds["\(topic.rawValue) \(force)"] = Feed(
        topic: topic, force: force, state: state, received: source["received"]?.string)
    }
  }

  private mutating func take(day value: JSONValue) {
    guard let code = value["area"]?.string, let day = value["day"]?.string.flatMap({ LocalDay($0) }) else { return }
    boroughs[code]?.days[day] = value["measures"]?["knifeCrime"]?["count"]?.integer.map(Int.init(clamping:)) ?? 0
  }

  private mutating func take(signal value: JSONValue) {
    func text(_ member: String) -> String { value[member]?.string ?? "" }
    let id = text("id")
    signals[id] = Signal(
      id: id, area: text("area"), measure: text("measure"), severity: text("severity"), status: text("status"),
      explanation: text("explanation"), raisedAt: text("raisedAt"), score: value["score"]?.number ?? 0)
  }

  // MARK: Ranked

  /// The signals that stand: the gravest first, of equals the newest.
  public var standing: [Signal] {
    signals.values.filter(\.isStanding)
      .sorted { ($0.rank, $0.raisedAt, $0.score, $0.id) > ($1.rank, $1.raisedAt, $1.score, $1.id) }
  }

  /// Areas where a viewer should look: by signals, then by today's knife crimes, then by the week's.
  public var ranked: [Borough] {
    boroughs.values.sorted {
      ($0.signals, $0.today, $0.week, $0.fourWeeks, $1.name) > ($1.signals, $1.today, $1.week, $1.fourWeeks, $0.name)
    }
  }

  /// Whether a signal on an area stands that was raised at an instant or later.
  public func hasSignal(on area: AreaIndex, since: EventTime) -> Bool {
    let code = AreaTable.code(area)
    let instant = RFC3339.text(since)
    return signals.values.contains { $0.area == code && $0.isStanding && $0.raisedAt >= instant }
  }

  public var refused: Int { refusals.values.reduce(0, +) }

  /// Feeds that are late or silent, the silent ones first.
  public var overdue: [Feed] {
    feeds.values.filter { $0.state == "late" || $0.state == "silent" }
      .sorted { ($1.state, $0.topic.rawValue, $0.force) < ($0.state, $1.topic.rawValue, $1.force) }
  }
}
