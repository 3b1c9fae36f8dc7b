import Incidents
import Wire

/// A hospital: invented, one in every third area.
struct HospitalSite: Sendable {
  var code: String
  var area: AreaIndex
  var force: Force
  /// Whether it sends a sheet a month rather than each attendance.
  var sendsReturns: Bool

  static let all: [HospitalSite] = stride(from: UInt8(0), to: UInt8(AreaTable.count), by: 3).map { index in
    let area = AreaIndex(index)
    return HospitalSite(
      code: "SIM\(padded(Int(index), 3))", area: area, force: AreaTable.force(area), sendsReturns: index % 2 == 1)
  }

  /// How often people are treated here, next to other sites: as often as knife crimes are recorded in the area.
  var weight: Int { Self.weights[area] ?? 0 }

  /// Sites by whether they send returns, with their weights.
  static func weighted(sendingReturns: Bool) -> Weighted<HospitalSite> { sendingReturns ? sheets : records }

  /// The weights of all sites together.
  static let total = all.reduce(0) { $0 + $1.weight }

  private static let weights = Dictionary(
    uniqueKeysWithValues: PublishedTables.knifeByArea.map { ($0.area, $0.count) })
  private static let sheets = Weighted(all.filter(\.sendsReturns).map { ($0, $0.weight) })
  private static let records = Weighted(all.filter { !$0.sendsReturns }.map { ($0, $0.weight) })
}

/// An assault as a hospital tells it.
struct Assault: Sendable {
  var at: EventTime
  var mechanism: String
  /// Nil: unknown.
  var area: AreaIndex?

  static func draw(at time: EventTime, near site: HospitalSite, _ draws: inout Draws) -> Assault {
    let isKnown = draws.chance(8_500)
    let isNear = draws.chance(8_000)
    let elsewhere = PublishedTables.areasByForce[site.force].map { draws.pick($0) }
    return Assault(
      at: time, mechanism: draws.pick(Shape.mechanisms), area: isKnown ? (isNear ? site.area : elsewhere) : nil)
  }
}

/// One person treated.
struct Attendance: Sendable {
  var reference: String
  var revision = 1
  var site: HospitalSite
  var arrivedAt: EventTime
  var assault: Assault
  var age: VictimAgeBand
  var locationType: String

  func write(to writer: inout JSONWriter, _ flaw: Flaw?) {
    writer.member("reference", reference)
    writer.revision(revision, flaw)
    writer.member("site", site.code)
    writer.time("arrivedAt", arrivedAt)
    writer.time("assaultAt", assault.at, flaw)
    writer.member("mechanism", flaw == .unknownName ? "sword" : assault.mechanism)
    writer.member("ageBand", age.name)
    writer.member("locationType", locationType)
    writer.location(assault.area, flaw)
  }
}

/// A month's sheet of one site; sent again, it replaces the one before.
struct HospitalReturn: Sendable {
  var site: HospitalSite
  var periodStart: LocalDay
  /// Inclusive.
  var periodEnd: LocalDay
  var revision = 1
  var assaults: [Assault]

  func write(to writer: inout JSONWriter) {
    writer.member("site", site.code)
    writer.member("periodStart", "\(periodStart)")
    writer.member("periodEnd", "\(periodEnd)")
    writer.member("revision", revision)
    writer.array("assaults") { writer in
      for assault in assaults {
        writer.object { writer in
          writer.time("assaultAt", assault.at)
          writer.member("mechanism", assault.mechanism)
          writer.location(assault.area, nil)
        }
      }
    }
  }
}

/// At least so many digits.
func padded(_ number: Int, _ digits: Int) -> String {
  let text = String(number)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}
