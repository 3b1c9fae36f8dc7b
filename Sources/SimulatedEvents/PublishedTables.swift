import Incidents

/// What published tables say of how many, where and how late. The rows are made from the files by
/// `ops/simulated-tables.py`.
enum PublishedTables {
  /// Knife crimes a year by area, in code order.
  static let knifeByArea: [(area: AreaIndex, count: Int)] = {
    let words = knifeByAreaText.split { $0 == " " || $0 == "\n" }
    return stride(from: 0, to: words.count, by: 2).map { place in
      guard case .current(let area) = AreaTable.lookup(String(words[place])), let count = Int(words[place + 1]) else {
        preconditionFailure("a row that names no area of today")
      }
      return (area, count)
    }
  }()

  static let knifeInAll = knifeByArea.reduce(0) { $0 + $1.count }

  /// Areas as often as knife crimes are recorded in them.
  static let areas = Weighted(knifeByArea.map { ($0.area, $0.count) })

  /// An area's share of all knife crimes.
  static func share(of area: AreaIndex) -> Double {
    Double(knifeByArea[Int(area.value)].count) / Double(knifeInAll)
  }

  /// The areas of each force.
  static let areasByForce: [Force: Weighted<AreaIndex>] = Dictionary(
    grouping: knifeByArea, by: { AreaTable.force($0.area) }
  ).mapValues { Weighted($0.map { ($0.area, $0.count) }) }

  /// Offences a year by Home Office code.
  static let offences: [(code: String, count: Int)] = {
    let words = offencesText.split { $0 == " " || $0 == "\n" }
    return stride(from: 0, to: words.count, by: 2).map { (String(words[$0]), Int(words[$0 + 1]) ?? 0) }
  }()

  /// Possession of blades and other weapons.
  static let possessions = Weighted(offences.filter { possessionCodes.contains($0.code) }.map { ($0.code, $0.count) })
  /// Everything else.
  static let others = Weighted(offences.filter { !possessionCodes.contains($0.code) }.map { ($0.code, $0.count) })

  private static let possessionCodes = ["10C", "10D", "90"]

  /// Calendar months from an offence to its record.
  static let monthsToRecord = Weighted(delays.map { ($0.first...$0.last, $0.records) })

  /// How a calendar month compares with the average one, a day.
  static func share(ofMonth month: Int) -> Double {
    let days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    let average = Double(knifeByMonth.reduce(0, +)) / 365
    return Double(knifeByMonth[month - 1]) / Double(days[month - 1]) / average
  }
}
