import Incidents
import Wire

/// An incident as one revision tells it.
struct Incident: Sendable {
  enum Change: Sendable {
    case recorded, amended
    case cancelled(CancellationReason)
    case transferred(Force)

    var type: String {
      switch self {
      case .recorded: "incident.recorded"
      case .amended: "incident.amended"
      case .cancelled: "incident.cancelled"
      case .transferred: "incident.transferred"
      }
    }
  }

  var reference: String
  var revision = 1
  var change = Change.recorded
  var occurredFrom: EventTime
  var occurredTo: EventTime
  var recordedAt: EventTime
  var offenceCode: String
  var weapon: Weapon
  var weaponUse: WeaponUse
  var injury: Injury
  var age: VictimAgeBand
  /// Nil: unknown.
  var area: AreaIndex?
  var responsible: AreaIndex

  func write(to writer: inout JSONWriter, _ flaw: Flaw?) {
    writer.member("reference", reference)
    writer.revision(revision, flaw)
    switch change {
    case .cancelled(let reason): writer.member("reason", reason.name)
    case .transferred(let force): writer.member("toForce", force.name)
    case .recorded, .amended: writeFact(to: &writer, flaw)
    }
  }

  private func writeFact(to writer: inout JSONWriter, _ flaw: Flaw?) {
    writer.time("occurredFrom", occurredFrom, flaw)
    writer.time("occurredTo", occurredTo)
    writer.time("recordedAt", recordedAt)
    writer.member("offenceCode", offenceCode)
    writer.member("weapon", flaw == .unknownName ? "sword" : weapon.name)
    writer.member("weaponUse", weaponUse.name)
    writer.member("injury", injury.name)
    writer.member("victimAgeBand", age.name)
    writer.location(area, flaw)
    writer.member("responsibleArea", AreaTable.code(responsible))
  }
}

extension Incident {
  /// What happened with a blade, apart from when and where.
  static func withBlade(_ draws: inout Draws) -> (code: String, Weapon, WeaponUse, Injury, VictimAgeBand) {
    let weapon = draws.pick(Shape.blades)
    guard draws.chance(Shape.knifeWithInjury) else {
      let age = draws.chance(3_000) ? draws.pick(Shape.agesUnder25) : draws.pick(Shape.agesFrom25)
      return (draws.pick(Shape.codesWithoutInjury), weapon, draws.chance(8_500) ? .threatened : .used, .none, age)
    }
    let code = draws.pick(Shape.codesWithInjury)
    let injury: Injury = code == "1" ? .fatal : draws.chance(code == "8N" ? 1_500 : 6_000) ? .serious : .minor
    let age = draws.chance(Shape.injuredUnder25) ? draws.pick(Shape.agesUnder25) : draws.pick(Shape.agesFrom25)
    return (code, weapon, .used, injury, age)
  }

  static func ofPossession(_ draws: inout Draws) -> (code: String, Weapon, WeaponUse, Injury, VictimAgeBand) {
    let code = draws.pick(PublishedTables.possessions)
    return (code, code == "10C" ? .other : draws.pick(Shape.blades), .possessed, .none, .unknown)
  }

  static func withoutBlade(_ draws: inout Draws) -> (code: String, Weapon, WeaponUse, Injury, VictimAgeBand) {
    let code = draws.pick(PublishedTables.others)
    let weapon = draws.pick(Shape.otherWeapons)
    let isHarm = ["8N", "5D", "8S", "2", "5E"].contains(code)
    let age = draws.chance(3_000) ? draws.pick(Shape.agesUnder25) : draws.pick(Shape.agesFrom25)
    let use: WeaponUse = weapon == .none ? .none : weapon == .unknown ? .unknown : .used
    return (code, weapon, use, isHarm ? (draws.chance(1_500) ? .serious : .minor) : .none, age)
  }
}
