import Hotspots
import Incidents

/// Writes one line of the journal: a JSON object and a line feed, its members in a fixed order, absent ones left out.
/// The same calls give the same bytes.
///
///     {"identity":"<32 hex>","content":"<16 hex>","revision":1,"type":"incident.recorded","source":"…",
///      "area":"E09000022","occurredFrom":<ms>,…,"reference":"…","sent":{"area":"E09000022"},"from":["incidents",0,123]}
///
/// `identity`, `content`, `revision`, `type` and `source` come first and always; a fact has exactly one of `area` and
/// `unplaced`, and `occurredFrom`; a retraction none of what describes the event; `reference` is always there but in a
/// return, which has `site`, its period and `assaults`; `from` is always there. An assault is an object that begins with
/// `occurredFrom`, then its place, then the rest in the line's order.
/// Places are as derived, under the codes of today; `sent` holds what the sender wrote. Times are milliseconds since 1970.
struct JournalLineEncoder {
  /// The members in their order. The raw value is the place.
  enum Member: UInt8 {
    case identity, content, revision, type, source
    case site, periodStart, periodEnd
    case area, unplaced, responsibleArea
    case occurredFrom, occurredTo, imprecise
    case offenceCode, offenceClass, weapon, weaponUse, injury, victimAgeBand
    case kind, state, knifeRelated
    case mechanism, ageBand, locationType, assaultAt, arrivedAt
    case recordedAt, detectedAt, uploadedAt, reason, toForce, reference, sent, assaults, from

    /// The comma before it and its key.
    fileprivate var key: StaticString {
      switch self {
      case .identity: "{\"identity\":"
      case .content: ",\"content\":"
      case .revision: ",\"revision\":"
      case .type: ",\"type\":"
      case .source: ",\"source\":"
      case .site: ",\"site\":"
      case .periodStart: ",\"periodStart\":"
      case .periodEnd: ",\"periodEnd\":"
      case .area: ",\"area\":"
      case .unplaced: ",\"unplaced\":"
      case .responsibleArea: ",\"responsibleArea\":"
      case .occurredFrom: ",\"occurredFrom\":"
      case .occurredTo: ",\"occurredTo\":"
      case .imprecise: ",\"imprecise\":"
      case .offenceCode: ",\"offenceCode\":"
      case .offenceClass: ",\"offenceClass\":"
      case .weapon: ",\"weapon\":"
      case .weaponUse: ",\"weaponUse\":"
      case .injury: ",\"injury\":"
      case .victimAgeBand: ",\"victimAgeBand\":"
      case .kind: ",\"kind\":"
      case .state: ",\"state\":"
      case .knifeRelated: ",\"knifeRelated\":"
      case .mechanism: ",\"mechanism\":"
      case .ageBand: ",\"ageBand\":"
      case .locationType: ",\"locationType\":"
      case .assaultAt: ",\"assaultAt\":"
      case .arrivedAt: ",\"arrivedAt\":"
      case .recordedAt: ",\"recordedAt\":"
      case .detectedAt: ",\"detectedAt\":"
      case .uploadedAt: ",\"uploadedAt\":"
      case .reason: ",\"reason\":"
      case .toForce: ",\"toForce\":"
      case .reference: ",\"reference\":"
      case .sent: ",\"sent\":{"
      case .assaults: ",\"assaults\":["
      case .from: ",\"from\":["
      }
    }
  }

  private var newest: Member?

  /// Begins a line.
  init(
    identity: Identity, content: UInt64, revision: UInt64, type: JournalEventType, source: Span<UInt8>,
    in lines: inout [UInt8]
  ) {
    begin(.identity, in: &lines)
    lines.append(UInt8(ascii: "\""))
    lines.appendHex(identity.high)
    lines.appendHex(identity.low)
    lines.append(UInt8(ascii: "\""))
    begin(.content, in: &lines)
    lines.append(UInt8(ascii: "\""))
    lines.appendHex(content)
    lines.append(UInt8(ascii: "\""))
    integer(.revision, Int64(clamping: revision), in: &lines)
    literal(.type, type.name, in: &lines)
    text(.source, source, in: &lines)
  }

  mutating func text(_ member: Member, _ value: Span<UInt8>, in lines: inout [UInt8]) {
    begin(member, in: &lines)
    lines.appendJSON(value)
  }

  /// A text without anything to escape.
  mutating func literal(_ member: Member, _ value: StaticString, in lines: inout [UInt8]) {
    begin(member, in: &lines)
    lines.append(UInt8(ascii: "\""))
    lines.append(literal: value)
    lines.append(UInt8(ascii: "\""))
  }

  mutating func integer(_ member: Member, _ value: Int64, in lines: inout [UInt8]) {
    begin(member, in: &lines)
    lines.append(decimal: value)
  }

  mutating func time(_ member: Member, _ value: EventTime, in lines: inout [UInt8]) {
    integer(member, value.milliseconds, in: &lines)
  }

  mutating func truth(_ member: Member, _ value: Bool, in lines: inout [UInt8]) {
    begin(member, in: &lines)
    lines.append(literal: value ? "true" : "false")
  }

  /// Where the event is, as derived.
  mutating func place(_ place: Place, in lines: inout [UInt8]) {
    switch place {
    case .area(let area): literal(.area, AreaTable.code(area), in: &lines)
    case .unplaced(let reason): literal(.unplaced, reason.literal, in: &lines)
    }
  }

  /// The responsible area, as derived: one of the areas, or `outOfScope`.
  mutating func responsible(_ place: Place, in lines: inout [UInt8]) {
    switch place {
    case .area(let area): literal(.responsibleArea, AreaTable.code(area), in: &lines)
    case .unplaced: literal(.responsibleArea, Unplaced.outOfScope.literal, in: &lines)
    }
  }

  /// Begins the object of what the sender wrote of the place; `endSent` ends it.
  mutating func beginSent(in lines: inout [UInt8]) { begin(.sent, in: &lines) }

  /// Begins a member of that object; its value follows.
  func sent(_ name: StaticString, in lines: inout [UInt8]) {
    lines.append(literal: lines.last == UInt8(ascii: "{") ? "\"" : ",\"")
    lines.append(literal: name)
    lines.append(literal: "\":")
  }

  func endSent(in lines: inout [UInt8]) { lines.append(UInt8(ascii: "}")) }

  /// Begins the array of a return's assaults; `endAssaults` ends it.
  mutating func beginAssaults(in lines: inout [UInt8]) { begin(.assaults, in: &lines) }

  /// Begins an assault, whose other members follow in their order; `endAssault` ends it.
  mutating func beginAssault(_ occurredFrom: EventTime, in lines: inout [UInt8]) {
    lines.append(literal: lines.last == UInt8(ascii: "[") ? "{\"occurredFrom\":" : ",{\"occurredFrom\":")
    lines.append(decimal: occurredFrom.milliseconds)
    newest = .source
  }

  mutating func endAssault(in lines: inout [UInt8]) {
    lines.append(UInt8(ascii: "}"))
    newest = .assaults
  }

  func endAssaults(in lines: inout [UInt8]) { lines.append(UInt8(ascii: "]")) }

  /// Ends the line with the place that the event was read from.
  mutating func end(topic: String, partition: Int32, offset: Int64, in lines: inout [UInt8]) {
    begin(.from, in: &lines)
    lines.appendJSON(topic.utf8.span)
    lines.append(UInt8(ascii: ","))
    lines.append(decimal: Int64(partition))
    lines.append(UInt8(ascii: ","))
    lines.append(decimal: offset)
    lines.append(literal: "]}\n")
  }

  private mutating func literal(_ member: Member, _ value: String, in lines: inout [UInt8]) {
    begin(member, in: &lines)
    lines.append(UInt8(ascii: "\""))
    lines.append(span: value.utf8.span)
    lines.append(UInt8(ascii: "\""))
  }

  private mutating func begin(_ member: Member, in lines: inout [UInt8]) {
    precondition(newest.map { $0.rawValue < member.rawValue } ?? true, "members out of order")
    newest = member
    lines.append(literal: member.key)
  }
}

extension Unplaced {
  /// The name, as a literal: `name` is found by reflection, which is too slow for every line.
  fileprivate var literal: StaticString {
    switch self {
    case .notGiven: "notGiven"
    case .unknown: "unknown"
    case .outOfScope: "outOfScope"
    case .lsoaNotPlaced: "lsoaNotPlaced"
    case .tooCoarse: "tooCoarse"
    }
  }
}
