/// One revision of an incident, before it is written down: the members of `data`, each value already as JSON.
struct GeneratedRevision {
  var role: GeneratedRecord.Role
  var type: String
  var revision: Int64
  var members: [(name: String, json: String)]
}

/// What is chosen of an incident, of which each revision changes some.
struct GeneratedIncident {
  var force: Int
  var reference: String
  var time: [(name: String, json: String)]
  var place: [(name: String, json: String)]
  var offence: [(name: String, json: String)]

  init(force: Int, reference: String, now: Int64, using generator: inout SeededGenerator) {
    self.force = force
    self.reference = reference
    time = Self.time(now: now, using: &generator)
    place = Self.place(force: force, using: &generator)
    offence = Self.offence(using: &generator)
  }

  /// The incident as it now is.
  func revision(_ number: Int64, role: GeneratedRecord.Role, type: String) -> GeneratedRevision {
    GeneratedRevision(
      role: role, type: type, revision: number,
      members: [("reference", quoted(reference)), ("revision", String(number))] + time + offence + place)
  }

  static func time(now: Int64, using generator: inout SeededGenerator) -> [(name: String, json: String)] {
    let from = GeneratedTime.occurrence(now: now, using: &generator)
    let length = duration(using: &generator)
    var members = [("occurredFrom", quoted(GeneratedTime.text(from, using: &generator)))]
    if let milliseconds = length.milliseconds {
      members.append(("occurredTo", quoted(GeneratedTime.text(from + milliseconds, using: &generator))))
    }
    if generator.chance(7_000) {
      // Recorded soon after, much later, or (it happens) before.
      let recorded = max(0, from + generator.pick(in: -GeneratedTime.hour..<GeneratedTime.day))
      members.append(("recordedAt", quoted(GeneratedTime.text(recorded, using: &generator))))
    }
    if length.isImprecise {
      members.append(("imprecise", "true"))
    } else if generator.chance(100) {
      members.append(("imprecise", "false"))
    }
    return members
  }

  /// How long it took, nil for no end, and whether it says so of itself that it is imprecise. The limits of 12 and 25
  /// hours and of 366 days are met exactly and by a millisecond more often than chance would.
  private static func duration(using generator: inout SeededGenerator) -> (milliseconds: Int64?, isImprecise: Bool) {
    let hour = GeneratedTime.hour
    switch generator.below(1_000) {
    case 0..<300: return (nil, false)
    case 300..<400: return (0, false)
    case 400..<890: return (generator.pick(in: 0..<2 * hour), false)
    case 890..<920: return (generator.pick(in: 2 * hour..<12 * hour), false)
    case 920..<930: return (12 * hour, false)
    case 930..<940: return (generator.pick([0, hour, 12 * hour]), true)
    case 940..<970: return (generator.pick(in: 12 * hour + 1..<25 * hour), true)
    case 970..<975: return (generator.pick([12 * hour + 1, 25 * hour]), true)
    case 975..<980: return (25 * hour + 1, true)
    case 980..<997: return (generator.pick(in: 25 * hour + 1..<31 * 24 * hour), true)
    default: return (generator.pick([366 * 24 * hour, 180 * 24 * hour]), true)
    }
  }

  static func place(force: Int, using generator: inout SeededGenerator) -> [(name: String, json: String)] {
    let own = GeneratedWorld.forces[force]
    func responsible(_ code: String) -> (String, String) { ("responsibleArea", quoted(code)) }
    func location(_ member: String, _ json: String) -> (String, String) { ("location", "{\"\(member)\":\(json)}") }
    let area = generator.pick(own.areas)
    switch generator.below(1_000) {
    case 0..<40 where !own.formerAreas.isEmpty: return [location("area", quoted(generator.pick(own.formerAreas)))]
    case 0..<40:
      let former = generator.pick(GeneratedWorld.forces.flatMap(\.formerAreas))
      return [location("area", quoted(former)), responsible(area)]
    case 40..<45: return [location("unknown", "true"), responsible(generator.pick(["E08000016", "E07000187"]))]
    case 45..<90: return [responsible(area)]
    case 90..<120: return [location("unknown", "true")]
    case 120..<150: return [location("unknown", "true"), responsible(area)]
    case 150..<160: return [location("area", quoted(generator.pick(GeneratedWorld.areasOutOfScope)))]
    case 160..<170:
      return [location("area", quoted(generator.pick(GeneratedWorld.areasOutOfScope))), responsible(area)]
    case 170..<175: return [responsible(generator.pick(GeneratedWorld.areasOutOfScope))]
    case 175..<180:
      return [location("unknown", "true"), responsible(generator.pick(GeneratedWorld.areasOutOfScope))]
    case 180..<205: return [location("lsoa", quoted(generator.pick(GeneratedWorld.outputAreas)))]
    case 205..<230: return [location("lsoa", quoted(generator.pick(GeneratedWorld.outputAreas))), responsible(area)]
    case 230..<500: return [location("area", quoted(area)), responsible(generator.pick(own.areas))]
    default: return [location("area", quoted(area))]
    }
  }

  static func offence(using generator: inout SeededGenerator) -> [(name: String, json: String)] {
    var members: [(name: String, json: String)]
    switch generator.below(100) {
    case 0..<60: members = [("offenceCode", quoted(generator.pick(GeneratedWorld.codesOfTheSevenGroups)))]
    case 60..<84: members = [("offenceCode", quoted(generator.pick(GeneratedWorld.otherCodes)))]
    case 84..<86: members = [("offenceCode", quoted(generator.pick(GeneratedWorld.unlistedCodes)))]
    case 86..<99: members = [("offenceClass", quoted(generator.pick(GeneratedWorld.classes)))]
    default: members = [("offenceClass", quoted(generator.pick(GeneratedWorld.unlistedClasses)))]
    }
    let optional = [
      ("weapon", GeneratedWorld.weapons), ("weaponUse", GeneratedWorld.weaponUses),
      ("injury", GeneratedWorld.injuries), ("victimAgeBand", GeneratedWorld.ageBands),
    ]
    for (name, values) in optional where generator.chance(9_000) {
      members.append((name, quoted(generator.pick(values))))
    }
    return members
  }
}

/// A JSON string.
func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"", "\\": result += "\\\(scalar)"
    case "\u{0}"..<"\u{20}": result += escaped(scalar)
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

/// A scalar of the basic plane as JSON's \u escape.
func escaped(_ scalar: Unicode.Scalar) -> String {
  let digits = String(scalar.value, radix: 16)
  return "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
}
