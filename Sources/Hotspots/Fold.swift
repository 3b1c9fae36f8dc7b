import Incidents

/// The fold: journal in, projections and signals out. A value without clock, randomness or I/O, so that the same frames
/// give the same answers live, in a replay and in a test.
///
/// The caller feeds whole frames: `begin`, then `apply` for each line in order or `configure` for a control frame, then
/// `finish`, which answers with the frame's signals; between frames it may ask for `changedProjections`. The state after a
/// frame, and its signals, depend on the frames alone, never on how they were batched.
public struct Fold: Sendable {
  /// The sources seen so far; lines are decoded against it.
  public var sourceTable = SourceTable()
  /// The treatment sites seen so far; lines are decoded against it.
  public var siteTable = SiteTable()
  /// The journal's time: the running maximum of the frames' arrival times; nil before the birth.
  public private(set) var now: EventTime?
  /// How many frames were begun.
  public private(set) var frames: Int64 = 0
  /// The line applied last within the newest frame; −1 while it has none.
  public private(set) var lastIndex = -1
  public let partition: Int32

  var events = EventStore()
  private var windows = WindowCounts()
  var days = DayCounts()
  var states = SourceStates()
  /// The periods of the hospitals' returns.
  var periods = ReturnPeriods()
  /// The statuses of sources that the frames made due and nobody has taken yet.
  var statuses: [SourceStatus] = []
  var publication = Publication()
  var dayPublication = DayPublication()

  // What judging needs: the rules in force, the series to be judged, and what was published of each.
  private var birth: EventTime?
  private(set) var rules: JudgingRules?
  /// The settings of the newest control frame; nil before the birth.
  private var configuration: Configuration?
  private(set) var isControlFrame = false
  var marks = SeriesMarks()
  var ledgers = [SignalLedger](repeating: SignalLedger(), count: ledgerCount)
  /// For each area the measures of which a signal stands.
  var standing = [MeasureSet](repeating: [], count: AreaTable.count)
  /// The frame's signals so far.
  var signals: [HotspotSignal] = []

  public init(partition: Int32) {
    self.partition = partition
  }

  /// The place of the line applied last.
  public var position: JournalPosition { JournalPosition(partition: partition, frame: frames - 1, index: lastIndex) }

  /// What became of the records of a topic, so far.
  public func verdicts(_ topic: InputTopic) -> Verdicts { states.verdicts(topic) }

  /// An order-free sum of hashes of all windows' counts and totals, for comparing two folds of one journal.
  public var countsDigest: UInt64 { windows.digest }

  /// Starts a frame that arrived at `at`: each hour boundary in (now, at] rolls the windows, ascending.
  public mutating func begin(at: EventTime) {
    frames += 1
    lastIndex = -1
    isControlFrame = false
    guard let old = now else {
      now = at
      birth = at
      return
    }
    guard at > old else { return }
    var hour = old.hour.index
    while hour < at.hour.index {
      hour += 1
      roll(to: Hour(index: hour))
    }
    now = at
  }

  /// Takes the settings of a control frame, which has one line.
  public mutating func configure(_ configuration: Configuration) {
    lastIndex = 0
    isControlFrame = true
    let now = now ?? EventTime(milliseconds: 0)
    register(configuration.sources?.map { ($0, now) })
    self.configuration = configuration
    rules = JudgingRules(configuration, birth: LocalDay(containing: birth ?? now))
  }

  /// Applies the next line of the frame.
  public mutating func apply(_ event: JournalEvent) {
    lastIndex += 1
    introduceNewSources()
    states.note(event, received: now ?? event.occurredFrom)
    let slot = events.slot(of: event.identity)
    switch judge(event, against: slot.map { events[$0] }) {
    case .duplicate: states.count(event) { $0.duplicate += 1 }
    case .conflict: states.count(event) { $0.conflict += 1 }
    case .superseded: states.count(event) { $0.superseded += 1 }
    case .folded: fold(event, into: slot)
    }
  }

  private mutating func introduceNewSources() {
    while states.sources.count < sourceTable.count { states.introduce() }
  }

  /// Takes a registry and for each of its sources since when it is known, unless it was known before.
  private mutating func register(_ listed: [(source: RegisteredSource, since: EventTime)]?) {
    for (source, _) in listed ?? [] { _ = sourceTable.index(of: Array(source.name.utf8).span) }
    introduceNewSources()
    let registrations = listed?.map { source, since in
      let index = sourceTable.index(of: Array(source.name.utf8).span)
      let known = states[index].registration?.since
      return (index, SourceStates.Registration(source, since: known ?? since))
    }
    states.register(registrations, sites: &siteTable)
  }

  private func judge(_ event: JournalEvent, against known: LiveEvent?) -> Verdict {
    guard let known, event.revision <= known.revision else { return .folded }
    guard event.revision == known.revision else { return .superseded }
    return event.content == known.content ? .duplicate : .conflict
  }

  private mutating func fold(_ event: JournalEvent, into slot: Int?) {
    let (bucket, reason) = attribution(of: event.place, event)
    let isFact = event.kind == .fact
    states.count(event) {
      $0.folded += 1
      guard isFact else { return }
      if event.isUnmapped { $0.unmappedOffence += 1 }
      if let reason { $0.unplaced[reason] += 1 }
    }
    let live = LiveEvent(
      identity: event.identity, content: event.content, revision: event.revision,
      line: LinePlace(frame: frames - 1, index: lastIndex), hour: event.occurredFrom.hour,
      measures: isFact ? event.measures : [], bucket: bucket, precision: event.precision,
      role: LiveEvent.Role(event.kind))
    let place: Int
    if let slot {
      takeBack(slot)
      events[slot] = live
      place = slot
    } else {
      place = events.insert(live)
    }
    switch event.kind {
    case .fact: enter(place)
    case .retraction: break
    case .return: foldRows(of: event, into: place, isNew: slot == nil)
    }
  }

  /// Counts the event or the row in a slot from now on.
  mutating func enter(_ slot: Int) {
    events.link(slot)
    let live = events[slot]
    count(live, sign: 1)
    publication.note(live.bucket)
    dayPublication.note(live.bucket, in: currentHour)
  }

  /// Counts it no longer.
  mutating func leave(_ slot: Int) {
    events.unlink(slot)
    let live = events[slot]
    count(live, sign: -1)
    publication.touch(live.bucket)
  }

  /// Takes back what an identity counts for.
  private mutating func takeBack(_ slot: Int) {
    switch events[slot].role {
    case .event: leave(slot)
    case .return: removeRows(of: slot)
    case .retraction, .row, .free: break
    }
  }

  private mutating func count(_ event: LiveEvent, sign: Int32) {
    let age = currentHour.index - event.hour.index
    windows.add(event, age: age, sign: sign)
    if age >= 0 { countInDay(event, sign: sign, line: lastIndex) }
  }

  private mutating func countInDay(_ event: LiveEvent, sign: Int32, line: Int) {
    guard event.precision.countsInDay else { return }
    let day = LocalDay(containing: event.hour)
    dayPublication.save(event.bucket, day, of: days)
    days.add(event, in: day, sign: sign)
    if let area = event.bucket.area, let judged = rules?.judged, !event.measures.isDisjoint(with: judged) {
      marks.touch(area, event.measures.intersection(judged), line: line)
    }
  }

  private var currentHour: Hour { now?.hour ?? Hour(index: 0) }

  /// Where an event, or a row of it, counts: its area, else its responsible area, else its site's, else the unattributed
  /// bucket of its source's force, with the reason.
  func attribution(of place: Place, _ event: JournalEvent) -> (Bucket, Unplaced?) {
    var reason: Unplaced
    switch place {
    case .area(let area): return (Bucket(area), nil)
    case .unplaced(let unplaced): reason = unplaced
    }
    if reason != .outOfScope {
      switch event.responsible {
      case .area(let area): return (Bucket(area), nil)
      case .unplaced(let unplaced): reason = unplaced
      case nil:
        if let area = event.site.flatMap({ states.area(of: $0, event.source) }) { return (Bucket(area), nil) }
      }
    }
    return (Bucket.unattributed(states.force(of: event.source)), reason)
  }

  private mutating func roll(to hour: Hour) {
    now = hour.start
    events.forEach(in: hour) { event in
      windows.enter(event)
      countInDay(event, sign: 1, line: -1)
    }
    for window in Window.allCases {
      events.forEach(in: Hour(index: hour.index - window.hours)) { windows.pass($0, window) }
      events.forEach(in: Hour(index: hour.index - window.hours * 2)) { windows.leave($0, window) }
    }
    judge(.hour)
  }
}

// MARK: - Projections

extension Fold {
  /// The buckets whose published counts are out of date, as they stand, in bucket order: those that changed, and at a new
  /// journal hour all that ever had an event. They count as published from then on.
  public mutating func changedProjections() -> [BoroughProjection] {
    guard let now else { return [] }
    touchNewlyCovered()
    var changed: [BoroughProjection] = []
    for bucket in publication.due(at: now.hour) {
      let measures = counts(of: bucket, now: now)
      let hiddenHarm = hiddenHarm(of: bucket)
      let signals = standingSignals(in: bucket)
      guard publication.publish(measures, hiddenHarm, signals, of: bucket, at: now.hour) else { continue }
      changed.append(
        projection(of: bucket, measures: measures, hiddenHarm: hiddenHarm, signals: signals, now: now))
    }
    return changed
  }

  /// What is to be said of a bucket as it stands; nil before the first frame.
  public func projection(of bucket: Bucket) -> BoroughProjection? {
    now.map { now in
      projection(
        of: bucket, measures: counts(of: bucket, now: now), hiddenHarm: hiddenHarm(of: bucket),
        signals: standingSignals(in: bucket), now: now)
    }
  }

  /// What stands now has been published before: for a take-over, which folds silently what its predecessor published.
  public mutating func settle() {
    _ = changedProjections()
    settleDays()
  }

  private func projection(
    of bucket: Bucket, measures: [MeasureCounts], hiddenHarm: HiddenHarm?, signals: [StandingSignal], now: EventTime
  ) -> BoroughProjection {
    BoroughProjection(
      bucket: bucket, now: now, position: position, measures: measures,
      sources: InputTopic.allCases.map { states.freshness($0, force: bucket.force, now: now) },
      hiddenHarm: hiddenHarm, signals: signals)
  }

  private func counts(of bucket: Bucket, now: EventTime) -> [MeasureCounts] {
    let today = LocalDay(containing: now)
    let yesterday = LocalDay(index: today.index - 1)
    return Measure.allCases.map { measure in
      MeasureCounts(
        windows: InlineCounts { windows.current(bucket, measure, $0) },
        previous: InlineCounts { windows.previous(bucket, measure, $0) },
        today: days.count(bucket, today, measure), yesterday: days.count(bucket, yesterday, measure),
        total: windows.total(bucket, measure))
    }
  }
}

// MARK: - Checkpoints

extension Fold {
  /// What a checkpoint needs: the pages changed since the last call (or all), and everything small. To be taken between
  /// frames, when all changes are published. Nil before the journal's birth.
  public mutating func takeSnapshot(whole: Bool) -> FoldSnapshot? {
    guard let now, let birth, let configuration else { return nil }
    let header = FoldHeader(
      partition: partition, now: now, frames: frames, lastIndex: lastIndex, events: events.count,
      published: publication.known, sources: states.sources(named: sourceTable),
      registry: states.registered(named: sourceTable),
      sites: (0..<siteTable.count).map { siteTable.name(of: SiteIndex(UInt32($0))) }, periods: periods.all,
      birth: birth, configuration: configuration, signals: PublishedSignals(ledgers))
    return FoldSnapshot(header: header, pages: events.takeChangedPages(all: whole))
  }

  /// The fold of a checkpoint: what the events tell is computed from them, in one pass. Everything counts as published.
  init(_ header: FoldHeader, events: EventStore) {
    self.init(partition: header.partition)
    (now, frames, lastIndex) = (header.now, header.frames, header.lastIndex)
    (birth, configuration) = (header.birth, header.configuration)
    rules = JudgingRules(header.configuration, birth: LocalDay(containing: header.birth))
    for site in header.sites { _ = siteTable.index(of: Array(site.utf8).span) }
    for source in header.sources { _ = sourceTable.index(of: Array(source.name.utf8).span) }
    introduceNewSources()
    states.restore(header.sources)
    for period in header.periods { note(period) }
    register(header.registry?.map { ($0.source, $0.since) })
    states.restorePublication(header.sources, hour: header.now.hour)
    ledgers = header.signals.ledgers
    for series in header.signals.series where ledgers[series.place].hasStanding {
      standing[Int(series.area.value)].insert(MeasureSet(series.measure))
    }
    self.events = events
    let hour = currentHour
    events.visitAll { event in
      guard event.isCounted else { return }
      let age = hour.index - event.hour.index
      windows.add(event, age: age, sign: 1)
      // Neither judged nor published anew: both have been done.
      guard age >= 0, event.precision.countsInDay else { return }
      days.add(event, in: LocalDay(containing: event.hour), sign: 1)
    }
    for bucket in header.published {
      publication.note(bucket)
      dayPublication.note(bucket, in: hour)
    }
    settle()
  }
}
