import Incidents

/// The events of a plan in the order of their arrival, equals in the order in which they were made up. Written day by day
/// as they are asked for, so that a long span takes no more memory than what is still to come of the days before.
public struct SimulatedStream: Sequence, IteratorProtocol, Sendable {
  let author: Author
  /// The first day that is not written yet.
  private var day: LocalDay
  private var pending: [LocalDay: [Draft]] = [:]
  /// Of the day before, the last first.
  private var ready: [Draft] = []

  private var plan: SimulationPlan { author.plan }

  /// So that revisions and tags of the first days have something to follow, the stories begin earlier; of those, only the
  /// ones are told that are first heard of within the span.
  private static let runUp: Int32 = 35

  public init(_ plan: SimulationPlan) {
    author = Author(plan: plan)
    day = plan.from.advanced(by: -Self.runUp)
  }

  public mutating func next() -> SimulatedEvent? {
    while ready.isEmpty {
      guard day.start < plan.until else { return nil }
      writeDay()
    }
    guard ready[ready.count - 1].arrival < plan.until else { return nil }
    return ready.removeLast().event()
  }

  /// What has happened by the end of the span and will be heard of later, in order.
  var rest: [Draft] {
    (ready + pending.values.joined()).filter { $0.arrival >= plan.until && $0.happened < plan.until }
      .enumerated().sorted { ($0.element.arrival, $0.offset) < ($1.element.arrival, $1.offset) }
      .map(\.element)
  }

  private mutating func writeDay() {
    for story in stories(of: day) { tell(story) }
    // Swift's sort keeps the order of equals, but does not promise to.
    ready = (pending.removeValue(forKey: day) ?? []).enumerated()
      .sorted { ($0.element.arrival, $0.offset) > ($1.element.arrival, $1.offset) }
      .map(\.element)
    day = day.next
  }

  private mutating func tell(_ story: [Draft]) {
    guard let first = story.first, first.arrival >= plan.from.start else { return }
    for draft in story where !isSilenced(draft) {
      pending[LocalDay(containing: draft.arrival), default: []].append(draft)
    }
  }

  private func isSilenced(_ draft: Draft) -> Bool {
    plan.silences.contains { $0.source == draft.source && draft.arrival >= $0.from }
  }

  // MARK: A day's stories

  private func stories(of day: LocalDay) -> [[Draft]] {
    let stories =
      incidents(of: day) + breaches(of: day) + attendances(of: day) + returns(on: day) + hotspots(of: day)
    return stories + poison(among: stories, of: day)
  }

  private func incidents(of day: LocalDay) -> [[Draft]] {
    var draws = draws(.incidents, day)
    var stories: [[Draft]] = []
    for offence in [Author.Offence.blade, .possession, .other] {
      for _ in 0..<draws.count(expected: plan.expected(offence, on: day)) {
        stories.append(
          author.incident(offence, reference: reference("I", day, stories.count), .on(day), &draws))
      }
    }
    return stories
  }

  private func breaches(of day: LocalDay) -> [[Draft]] {
    var draws = draws(.breaches, day)
    return (0..<draws.count(expected: Shape.alertsPerDay * plan.level(on: day))).map {
      author.breach(reference: reference("T", day, $0), .on(day), &draws)
    }
  }

  private func attendances(of day: LocalDay) -> [[Draft]] {
    var draws = draws(.attendances, day)
    let share = Double(HospitalSite.weighted(sendingReturns: false).total) / Double(HospitalSite.total)
    return (0..<draws.count(expected: Shape.assaultsPerDay * plan.level(on: day) * share)).map {
      author.attendance(reference: reference("A", day, $0), .on(day), &draws)
    }
  }

  /// Each site has its day of the month.
  private func returns(on day: LocalDay) -> [[Draft]] {
    HospitalSite.all.filter { $0.sendsReturns && day.date.day == 3 + Int($0.area.value) % 15 }.map { site in
      var draws = draws(.returns, day, Int(site.area.value))
      return author.hospitalReturn(of: site, on: day, &draws)
    }
  }

  private func hotspots(of day: LocalDay) -> [[Draft]] {
    plan.hotspots.enumerated().filter { $0.element.covers(day) }.flatMap { number, hotspot in
      var draws = draws(.hotspots, day, number)
      let usual = plan.expected(.blade, on: day) * PublishedTables.share(of: hotspot.area)
      return (0..<draws.count(expected: usual * (hotspot.factor - 1))).map {
        author.incident(
          .blade, reference: reference("H\(number)", day, $0), in: hotspot.area, .on(day), &draws)
      }
    }
  }

  private func poison(among stories: [[Draft]], of day: LocalDay) -> [[Draft]] {
    var draws = draws(.poison, day)
    var poison: [[Draft]] = []
    for story in stories {
      guard draws.chance(plan.poison), let first = story.first else { continue }
      if case .hospitalReturn = first.content { continue }
      poison.append([author.poisoned(first, reference: reference("X", day, poison.count), &draws)])
    }
    return poison
  }

  private func draws(_ purpose: Draws.Purpose, _ day: LocalDay, _ part: Int = 0) -> Draws {
    Draws(seed: plan.seed, purpose, Int(day.index), part)
  }

  /// `SIM-I-260214-00042`: unmistakably invented.
  private func reference(_ kind: String, _ day: LocalDay, _ number: Int) -> String {
    let (year, month, dayOfMonth) = day.date
    return "SIM-\(kind)-\(padded(year % 100, 2))\(padded(month, 2))\(padded(dayOfMonth, 2))-\(padded(number, 5))"
  }
}
