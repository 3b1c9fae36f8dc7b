import Incidents
import Wire

/// Makes what tags and hospitals send, the same for the same seed: tags' events through their life, attendances and
/// returns, revised, sent twice, in conflict with themselves, out of order, with and without a place, in both modes of
/// CloudEvents, and poisoned here and there. Some returns of a site overlap.
public struct InputsGenerator: Sendable {
  /// A sender of one of the topics.
  struct Sender: Sendable {
    var source: String
    /// The place of its force in `GeneratedWorld.forces`; nil for none, whose events lie in the areas of the first.
    var force: Int?
    /// How its references begin.
    var prefix: String
    /// Treatment sites; of the even ones the registry knows the area.
    var sites: [String] = []
  }

  static let taggers = [
    Sender(source: "/em/london", force: 0, prefix: "V"), Sender(source: "/em/national", force: nil, prefix: "N"),
  ]

  static let hospitals = [
    Sender(source: "/nhs/kings", force: 0, prefix: "A", sites: ["RJZ01", "RJZ02"]),
    Sender(source: "/nhs/leeds", force: 2, prefix: "A", sites: ["RR801"]),
    Sender(source: "/nhs/abroad", force: nil, prefix: "B", sites: ["RJZ01", "7A1\"B"]),
  ]

  private let now: Int64
  private let partitions: Int32
  private let poison: [InputTopic: [PoisonRecord]]
  /// Writes the records; its random numbers are used here too.
  private var writer: IncidentGenerator
  private var serial: Int
  private var series: Int

  /// `now`: what the reader's clock says, or a little before. `poison`: the records to be refused, of each topic.
  /// `series`: how many series other generators have made before; `things`: how many things, whose references are not used
  /// again.
  public init(
    seed: UInt64, now: EventTime, partitions: Int32 = 6, poison: [InputTopic: [PoisonRecord]] = [:],
    after series: Int = 0, afterThings things: Int = 0
  ) {
    serial = things
    self.now = now.milliseconds
    self.partitions = partitions
    self.poison = poison
    self.series = series
    writer = IncidentGenerator(seed: seed ^ 0x7A67_5F68_6F73_7069, now: now)
  }

  /// Records of `count` things, two of five of them tags' events, one of twenty a return, in their order of arrival. From
  /// 2,000 things on, every poison comes at least once.
  public mutating func generate(count: Int) -> [GeneratedRecord] {
    let stretch = max(1, count) * 64
    var arrivals: [(at: Int, record: GeneratedRecord)] = []
    for _ in 0..<count {
      serial += 1
      let thing =
        switch writer.random.below(20) {
        case 0..<8: makeTagEvent()
        case 8..<19: makeAttendance()
        default: makeReturn()
        }
      append(thing, from: writer.random.below(stretch), within: stretch, to: &arrivals)
    }
    for record in choosePoison(count: count) { arrivals.append((writer.random.below(stretch), record)) }
    return arrivals.enumerated()
      .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
      .map(\.element.record)
  }

  // MARK: - Arrivals

  /// Mostly in their order; repetitions and contradictions come behind what they repeat and contradict.
  private mutating func append(
    _ thing: GeneratedThing, from start: Int, within stretch: Int,
    to arrivals: inout [(at: Int, record: GeneratedRecord)]
  ) {
    func gap(_ random: inout SeededGenerator) -> Int {
      1 + random.below(random.chance(5_000) ? 64 * 50 : max(1, stretch / 4))
    }
    var moments: [Int] = []
    var moment = start
    for _ in thing.revisions {
      moments.append(moment)
      moment += gap(&writer.random)
    }
    if moments.count > 1, writer.random.chance(2_000) { moments = writer.random.shuffled(moments) }
    for (revision, moment) in zip(thing.revisions, moments) {
      series += 1
      var at = moment
      arrivals.append((at, record(revision, of: thing)))
      if writer.random.chance(300) {
        at += gap(&writer.random)
        var other = revision
        other.role = .conflict
        other.members = thing.contradicted(other.members)
        arrivals.append((at, record(other, of: thing)))
      }
      if writer.random.chance(500) {
        at += gap(&writer.random)
        var again = revision
        again.role = .repetition
        arrivals.append((at, record(again, of: thing)))
      }
    }
  }

  private mutating func record(_ revision: GeneratedRevision, of thing: GeneratedThing) -> GeneratedRecord {
    let written = writer.write(revision, source: thing.source, topic: thing.topic)
    return GeneratedRecord(
      topic: thing.topic, partition: GeneratedRecord.partition(of: thing.key.utf8, among: partitions),
      key: writer.random.chance(200) ? nil : Array(thing.key.utf8), headers: written.headers,
      value: Array(written.value.utf8), expectedCode: nil, expectedMember: nil, role: revision.role, series: series)
  }

  private mutating func choosePoison(count: Int) -> [GeneratedRecord] {
    [InputTopic.tagBreaches, .hospital].flatMap { topic in
      let all = poison[topic, default: []]
      let small = all.filter { ($0.value?.count ?? 0) <= 1 << 20 }
      guard !small.isEmpty else { return [GeneratedRecord]() }
      var chosen = count < 2_000 ? [] : all
      while chosen.count < max(1, count / 200) { chosen.append(writer.random.pick(small)) }
      return chosen.map { poison in
        GeneratedRecord(
          topic: topic, partition: Int32(writer.random.below(Int(partitions))), key: poison.key,
          headers: poison.headers, value: poison.value, expectedCode: poison.code, expectedMember: poison.member,
          role: .poison, series: nil)
      }
    }
  }

  // MARK: - Tags

  private mutating func makeTagEvent() -> GeneratedThing {
    let sender = writer.random.pick(Self.taggers)
    let reference = "\(sender.prefix)-\(GeneratedTime.padded(Int64(serial), 7))"
    var place = place(sender, isResponsibleKnown: true)
    var time = tagTime()
    let kind = writer.random.pick(GeneratedWorld.tagKinds)
    let isRelated = writer.random.chance(8_500)
    let last = writer.random.pick(["alerted", "confirmed", "confirmed", "excused", "withdrawn"])
    var states = last == "alerted" ? ["alerted"] : ["alerted", last]
    // What was excused may be confirmed after all, and the other way round.
    if writer.random.chance(500) {
      states.append(writer.random.pick(["confirmed", "excused", "withdrawn", "alerted"]))
    }
    if writer.random.chance(500) { states.removeFirst(states.count - 1) }
    var revisions: [GeneratedRevision] = []
    var number: Int64 = 0
    for state in states {
      number += writer.random.chance(9_000) ? 1 : 5
      if number > 1, writer.random.chance(1_500) { place = self.place(sender, isResponsibleKnown: true) }
      if number > 1, writer.random.chance(500) { time = tagTime() }
      var members = [
        ("reference", quoted(reference)), ("revision", String(number)), ("device", quoted("D-\(serial)")),
        ("wearer", quoted("P-\(serial)")), ("kind", quoted(kind)), ("state", quoted(state)),
      ]
      if !isRelated || writer.random.chance(5_000) { members.append(("knifeRelated", String(isRelated))) }
      revisions.append(
        GeneratedRevision(
          role: revisions.isEmpty ? .first : .revision, type: "tag.breach", revision: number,
          members: members + time + place))
    }
    return GeneratedThing(topic: .tagBreaches, source: sender.source, key: reference, revisions: revisions)
  }

  /// It may last as long as it will.
  private mutating func tagTime() -> [(String, String)] {
    let from = GeneratedTime.occurrence(now: now, using: &writer.random)
    var members = [("occurredFrom", time(from))]
    if writer.random.chance(5_000) {
      members.append(("occurredTo", time(from + writer.random.pick(in: 0..<10 * GeneratedTime.day))))
    }
    if writer.random.chance(5_000) { members.append(("detectedAt", time(from + 30_000))) }
    if writer.random.chance(5_000) { members.append(("uploadedAt", time(from + 90_000))) }
    return members
  }

  // MARK: - Hospitals

  private mutating func makeAttendance() -> GeneratedThing {
    let sender = writer.random.pick(Self.hospitals)
    let reference = "\(sender.prefix)-\(serial)"
    let site = writer.random.pick(sender.sites)
    var revisions: [GeneratedRevision] = []
    var number: Int64 = 0
    let count = writer.random.chance(1_500) ? 2 + writer.random.below(2) : 1
    for _ in 0..<count {
      number += writer.random.chance(9_000) ? 1 : 7
      let assault = GeneratedTime.occurrence(now: now, using: &writer.random)
      var members = [
        ("reference", quoted(reference)), ("revision", String(number)), ("site", quoted(site)),
      ]
      let times = writer.random.below(3)
      if times != 0 { members.append(("assaultAt", time(assault))) }
      if times != 1 { members.append(("arrivedAt", time(min(now, assault + 3_000_000)))) }
      revisions.append(
        GeneratedRevision(
          role: revisions.isEmpty ? .first : .revision, type: "hospital.attendance", revision: number,
          members: members + assaultMembers(sender)))
    }
    return GeneratedThing(topic: .hospital, source: sender.source, key: reference, revisions: revisions)
  }

  /// A return of four weeks or one, of which those of one site overlap now and then; the same one may be made again, and is
  /// then a conflict or comes too late.
  private mutating func makeReturn() -> GeneratedThing {
    let sender = writer.random.pick(Self.hospitals)
    let site = writer.random.pick(sender.sites)
    let today = now.floorDivided(by: GeneratedTime.day)
    let length: Int64 = writer.random.chance(8_000) ? 28 : 7
    let last = today - 1 - writer.random.pick([0, 1, 2, 3, 7, 13]) * 28 - (writer.random.chance(1_000) ? 11 : 0)
    let first = last - length + 1
    var revisions: [GeneratedRevision] = []
    // Whoever makes the same return twice does not know of the first one's revisions.
    var number = Int64(serial) * 10
    var rows: [String] = []
    for _ in 0..<1 + writer.random.below(3) {
      number += 1
      if !rows.isEmpty, writer.random.chance(5_000) { rows.removeLast(1 + writer.random.below(rows.count)) }
      for _ in 0..<writer.random.below(20) {
        // By London's clock or by UTC's, the same day.
        let at =
          (first + Int64(writer.random.below(Int(length)))) * GeneratedTime.day
          + writer.random.pick(in: 0..<22 * GeneratedTime.hour)
        var members = [("assaultAt", time(at))] + assaultMembers(sender)
        if writer.random.chance(2_000) { members.append(("arrivedAt", time(at + 600_000))) }
        rows.append("{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}")
      }
      revisions.append(
        GeneratedRevision(
          role: revisions.isEmpty ? .first : .revision, type: "hospital.return", revision: number,
          members: [
            ("site", quoted(site)), ("periodStart", quoted(GeneratedTime.dayText(first))),
            ("periodEnd", quoted(GeneratedTime.dayText(last))), ("revision", String(number)),
            ("assaults", "[" + rows.joined(separator: ",") + "]"),
          ]))
    }
    return GeneratedThing(topic: .hospital, source: sender.source, key: site, revisions: revisions)
  }

  private mutating func assaultMembers(_ sender: Sender) -> [(String, String)] {
    var members = [("mechanism", quoted(writer.random.pick(GeneratedWorld.mechanisms)))]
    if writer.random.chance(5_000) { members.append(("ageBand", quoted(writer.random.pick(GeneratedWorld.ageBands)))) }
    if writer.random.chance(3_000) { members.append(("locationType", quoted(writer.random.pick(["street", "pub"])))) }
    if writer.random.chance(8_000) { members += place(sender, isResponsibleKnown: false) }
    return members
  }

  // MARK: - Parts

  private mutating func time(_ time: Int64) -> String { quoted(GeneratedTime.text(time, using: &writer.random)) }

  private mutating func place(_ sender: Sender, isResponsibleKnown: Bool) -> [(String, String)] {
    GeneratedIncident.place(force: sender.force ?? 0, using: &writer.random)
      .filter { isResponsibleKnown || $0.name != "responsibleArea" }.map { ($0.name, $0.json) }
  }
}

/// Something that a sender tells of, revision by revision, as it ought to be sent.
struct GeneratedThing {
  var topic: InputTopic
  var source: String
  /// The key of its records, which share a partition.
  var key: String
  var revisions: [GeneratedRevision]

  /// The members of a revision, but one that says something else.
  func contradicted(_ members: [(name: String, json: String)]) -> [(name: String, json: String)] {
    members.map { member in
      switch member.name {
      case "kind": (member.name, quoted(member.json == "\"strapTamper\"" ? "noSignal" : "strapTamper"))
      case "mechanism": (member.name, quoted(member.json == "\"knife\"" ? "blunt" : "knife"))
      case "assaults": (member.name, "[]" == member.json ? member.json : "[]")
      default: member
      }
    }
  }
}
