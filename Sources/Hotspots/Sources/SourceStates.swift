import Incidents

/// For each source and topic: what came last and what became of it. Sources are numbered as in `SourceTable`, those of the
/// registry too.
///
/// What concerns a force is kept beside it, so that to say it of each of a hundred areas costs the same however many
/// sources there are.
struct SourceStates: Sendable {
  /// A source in one topic.
  struct Entry: Sendable, BitwiseCopyable {
    var received: EventTime?
    var occurred: EventTime?
    var verdicts = Verdicts()
  }

  /// A source in all of them.
  struct Source: Sendable {
    /// What the registry says of it; nil when it says nothing.
    var registration: Registration?
    /// The newest arrival of an attendance.
    var attended: EventTime?
    /// The newest end of a period that a return speaks of.
    var periodEnd: LocalDay?
    /// The journal's time when its status was published last.
    var published: EventTime?
    /// Whether something came since, or the registry says something else.
    var isChanged = false
    /// The place among `concerns` of what it speaks for.
    fileprivate var concern = 0
  }

  /// What the registry says of a source.
  struct Registration: Hashable, Sendable {
    var force: Force?
    var topics: Set<InputTopic>
    var cadenceMilliseconds: Int64?
    var sites: [String: AreaIndex]
    /// When the control frame that named it arrived.
    var since: EventTime
  }

  private(set) var sources: [Source] = []
  private(set) var hasRegistry = false
  /// The sources that have changed since their status was last looked at, once each.
  var changes: [SourceIndex] = []
  /// The hour in which the status of all sources was last looked at.
  var hour: Hour?
  /// By source and topic.
  private var entries: [Entry] = []
  /// The areas of the registry's sites.
  private var sites: [SiteOfSource: AreaIndex] = [:]
  /// For each force (and at 0 for none) what concerns its areas. Without a registry no source has a force, and what
  /// concerns all areas is that of none.
  private var concerns = [Concern](repeating: Concern(), count: Force.count + 1)
  /// The same by topic.
  private var newest = [Newest](repeating: Newest(), count: (Force.count + 1) * InputTopic.allCases.count)

  private struct SiteOfSource: Hashable, Sendable {
    var source: SourceIndex
    var site: SiteIndex
  }

  /// What a force's sources say together.
  private struct Concern: Sendable {
    var attended: EventTime?
    var periodEnd: LocalDay?
    /// The sources that promise a cadence.
    var cadenced: [SourceIndex] = []
  }

  private struct Newest: Sendable, BitwiseCopyable {
    var received: EventTime?
    var occurred: EventTime?
  }

  /// Makes room for a source seen for the first time, in the order of their numbers.
  mutating func introduce() {
    sources.append(Source())
    noteChange(of: sources.count - 1)
    entries.append(contentsOf: repeatElement(Entry(), count: InputTopic.allCases.count))
  }

  private func place(_ source: SourceIndex, _ topic: InputTopic) -> Int { place(Int(source.value), topic) }

  private func place(_ row: Int, _ topic: InputTopic) -> Int {
    row * InputTopic.allCases.count + Int(topic.rawValue)
  }

  /// All sources, in order.
  var indices: [SourceIndex] { sources.indices.map { SourceIndex(UInt32($0)) } }

  subscript(source: SourceIndex, topic: InputTopic) -> Entry { entries[place(source, topic)] }

  subscript(source: SourceIndex) -> Source {
    get { sources[Int(source.value)] }
    _modify { yield &sources[Int(source.value)] }
  }

  func force(of source: SourceIndex) -> Force? { sources[Int(source.value)].registration?.force }

  /// The area of a treatment site, as the registry has it for the source that names the site.
  func area(of site: SiteIndex, _ source: SourceIndex) -> AreaIndex? {
    sites[SiteOfSource(source: source, site: site)]
  }

  // MARK: What comes

  /// A line of the journal, whatever its verdict.
  mutating func note(_ event: JournalEvent, received: EventTime) {
    let place = place(event.source, event.topic)
    let source = Int(event.source.value)
    let concern = sources[source].concern
    let whole = self.place(concern, event.topic)
    Self.raise(&entries[place].received, received)
    Self.raise(&newest[whole].received, received)
    noteChange(of: source)
    switch event.kind {
    case .fact:
      Self.raise(&entries[place].occurred, event.occurredFrom)
      Self.raise(&newest[whole].occurred, event.occurredFrom)
      guard event.topic == .hospital else { return }
      Self.raise(&sources[source].attended, received)
      Self.raise(&concerns[concern].attended, received)
    case .retraction: break
    case .return:
      for row in event.rows {
        Self.raise(&entries[place].occurred, row.occurredFrom)
        Self.raise(&newest[whole].occurred, row.occurredFrom)
      }
    }
  }

  private mutating func noteChange(of source: Int) {
    guard !sources[source].isChanged else { return }
    sources[source].isChanged = true
    changes.append(SourceIndex(UInt32(source)))
  }

  /// A return's period, which speaks for its source from now on: what is known of a period never goes away.
  mutating func note(periodEnd day: LocalDay, of source: SourceIndex) {
    Self.raise(&self[source].periodEnd, day)
    Self.raise(&concerns[self[source].concern].periodEnd, day)
  }

  mutating func count(_ event: JournalEvent, _ body: (inout Verdicts) -> Void) {
    body(&entries[place(event.source, event.topic)].verdicts)
  }

  @inline(__always)
  private static func raise<Value: Comparable>(_ newest: inout Value?, _ value: Value?) {
    guard let value, newest.map({ $0 < value }) ?? true else { return }
    newest = value
  }

  // MARK: What is said of it

  /// What became of the records of a topic.
  func verdicts(_ topic: InputTopic) -> Verdicts {
    var sum = Verdicts()
    for source in indices { sum += self[source, topic].verdicts }
    return sum
  }

  /// What concerns the areas of a force (nil: `unattributed`, sources of no force); all sources without a registry.
  func freshness(_ topic: InputTopic, force: Force?, now: EventTime) -> TopicFreshness {
    let concern = concern(of: force)
    let newest = newest[place(concern, topic)]
    return TopicFreshness(
      received: newest.received, occurred: newest.occurred,
      state: concerns[concern].cadenced.reduce(.unknown) { max($0, state(of: $1, topic, now: now)) })
  }

  /// How fresh a source is in a topic, by the cadence that the registry promises.
  func state(of source: SourceIndex, _ topic: InputTopic, now: EventTime) -> Freshness {
    guard let registration = self[source].registration, registration.topics.contains(topic),
      let cadence = registration.cadenceMilliseconds
    else { return .unknown }
    let silence = now.milliseconds - (self[source, topic].received ?? registration.since).milliseconds
    return silence > cadence * 3 ? .silent : silence * 2 > cadence * 3 ? .late : .current
  }

  /// The last local day that both police and hospitals have told all of that they will soon tell, in the areas of a force:
  /// incidents cover to the day before the last that came; hospitals to that for attendances, or to the newest end of a
  /// return's period if that is later. Nil while either has never come.
  func coveredDay(_ force: Force?) -> LocalDay? {
    let concern = concern(of: force)
    func dayBefore(_ time: EventTime) -> LocalDay { LocalDay(containing: time).advanced(by: -1) }
    guard let police = newest[place(concern, .incidents)].received.map(dayBefore) else { return nil }
    var hospitals = concerns[concern].attended.map(dayBefore)
    Self.raise(&hospitals, concerns[concern].periodEnd)
    return hospitals.map { min(police, $0) }
  }

  /// The place of what concerns the areas of a force.
  private func concern(of force: Force?) -> Int { hasRegistry ? force.map { Int($0.index) + 1 } ?? 0 : 0 }
}

// MARK: - The registry

extension SourceStates {
  /// Takes the registry of a control frame, whose sources have been introduced; nil for none.
  mutating func register(_ listed: [(SourceIndex, Registration)]?, sites table: inout SiteTable) {
    hasRegistry = listed != nil
    var registrations = [Registration?](repeating: nil, count: sources.count)
    sites = [:]
    for (source, registration) in listed ?? [] {
      registrations[Int(source.value)] = registration
      for (site, area) in registration.sites.sorted(by: { $0.key < $1.key }) {
        sites[SiteOfSource(source: source, site: table.index(of: Array(site.utf8).span))] = area
      }
    }
    for source in sources.indices where sources[source].registration != registrations[source] {
      sources[source].registration = registrations[source]
      noteChange(of: source)
    }
    gatherConcerns()
  }

  private mutating func gatherConcerns() {
    for place in concerns.indices { concerns[place] = Concern() }
    for place in newest.indices { newest[place] = Newest() }
    for index in indices {
      let concern = concern(of: force(of: index))
      self[index].concern = concern
      for topic in InputTopic.allCases {
        Self.raise(&newest[place(concern, topic)].received, self[index, topic].received)
        Self.raise(&newest[place(concern, topic)].occurred, self[index, topic].occurred)
      }
      Self.raise(&concerns[concern].attended, self[index].attended)
      Self.raise(&concerns[concern].periodEnd, self[index].periodEnd)
      if self[index].registration?.cadenceMilliseconds != nil { concerns[concern].cadenced.append(index) }
    }
  }
}

// MARK: - Checkpoints

extension SourceStates {
  /// For each source of the table what is known of it.
  func sources(named table: SourceTable) -> [FoldHeader.Source] {
    indices.map { source in
      FoldHeader.Source(
        name: table.name(of: source),
        topics: InputTopic.allCases.map { topic in
          let entry = self[source, topic]
          return FoldHeader.TopicState(received: entry.received, occurred: entry.occurred, verdicts: entry.verdicts)
        }, attended: self[source].attended, published: self[source].published, isChanged: self[source].isChanged)
    }
  }

  /// The registry as it was taken, by the numbers of the sources; nil without one.
  func registered(named table: SourceTable) -> [FoldHeader.Registered]? {
    guard hasRegistry else { return nil }
    return indices.compactMap { source in
      self[source].registration.map { registration in
        FoldHeader.Registered(
          source: RegisteredSource(
            name: table.name(of: source), force: registration.force, topics: registration.topics,
            cadenceMinutes: registration.cadenceMilliseconds.map { Int($0 / 60_000) }, sites: registration.sites),
          since: registration.since)
      }
    }
  }

  /// Takes what a checkpoint knew of the sources, which have been introduced. Comes before the registry.
  mutating func restore(_ known: [FoldHeader.Source]) {
    for (index, source) in zip(indices, known) {
      self[index].attended = source.attended
      for (topic, state) in zip(InputTopic.allCases, source.topics) {
        entries[place(index, topic)] = Entry(
          received: state.received, occurred: state.occurred, verdicts: state.verdicts)
      }
    }
  }

  /// Takes what a checkpoint of that hour knew of what was published of the sources. Comes last.
  mutating func restorePublication(_ known: [FoldHeader.Source], hour: Hour) {
    for (index, source) in zip(indices, known) {
      self[index].published = source.published
      self[index].isChanged = source.isChanged
    }
    changes = []
    self.hour = hour
  }
}

extension SourceStates.Registration {
  init(_ source: RegisteredSource, since: EventTime) {
    self.init(
      force: source.force, topics: source.topics,
      cadenceMilliseconds: source.cadenceMinutes.map { Int64($0) * 60_000 }, sites: source.sites, since: since)
  }
}
