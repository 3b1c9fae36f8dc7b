import Incidents

/// What goes on after a scripted span, in real time: new things that happen as often, one to another, as in the span, and
/// what is still to be said of what happened in it. Drawn one at a time, so that the pace is the caller's.
public struct LiveEvents: Sendable {
  private enum Kind {
    case incident(Author.Offence)
    case breach, attendance
  }

  private let author: Author
  private var draws: Draws
  private let kinds: Weighted<Kind>
  /// Revisions to come, the next one last.
  private var waiting: [Draft]
  private var serial = 0

  /// Of events, in 10,000: how many tell of something that is known already.
  private static let revisions = 3_000

  /// Goes on where a stream has ended.
  public init(after stream: SimulatedStream) {
    author = stream.author
    let plan = stream.author.plan
    draws = Draws(seed: plan.seed, .live)
    waiting = stream.rest.reversed()
    let day = LocalDay(containing: plan.until)
    func weight(_ expected: Double) -> Int { max(1, Int(expected * 1_000)) }
    kinds = Weighted([
      (.incident(.blade), weight(plan.expected(.blade, on: day))),
      (.incident(.possession), weight(plan.expected(.possession, on: day))),
      (.incident(.other), weight(plan.expected(.other, on: day))),
      (.breach, weight(Shape.alertsPerDay * plan.level(on: day))),
      (.attendance, weight(Shape.assaultsPerDay / 2 * plan.level(on: day))),
    ])
  }

  /// The next event, which arrives now. What it tells of is never later.
  public mutating func next(at now: EventTime) -> SimulatedEvent {
    while true {
      let draft = nextDraft(at: now)
      if !author.plan.silences.contains(where: { $0.source == draft.source }) { return draft.event(at: now) }
    }
  }

  private mutating func nextDraft(at now: EventTime) -> Draft {
    if draws.chance(Self.revisions), let draft = waiting.popLast() { return draft }
    let story = newStory(at: now)
    if draws.chance(author.plan.poison) { return author.poisoned(story[0], reference: reference("X"), &draws) }
    // Not at once: behind others that wait.
    waiting.insert(contentsOf: story.dropFirst().reversed(), at: waiting.count / 2)
    return story[0]
  }

  private mutating func newStory(at now: EventTime) -> [Draft] {
    switch draws.pick(kinds) {
    case .incident(let offence): author.incident(offence, reference: reference("L"), .now(now), &draws)
    case .breach: author.breach(reference: reference("LT"), .now(now), &draws)
    case .attendance: author.attendance(reference: reference("LA"), .now(now), &draws)
    }
  }

  /// Somebody was injured with a knife in an area, minutes ago: what a hotspot is made of.
  public mutating func stabbing(in area: AreaIndex, at now: EventTime) -> SimulatedEvent {
    let to = now.later(minutes: -2)
    let incident = Incident(
      reference: reference("LH"), occurredFrom: to.later(minutes: -1 - draws.below(5)), occurredTo: to,
      recordedAt: now, offenceCode: draws.chance(7_000) ? "8N" : "5D", weapon: draws.pick(Shape.blades),
      weaponUse: .used, injury: draws.chance(3_000) ? .serious : .minor, age: draws.pick(Shape.agesUnder25),
      area: area, responsible: area)
    let draft = Draft(
      source: SimulatedSource(.incidents, AreaTable.force(area)), arrival: now, happened: to,
      content: .incident(incident))
    return draft.event(at: now)
  }

  private mutating func reference(_ kind: String) -> String {
    serial += 1
    return "SIM-\(kind)-\(padded(serial, 7))"
  }
}
