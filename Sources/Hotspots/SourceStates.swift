import Incidents

/// How fresh the records of a source are.
public enum Freshness: UInt8, Comparable, Sendable, BitwiseCopyable {
  /// No cadence is promised.
  case unknown
  case current
  /// Nothing for more than one and a half times the cadence.
  case late
  /// Nothing for more than three times the cadence.
  case silent

  public static func < (a: Freshness, b: Freshness) -> Bool { a.rawValue < b.rawValue }

  /// The name in outputs.
  public var name: String { String(describing: self) }
}

/// What came last from the sources of one topic that concern an area.
public struct TopicFreshness: Hashable, Sendable {
  /// The newest arrival in the journal; nil when nothing came.
  public var received: EventTime?
  /// The newest occurrence among what came.
  public var occurred: EventTime?
  public var state: Freshness

  public init(received: EventTime?, occurred: EventTime?, state: Freshness) {
    self.received = received
    self.occurred = occurred
    self.state = state
  }
}

/// For each source and topic: what came last and what became of it. Sources are numbered as in `SourceTable`.
struct SourceStates: Sendable {
  struct Entry: Sendable, BitwiseCopyable {
    var received: EventTime?
    var occurred: EventTime?
    var verdicts = Verdicts()
  }

  /// What the registry says of a source, resolved once.
  struct Registration: Sendable {
    var force: Force?
    var topics: Set<InputTopic>
    var cadenceMilliseconds: Int64?
    var sites: [String: AreaIndex]
    /// When the control frame that named it arrived.
    var since: EventTime
  }

  private var entries: [Entry] = []
  private var names: [String: Int] = [:]
  /// For each numbered source its registration's force; nil without.
  private var forces: [Force?] = []
  private var registry: [(name: String, registration: Registration)]?

  /// Takes the registry of a control frame.
  mutating func register(_ sources: [RegisteredSource]?, at: EventTime) {
    let known = Dictionary((registry ?? []).map { ($0.name, $0.registration) }, uniquingKeysWith: { first, _ in first })
    registry = sources.map { sources in
      sources.map { source in
        (
          source.name,
          Registration(
            force: source.force, topics: source.topics,
            cadenceMilliseconds: source.cadenceMinutes.map { Int64($0) * 60_000 }, sites: source.sites,
            since: known[source.name]?.since ?? at)
        )
      }
    }
    for (name, index) in names { forces[index] = force(named: name) }
  }

  private func force(named name: String) -> Force? { registry?.first { $0.name == name }?.registration.force }

  /// Makes room for a source seen for the first time.
  mutating func introduce(_ source: SourceIndex, name: String) {
    let index = Int(source.value)
    while forces.count <= index {
      forces.append(nil)
      entries.append(contentsOf: repeatElement(Entry(), count: InputTopic.allCases.count))
    }
    names[name] = index
    forces[index] = force(named: name)
  }

  func force(of source: SourceIndex) -> Force? {
    Int(source.value) < forces.count ? forces[Int(source.value)] : nil
  }

  mutating func note(_ event: JournalEvent, received: EventTime) {
    let place = place(event.source, event.topic)
    entries[place].received = max(entries[place].received ?? received, received)
    guard event.kind == .fact else { return }
    entries[place].occurred = max(entries[place].occurred ?? event.occurredFrom, event.occurredFrom)
  }

  mutating func count(_ event: JournalEvent, _ body: (inout Verdicts) -> Void) {
    body(&entries[place(event.source, event.topic)].verdicts)
  }

  private func place(_ source: SourceIndex, _ topic: InputTopic) -> Int {
    Int(source.value) * InputTopic.allCases.count + Int(topic.rawValue)
  }

  /// What became of the records of a topic.
  func verdicts(_ topic: InputTopic) -> Verdicts {
    var sum = Verdicts()
    for source in forces.indices { sum += entries[place(SourceIndex(UInt32(source)), topic)].verdicts }
    return sum
  }

  /// What concerns the areas of a force (nil: `unattributed`, sources of no force); all sources without a registry.
  func freshness(_ topic: InputTopic, force: Force?, now: EventTime) -> TopicFreshness {
    var answer = TopicFreshness(received: nil, occurred: nil, state: .unknown)
    for source in forces.indices where registry == nil || forces[source] == force {
      let entry = entries[place(SourceIndex(UInt32(source)), topic)]
      answer.received = latest(answer.received, entry.received)
      answer.occurred = latest(answer.occurred, entry.occurred)
    }
    for (name, registration) in registry ?? []
    where registration.force == force && registration.topics.contains(topic) {
      guard let cadence = registration.cadenceMilliseconds else { continue }
      let last = names[name].flatMap { entries[place(SourceIndex(UInt32($0)), topic)].received }
      let silence = now.milliseconds - (last ?? registration.since).milliseconds
      let state: Freshness = silence > cadence * 3 ? .silent : silence * 2 > cadence * 3 ? .late : .current
      answer.state = max(answer.state, state)
    }
    return answer
  }

  private func latest(_ a: EventTime?, _ b: EventTime?) -> EventTime? {
    guard let a else { return b }
    guard let b else { return a }
    return max(a, b)
  }
}

// MARK: - Checkpoints

extension SourceStates {
  /// For each source of the table what is known of it.
  func sources(named table: SourceTable) -> [FoldHeader.Source] {
    (0..<table.count).map { source in
      let source = SourceIndex(UInt32(source))
      let isIntroduced = Int(source.value) < forces.count
      return FoldHeader.Source(
        name: table.name(of: source),
        topics: InputTopic.allCases.map { topic in
          guard isIntroduced else { return FoldHeader.TopicState() }
          let entry = entries[place(source, topic)]
          return FoldHeader.TopicState(received: entry.received, occurred: entry.occurred, verdicts: entry.verdicts)
        })
    }
  }

  /// The registry as it was taken; nil without one.
  var registered: [FoldHeader.Registered]? {
    registry?.map { name, registration in
      FoldHeader.Registered(
        source: RegisteredSource(
          name: name, force: registration.force, topics: registration.topics,
          cadenceMinutes: registration.cadenceMilliseconds.map { Int($0 / 60_000) }, sites: registration.sites),
        since: registration.since)
    }
  }

  init(_ sources: [FoldHeader.Source], registry registered: [FoldHeader.Registered]?) {
    registry = registered.map { registered in
      registered.map { entry in
        (
          entry.source.name,
          Registration(
            force: entry.source.force, topics: entry.source.topics,
            cadenceMilliseconds: entry.source.cadenceMinutes.map { Int64($0) * 60_000 }, sites: entry.source.sites,
            since: entry.since)
        )
      }
    }
    for (index, source) in sources.enumerated() {
      let index = SourceIndex(UInt32(index))
      introduce(index, name: source.name)
      for (topic, state) in zip(InputTopic.allCases, source.topics) {
        entries[place(index, topic)] = Entry(
          received: state.received, occurred: state.occurred, verdicts: state.verdicts)
      }
    }
  }
}
