import Hotspots
import Incidents

/// The life of signals as CONTRACTS words it, written down clause by clause: at every occasion all counts, all days and
/// all episodes of every series are made anew from the events. What the fold must equal.
struct NaiveSignals {
  enum Occasion { case frame, hour, control }

  /// What the fold's record is compared by.
  typealias Told = [String]

  private struct Published {
    var revision = 0
    var status = SignalStatus.withdrawn
    var raisedAt = EventTime(milliseconds: 0)
    var day: Int32 = 0
    var days: [Int32] = []
    var observed = 0
    var baseline: [Int] = []
    var severity = Severity.low
    var threshold = 0.0

    var stands: Bool { status == .raised || status == .updated }
  }

  private struct Known {
    var event: JournalEvent
    var position: JournalPosition
    var day: Int32
  }

  private struct Series: Hashable {
    var area: UInt8
    var measure: Measure
  }

  private let areas: [UInt8]
  private var known: [Identity: Known] = [:]
  private var published: [Series: [Int32: Published]] = [:]
  private var configuration = Configuration()
  private var birth: LocalDay?
  private var frame: Int64 = -1
  private var index = -1
  private var touched: [Series: Int] = [:]
  private var ordinal = 0
  private(set) var now = EventTime(milliseconds: 0)
  private(set) var told: [Told] = []

  init(areas: [UInt8]) { self.areas = areas.sorted() }

  // MARK: Frames

  mutating func begin(at: EventTime) {
    frame += 1
    index = -1
    ordinal = 0
    touched = [:]
    told = []
    guard birth != nil else {
      now = at
      birth = LocalDay(containing: at)
      return
    }
    guard at > now else { return }
    var hour = now.hour.index
    while hour < at.hour.index {
      hour += 1
      now = Hour(index: hour).start
      judge(.hour)
    }
    now = at
  }

  mutating func configure(_ configuration: Configuration) {
    index = 0
    self.configuration = configuration
    judge(.control)
  }

  mutating func apply(_ event: JournalEvent) {
    index += 1
    let before = known[event.identity]
    if let before, event.revision <= before.event.revision { return }
    let position = JournalPosition(partition: 0, frame: frame, index: index)
    known[event.identity] = Known(event: event, position: position, day: LocalDay(containing: event.occurredFrom).index)
    for event in [before?.event, event].compactMap({ $0 }) where counts(event) {
      for measure in Measure.allCases where event.measures.contains(measure) {
        guard case .area(let area) = event.place else { continue }
        touched[Series(area: area.value, measure: measure)] = index
      }
    }
  }

  mutating func finish() { judge(.frame) }

  /// Whether an event counts in a local day by now.
  private func counts(_ event: JournalEvent) -> Bool {
    event.kind == .fact && event.precision != .longer && event.occurredFrom.hour <= now.hour
  }

  // MARK: Judging

  private mutating func judge(_ occasion: Occasion) {
    var counts: [Series: [Int32: [JournalPosition]]] = [:]
    for known in known.values where self.counts(known.event) {
      guard case .area(let area) = known.event.place else { continue }
      for measure in Measure.allCases where known.event.measures.contains(measure) {
        counts[Series(area: area.value, measure: measure), default: [:]][known.day, default: []].append(known.position)
      }
    }
    for area in areas {
      for measure in Measure.allCases {
        let series = Series(area: area, measure: measure)
        judge(series, counts[series] ?? [:], occasion)
      }
    }
  }

  private struct Alarm {
    var baseline: [Int]
    var threshold: Double
    var score: Double
    var severity: Severity
  }

  private func alarm(_ series: Series, _ day: Int32, _ counts: [Int32: [JournalPosition]]) -> Alarm? {
    let settings = configuration.detectors[0]
    let observedFrom = configuration.observedFrom[series.measure.topic] ?? birth ?? LocalDay(index: 0)
    guard settings.measures.contains(series.measure), day - 9 >= observedFrom.index else { return nil }
    let baseline = (3...9).reversed().map { counts[day - $0]?.count ?? 0 }
    let mean = Double(baseline.reduce(0, +)) / 7
    let deviation = (baseline.map { (Double($0) - mean) * (Double($0) - mean) }.reduce(0, +) / 6).squareRoot()
    let sigma = max(deviation, settings.parameters[3])
    let observed = Double(counts[day]?.count ?? 0)
    let threshold = mean + settings.parameters[2] * sigma
    guard observed > threshold else { return nil }
    let score = (observed - mean) / sigma
    let t = score / (8.0 / 7).squareRoot()
    let (sine, cosine) = (t / (6 + t * t).squareRoot(), (6 / (6 + t * t)).squareRoot())
    let both = 1 - sine * (1 + cosine * cosine / 2 + 3 * cosine * cosine * cosine * cosine / 8)
    let interval = min(2 / both, 36_500).rounded(.down)
    let severity: Severity =
      interval >= 365 || series.measure == .knifeHomicide ? .high : interval >= 120 ? .medium : .low
    return Alarm(baseline: baseline, threshold: threshold, score: score, severity: severity)
  }

  private mutating func judge(_ series: Series, _ counts: [Int32: [JournalPosition]], _ occasion: Occasion) {
    let today = LocalDay(containing: now).index
    var alarms: [Int32: Alarm] = [:]
    for day in counts.keys where day <= today { alarms[day] = alarm(series, day, counts) }
    let firsts = alarms.keys.filter { alarms[$0 - 1] == nil && alarms[$0 - 2] == nil }.sorted()
    let episodes = firsts.map { first in
      var days = [first]
      while let next = [1, 2].lazy.map({ days[days.count - 1] + $0 }).first(where: { alarms[$0] != nil }) {
        days.append(next)
      }
      return days
    }
    var changed: Set<Int32> = []

    func tell(_ first: Int32, _ status: SignalStatus, _ episode: [Int32]?) {
      changed.insert(first)
      var signal = published[series, default: [:]][first] ?? Published()
      signal.revision += 1
      signal.status = status
      if status == .raised { signal.raisedAt = now }
      if let episode { state(&signal, episode, alarms, counts) }
      published[series, default: [:]][first] = signal
      record(series, first, signal, counts[signal.day] ?? [], occasion)
    }

    let all = published[series, default: [:]].sorted { $0.key < $1.key }
    for (first, signal) in all
    where signal.stands || (signal.status == .cleared && (signal.days.last ?? 0) >= today - 34) {
      if !firsts.contains(first) { tell(first, .withdrawn, nil) }
    }
    for (first, signal) in all where signal.stands && !changed.contains(first) {
      if let episode = episodes.first(where: { $0[0] == first }), episode[episode.count - 1] < today - 2 {
        tell(first, .cleared, episode)
      }
    }
    for episode in episodes where episode[episode.count - 1] >= today - 2 {
      if published[series]?[episode[0]]?.stands != true { tell(episode[0], .raised, episode) }
    }
    for (first, signal) in published[series, default: [:]].sorted(by: { $0.key < $1.key })
    where signal.stands && !changed.contains(first) {
      guard let episode = episodes.first(where: { $0[0] == first }) else { continue }
      var next = signal
      state(&next, episode, alarms, counts)
      let isDue =
        switch occasion {
        case .control: true
        case .frame: next.severity != signal.severity
        case .hour:
          next.severity != signal.severity || next.day != signal.day || next.days != signal.days
            || next.observed != signal.observed || next.baseline != signal.baseline
        }
      if isDue { tell(first, .updated, episode) }
    }
  }

  private func state(
    _ signal: inout Published, _ episode: [Int32], _ alarms: [Int32: Alarm], _ counts: [Int32: [JournalPosition]]
  ) {
    let best = episode.compactMap { alarms[$0]?.score }.max() ?? 0
    // Scores that are equal as fractions may differ in the last bit here.
    let peak = episode.last { (alarms[$0]?.score ?? 0) > best - 1e-9 } ?? episode[0]
    signal.day = peak
    signal.days = episode
    signal.observed = counts[peak]?.count ?? 0
    signal.baseline = alarms[peak]?.baseline ?? []
    signal.severity = alarms[peak]?.severity ?? .low
    signal.threshold = alarms[peak]?.threshold ?? 0
  }

  private mutating func record(
    _ series: Series, _ first: Int32, _ signal: Published, _ evidence: [JournalPosition], _ occasion: Occasion
  ) {
    var reason: JournalPosition?
    if signal.status == .withdrawn {
      let line = occasion == .control ? 0 : touched[series] ?? -1
      reason = JournalPosition(partition: 0, frame: frame, index: line)
    }
    let newest = evidence.sorted { ($0.frame, $0.index) < ($1.frame, $1.index) }.suffix(100)
    let id = SignalID(
      area: AreaIndex(series.area), measure: series.measure, detector: "earsC2", firstDay: LocalDay(index: first))
    told.append([
      "\(signal.status) \(id) \(signal.revision)", "\(series.area) \(series.measure)", "\(signal.day) \(signal.days)",
      "\(signal.observed) \(signal.baseline) \((signal.threshold * 1e6).rounded())", "\(signal.severity)",
      "\(signal.raisedAt.milliseconds) \(now.milliseconds)", "\(frame) \(ordinal)",
      "\(evidence.count) \(newest.map { "\($0.frame).\($0.index)" })", reason.map { "\($0.frame).\($0.index)" } ?? "",
    ])
    ordinal += 1
  }

  /// What stands in an area, in the order of its projection.
  func standing(_ area: UInt8) -> [String] {
    Measure.allCases.flatMap { measure in
      published[Series(area: area, measure: measure), default: [:]].sorted { $0.key < $1.key }.filter(\.value.stands)
        .map { "\(measure) \($0.value.severity) \($0.value.raisedAt.milliseconds)" }
    }
  }
}

extension HotspotSignal {
  /// The same words for what the fold says.
  var told: NaiveSignals.Told {
    let judgement = statement.judgement
    return [
      "\(status) \(id) \(revision)", "\(area.value) \(measure)",
      "\(statement.day.index) \(statement.days.map(\.index))",
      "\(judgement.observed) \(statement.baseline) \(((judgement.threshold ?? 0) * 1e6).rounded())",
      "\(statement.severity)", "\(raisedAt.milliseconds) \(judgedAt.milliseconds)",
      "\(position.frame) \(position.index)",
      "\(evidence.count) \(evidence.positions.map { "\($0.frame).\($0.index)" })",
      reason.map { "\($0.frame).\($0.index)" } ?? "",
    ]
  }
}
