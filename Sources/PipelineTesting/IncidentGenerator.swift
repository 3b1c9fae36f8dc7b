import Incidents
import Wire

/// Makes incidents as forces might send them, the same for the same seed: revised, cancelled, transferred, revived, sent
/// twice, in conflict with themselves, out of order, late, imprecise, with and without a place, in both modes of
/// CloudEvents, and poisoned here and there.
///
/// Of the incidents, 3 % are revised (a tenth of the revisions move to another force), 0.5 % cancelled and 0.5 %
/// transferred; of the revisions, 1 % come twice and 0.3 % are contradicted. Records of one reference share a partition.
public struct IncidentGenerator: Sendable {
  /// Every source that it writes under, for a registry.
  public static var sources: [String] { GeneratedWorld.forces.map(\.source) }

  public let seed: UInt64
  let now: Int64
  let partitions: Int32
  let poison: [PoisonRecord]
  private let rates: Rates
  var random: SeededGenerator
  private var serial: Int
  private var series = 0

  /// How often something becomes of an incident or a record, in ten thousandths.
  public struct Rates: Sendable {
    var revised = 300
    var cancelled = 50
    var transferred = 50
    var repeated = 100
    var contradicted = 30

    /// As forces might do it.
    public static let usual = Rates()
    /// So often that a few dozen records have some of everything.
    public static let eventful = Rates(
      revised: 4_000, cancelled: 1_000, transferred: 500, repeated: 1_000, contradicted: 500)
  }

  /// `now`: what the reader's clock says, or a little before; no accepted event occurs more than five minutes after it.
  /// `registry`: whether the reader has a registry of `sources`; without one, records that are refused only because
  /// of it are left out. `serial`: how many incidents other generators have made before, whose references are not used
  /// again.
  public init(
    seed: UInt64, now: EventTime, partitions: Int32 = 6, poison: [PoisonRecord] = [], registry: Bool = false,
    rates: Rates = .usual, after serial: Int = 0
  ) {
    self.seed = seed
    self.now = now.milliseconds
    self.partitions = partitions
    self.poison = poison.filter { registry || $0.sources == nil }
    self.rates = rates
    self.serial = serial
    random = SeededGenerator(seed: seed)
  }

  /// Records of `count` further incidents in their order of arrival, which has nothing to do with when they occurred:
  /// somewhat more records than incidents. From 2,000 incidents on, every poison comes at least once (those over 1 MiB
  /// exactly once); one record in a hundred is poison.
  public mutating func generate(count: Int = 20_000) -> [GeneratedRecord] {
    // Each incident begins at its own moment of a long stretch and its further records follow.
    let stretch = max(1, count) * 64
    var arrivals: [(at: Int, record: GeneratedRecord)] = []
    var previous: GeneratedIncident?
    for _ in 0..<count {
      let incident = makeIncident(after: previous)
      previous = incident
      append(revisions(of: incident), of: incident, from: random.below(stretch), within: stretch, to: &arrivals)
    }
    for record in choosePoison(count: count) { arrivals.append((random.below(stretch), record)) }
    // By arrival, equals in the order in which they were made: Swift's sort keeps it, but does not promise to.
    return arrivals.enumerated()
      .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
      .map(\.element.record)
  }

  private mutating func makeIncident(after previous: GeneratedIncident?) -> GeneratedIncident {
    serial += 1
    let force = random.below(GeneratedWorld.forces.count)
    var reference = "\(GeneratedWorld.forces[force].prefix)-\(GeneratedTime.padded(Int64(serial), 7))-25"
    if let previous, previous.force != force, random.chance(50) {
      // The same reference, by chance, at another force: another incident.
      reference = previous.reference
    } else if random.chance(100) {
      reference += random.pick(["/B", " é", " \"2\"", "\\1", " 刀"])
    }
    return GeneratedIncident(force: force, reference: reference, now: now, using: &random)
  }

  /// What becomes of an incident, revision by revision, as it ought to be sent.
  private mutating func revisions(of first: GeneratedIncident) -> [GeneratedRevision] {
    var incident = first
    var number: Int64 = random.chance(500) ? 1 + Int64(random.below(1_000)) : 1
    func next(_ random: inout SeededGenerator) -> Int64 {
      random.chance(7_000) ? number + 1 : number + 2 + Int64(random.below(8))
    }
    var result = [incident.revision(number, role: .first, type: type(of: number))]
    if random.chance(rates.revised) {
      let highest: Int64 = 9_007_199_254_740_992
      let ends = random.chance(50)
      let further = 1 + random.below(3)
      for step in 1...further {
        number = ends && step == further ? highest : next(&random)
        result.append(amend(&incident, to: number))
      }
      if ends { return result }
    }
    let isCancelled = random.chance(rates.cancelled)
    if isCancelled || random.chance(rates.transferred) {
      number = next(&random)
      result.append(isCancelled ? cancellation(of: incident, number) : transfer(of: incident, number))
      if random.chance(3_000) {
        number = next(&random)
        if random.chance(5_000) { change(&incident) }
        result.append(incident.revision(number, role: .revival, type: type(of: number)))
      }
    }
    return result
  }

  /// Recorded and amended are treated alike, so now and then one is called the other.
  private mutating func type(of revision: Int64) -> String {
    (revision == 1) != random.chance(300) ? "incident.recorded" : "incident.amended"
  }

  private mutating func amend(_ incident: inout GeneratedIncident, to number: Int64) -> GeneratedRevision {
    guard random.chance(1_000) else {
      change(&incident)
      return incident.revision(number, role: .revision, type: type(of: number))
    }
    let others = GeneratedWorld.forces.indices.filter { $0 != incident.force }
    let area = random.pick(GeneratedWorld.forces[random.pick(others)].areas)
    incident.place = [("location", "{\"area\":\(quoted(area))}")]
    if random.chance(5_000) { incident.place.append(("responsibleArea", quoted(area))) }
    return incident.revision(number, role: .moveToAnotherForce, type: type(of: number))
  }

  /// Changes place, time or offence, or all, of an incident.
  private mutating func change(_ incident: inout GeneratedIncident) {
    let which = random.below(4)
    if which == 0 || which == 3 { incident.place = GeneratedIncident.place(force: incident.force, using: &random) }
    if which == 1 || which == 3 { incident.time = GeneratedIncident.time(now: now, using: &random) }
    if which == 2 || which == 3 { incident.offence = GeneratedIncident.offence(using: &random) }
  }

  private mutating func cancellation(of incident: GeneratedIncident, _ number: Int64) -> GeneratedRevision {
    GeneratedRevision(
      role: .cancellation, type: "incident.cancelled", revision: number,
      members: [
        ("reference", quoted(incident.reference)), ("revision", String(number)),
        ("reason", quoted(random.pick(GeneratedWorld.cancellationReasons))),
      ])
  }

  private mutating func transfer(of incident: GeneratedIncident, _ number: Int64) -> GeneratedRevision {
    GeneratedRevision(
      role: .transfer, type: "incident.transferred", revision: number,
      members: [
        ("reference", quoted(incident.reference)), ("revision", String(number)),
        ("toForce", quoted(random.pick(GeneratedWorld.forceNames))),
      ])
  }

  /// Lets the revisions arrive: mostly in their order, with repetitions and contradictions behind what they repeat and
  /// contradict. One incident in five with several revisions comes in another order, so that some are superseded when
  /// they come.
  private mutating func append(
    _ revisions: [GeneratedRevision], of incident: GeneratedIncident, from start: Int, within stretch: Int,
    to arrivals: inout [(at: Int, record: GeneratedRecord)]
  ) {
    var moments: [Int] = []
    var moment = start
    for _ in revisions {
      moments.append(moment)
      moment += gap(within: stretch)
    }
    if moments.count > 1, random.chance(2_000) {
      moments = moments.count == 2 ? moments.reversed() : random.shuffled(moments)
    }
    let key = key(of: incident)
    for (revision, moment) in zip(revisions, moments) {
      series += 1
      var at = moment
      arrivals.append((at, record(revision, of: incident, key: key)))
      if random.chance(rates.contradicted) {
        at += gap(within: stretch)
        arrivals.append((at, record(contradiction(of: revision, incident), of: incident, key: key)))
      }
      if random.chance(rates.repeated) {
        at += gap(within: stretch)
        var again = revision
        again.role = .repetition
        arrivals.append((at, record(again, of: incident, key: key)))
      }
    }
  }

  /// Soon (within some fifty records), or much later.
  private mutating func gap(within stretch: Int) -> Int {
    1 + random.below(random.chance(5_000) ? 64 * 50 : max(1, stretch / 4))
  }

  /// The same revision with other content: an offence, place or time that differs, or a cancellation.
  private mutating func contradiction(of revision: GeneratedRevision, _ incident: GeneratedIncident)
    -> GeneratedRevision
  {
    var result = revision
    result.role = .conflict
    if revision.type == "incident.cancelled" || revision.type == "incident.transferred" {
      result.type = "incident.amended"
      result.members = incident.revision(revision.revision, role: .conflict, type: result.type).members
    } else if random.chance(1_000) {
      result = cancellation(of: incident, revision.revision)
      result.role = .conflict
    } else {
      // A new place may happen to be the old one; an unlisted offence never is.
      result.members.removeAll { $0.name == "offenceCode" || $0.name == "offenceClass" || $0.name == "location" }
      result.members.append(("offenceCode", quoted("99\(random.below(10))Y")))
      result.members.append(("location", "{\"area\":\(quoted(random.pick(GeneratedWorld.forces[0].areas)))}"))
    }
    return result
  }

  /// The reference in most cases, sometimes another key, sometimes none: the partition is the same.
  private mutating func key(of incident: GeneratedIncident) -> [UInt8]? {
    switch random.below(100) {
    case 0..<2: nil
    case 2: Array("any key".utf8)
    default: Array(incident.reference.utf8)
    }
  }

  private mutating func record(_ revision: GeneratedRevision, of incident: GeneratedIncident, key: [UInt8]?)
    -> GeneratedRecord
  {
    let written = write(revision, source: GeneratedWorld.forces[incident.force].source)
    return GeneratedRecord(
      partition: GeneratedRecord.partition(of: incident.reference.utf8, among: partitions), key: key,
      headers: written.headers, value: Array(written.value.utf8), expectedCode: nil, expectedMember: nil,
      role: revision.role, series: series)
  }

  private mutating func choosePoison(count: Int) -> [GeneratedRecord] {
    let small = poison.filter { ($0.value?.count ?? 0) <= 1 << 20 }
    guard !small.isEmpty else { return [] }
    var chosen = count < 2_000 ? [] : poison
    while chosen.count < max(1, count / 100) { chosen.append(random.pick(small)) }
    return chosen.map { poison in
      GeneratedRecord(
        partition: poison.key.map { GeneratedRecord.partition(of: $0, among: partitions) }
          ?? Int32(random.below(Int(partitions))),
        key: poison.key, headers: poison.headers, value: poison.value, expectedCode: poison.code,
        expectedMember: poison.member, role: .poison, series: nil)
    }
  }
}
