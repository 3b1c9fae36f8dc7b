import Incidents

/// When a series is judged, which decides what is worth telling.
enum JudgingOccasion: Sendable {
  /// The end of a frame that touched the series.
  case frame
  /// The beginning of an hour.
  case hour
  /// The end of a control frame.
  case control
}

/// What was published of one series by one detector, and the rules by which more is.
///
/// It knows nothing of how a day is judged, and keeps no state of a detector: at each judging the alarms are asked for
/// anew. So when a detector changes, what it said before is still accounted for.
struct SignalLedger: Hashable, Sendable {
  typealias Past = PublishedSeries.Past

  /// A cleared signal can still be withdrawn while its last day is no older than this.
  private static let recall: Int32 = 34

  /// Those that stand or were cleared not long ago, by first day.
  private(set) var open: [SignalStep] = []
  private(set) var past: [Past] = []

  init() {}

  /// The ledger of a checkpoint.
  init(_ series: PublishedSeries) {
    open = series.open
    past = series.past
  }

  /// Whether nothing is left that a quiet series would have to change.
  var isEmpty: Bool { open.isEmpty }

  /// Whether nothing was ever said of the series.
  var isUnused: Bool { open.isEmpty && past.isEmpty }

  /// The signals that stand, by first day.
  var standing: [SignalStep] { open.lazy.filter(\.status.isStanding) }

  var hasStanding: Bool { open.contains { $0.status.isStanding } }

  /// Judges the series as it is now, and answers with what is to be published, in order: first what is withdrawn, then
  /// what is cleared, raised, updated.
  ///
  /// - Parameters:
  ///   - today: the local day of `now`.
  ///   - alarm: what is said of a day in alarm; nil for a quiet one.
  ///   - state: what a signal would say of an episode now.
  mutating func judge(
    now: EventTime, today: LocalDay, _ occasion: JudgingOccasion, alarm: (LocalDay) -> DayJudgement?,
    severity: (DayJudgement) -> Severity, state: (Episode) -> SignalStatement
  ) -> [SignalStep] {
    let current = Episode(reaching: today, alarm: alarm)
    if open.isEmpty, current == nil { return [] }
    var steps: [SignalStep] = []
    withdraw(today: today, current: current?.first, alarm: alarm, &steps)
    clear(today: today, current: current?.first, alarm: alarm, state: state, &steps)
    if let current {
      if let place = open.firstIndex(where: { $0.firstDay == current.first && $0.status.isStanding }) {
        update(place, current, occasion, severity: severity, state: state, &steps)
      } else {
        raise(current, at: now, state: state, &steps)
      }
    }
    return steps
  }

  /// Notes what is known to have been published, whatever it rested on.
  mutating func adopt(_ step: SignalStep) {
    open.removeAll { $0.firstDay == step.firstDay }
    past.removeAll { $0.firstDay == step.firstDay }
    guard step.status != .withdrawn else {
      past.append(Past(firstDay: step.firstDay, revision: step.revision))
      return
    }
    open.insert(step, at: open.firstIndex { $0.firstDay > step.firstDay } ?? open.count)
  }

  private mutating func withdraw(
    today: LocalDay, current: LocalDay?, alarm: (LocalDay) -> DayJudgement?, _ steps: inout [SignalStep]
  ) {
    let oldest = today.advanced(by: -Self.recall)
    var place = 0
    while place < open.count {
      let entry = open[place]
      if !entry.status.isStanding, entry.lastDay < oldest {
        past.append(Past(firstDay: entry.firstDay, revision: entry.revision))
        open.remove(at: place)
      } else if entry.firstDay == current || Episode.begins(on: entry.firstDay, alarm: alarm) {
        place += 1
      } else {
        open[place].revision += 1
        open[place].status = .withdrawn
        steps.append(open[place])
        past.append(Past(firstDay: entry.firstDay, revision: entry.revision + 1))
        open.remove(at: place)
      }
    }
  }

  private mutating func clear(
    today: LocalDay, current: LocalDay?, alarm: (LocalDay) -> DayJudgement?, state: (Episode) -> SignalStatement,
    _ steps: inout [SignalStep]
  ) {
    for place in open.indices where open[place].status.isStanding && open[place].firstDay != current {
      guard let episode = Episode(from: open[place].firstDay, to: today, alarm: alarm) else { continue }
      open[place].revision += 1
      open[place].status = .cleared
      open[place].statement = state(episode)
      steps.append(open[place])
    }
  }

  private mutating func raise(
    _ episode: Episode, at now: EventTime, state: (Episode) -> SignalStatement, _ steps: inout [SignalStep]
  ) {
    let first = episode.first
    var entry = SignalStep(firstDay: first, revision: 1, status: .raised, raisedAt: now, statement: state(episode))
    if let place = open.firstIndex(where: { $0.firstDay == first }) {
      entry.revision = open.remove(at: place).revision + 1
    } else if let place = past.firstIndex(where: { $0.firstDay == first }) {
      entry.revision = past.remove(at: place).revision + 1
    }
    open.insert(entry, at: open.firstIndex { $0.firstDay > first } ?? open.count)
    steps.append(entry)
  }

  private mutating func update(
    _ place: Int, _ episode: Episode, _ occasion: JudgingOccasion, severity: (DayJudgement) -> Severity,
    state: (Episode) -> SignalStatement, _ steps: inout [SignalStep]
  ) {
    let isSevereAsBefore = severity(episode.judgement) == open[place].statement.severity
    if occasion == .frame, isSevereAsBefore { return }
    let statement = state(episode)
    if occasion == .hour, isSevereAsBefore, statement.saysTheSame(as: open[place].statement) { return }
    open[place].revision += 1
    open[place].status = .updated
    open[place].statement = statement
    steps.append(open[place])
  }
}
