import Incidents
import Testing

@Suite struct AreaTableTests {
  private let current: [[String: String]]
  private let extended: [[String: String]]
  private let authorities: [[String: String]]

  init() throws {
    current = try SharedTables.rows("lookups/areas_current.csv")
    extended = try SharedTables.rows("lookups/areas_ext.csv")
    authorities = try SharedTables.rows("lookups/la_all_codes.csv")
  }

  @Test func everyCurrentAreaHasItsNameAndForce() throws {
    #expect(current.count == AreaTable.count)
    for row in current {
      let code = try #require(row["ons_code"])
      guard case .current(let area) = AreaTable.lookup(code) else {
        Issue.record("\(code) is not current")
        continue
      }
      #expect(AreaTable.code(area) == code)
      #expect(AreaTable.name(area) == row["name"])
      #expect(AreaTable.force(area).name == row["force_area"])
    }
  }

  @Test func areasStandInCodeOrder() {
    let codes = (0..<UInt8(AreaTable.count)).map { AreaTable.code(AreaIndex($0)) }
    #expect(codes == codes.sorted())
    #expect(Set(codes).count == AreaTable.count)
  }

  @Test func everyRenumberedCodeLeadsToItsSuccessor() throws {
    var renumbered: [String: String] = [:]
    for row in extended where row["ons_code_2019"] != row["ons_code_current"] {
      renumbered[try #require(row["ons_code_2019"])] = row["ons_code_current"]
    }
    let codes = Set(current.compactMap { $0["ons_code"] })
    for row in authorities {
      guard let code = row["LADCD"], let active = row["LADCD_ACTIVE"], !codes.contains(code), codes.contains(active)
      else { continue }
      #expect(renumbered[code] == nil || renumbered[code] == active)
      renumbered[code] = active
    }
    #expect(renumbered.count == 14)
    for (code, successor) in renumbered {
      guard case .former(let area) = AreaTable.lookup(code) else {
        Issue.record("\(code) is not former")
        continue
      }
      #expect(AreaTable.code(area) == successor)
    }
  }

  @Test func everyOtherAuthorityIsOutOfScope() throws {
    let codes = Set(current.compactMap { $0["ons_code"] })
    let lad2019 = try SharedTables.rows("lookups/LAD19_CSP19_PFA19_EW_LU.csv").compactMap { $0["LAD19CD"] }
    var outside = 0
    for code in Set(authorities.compactMap { $0["LADCD"] } + lad2019) where !codes.contains(code) {
      if case .former = AreaTable.lookup(code) { continue }
      #expect(AreaTable.lookup(code) == .outOfScope, "\(code)")
      outside += 1
    }
    #expect(outside == 218)
  }

  @Test func noOtherCodeWasEverOne() {
    var known = 0
    for kind in ["E05", "E06", "E07", "E08", "E09", "E10", "W06", "W07", "S12", "N09", "X09", "e09"] {
      for number in 0..<1_200 {
        let digits = String(number)
        let code = kind + String(repeating: "0", count: 6 - digits.count) + digits
        if AreaTable.lookup(code) != .never { known += 1 }
      }
    }
    #expect(known == 183 + 14 + 218)
  }

  @Test(
    arguments: [
      "", "E", "E0900002", "E090000222", "E09000022 ", " E0900002", "e09000022", "E0900002O", "E09-00022", "E09/00022",
      "Lambeth", "E23000001", "E09000256", "E09999999", "E0900002\u{0}", "É9000022", "E09٠٠٠٠",
    ])
  func malformedCodesAreNone(code: String) { #expect(AreaTable.lookup(code) == .never) }

  @Test func forcesAreThoseOfTheTable() {
    let expected = Set(
      extended.compactMap { row in row["pfa_code"].flatMap { code in row["force_area"].map { [code, $0] } } })
    #expect(Set(Force.allCases.map { [$0.code, $0.name] }) == expected)
    #expect(Force.allCases.count == Force.count)
    #expect(Force.allCases.map(\.code) == Force.allCases.map(\.code).sorted())
    for force in Force.allCases { #expect(Force(named: force.name) == force) }
    #expect(Force(named: "metropolitan police") == nil)
  }

  @Test func canonicalTextHoldsEveryRow() {
    let kinds = AreaTable.canonicalText.split(separator: "\n").map { $0.prefix(while: { $0 != " " }) }
    #expect(kinds.filter { $0 == "area" }.count == AreaTable.count)
    #expect(kinds.filter { $0 == "force" }.count == Force.count)
    #expect(AreaTable.canonicalText.hasPrefix("force E23000001 Metropolitan Police\n"))
  }
}

@Suite struct BucketTests {
  @Test func bucketsStandInOrder() {
    let keys = (0..<Bucket.count).map { Bucket(index: $0).key }
    #expect(Set(keys).count == 203)
    #expect(keys[183] == "unattributed")
    #expect(keys[184] == "unattributed.E23000001")
    #expect(keys[202] == "unattributed.W15000003")
    #expect(Array(keys[184...]) == keys[184...].sorted())
    for index in 0..<Bucket.count { #expect(Bucket(index: index).index == index) }
  }

  @Test func anAreaIsItsOwnBucket() throws {
    guard case .current(let lambeth) = AreaTable.lookup("E09000022") else {
      Issue.record("not current")
      return
    }
    let bucket = Bucket(lambeth)
    #expect(bucket.key == "E09000022" && bucket.name == "Lambeth" && bucket.force?.name == "Metropolitan Police")
    #expect(bucket.area == lambeth && !bucket.isUnattributed)
  }

  @Test func unattributedBucketsNameTheirForce() throws {
    #expect(Bucket.unattributed(nil).name == "Unattributed")
    #expect(Bucket.unattributed(nil).force == nil && Bucket.unattributed(nil).isUnattributed)
    for force in Force.allCases {
      let bucket = Bucket.unattributed(force)
      #expect(bucket.force == force && bucket.area == nil && bucket.isUnattributed)
      #expect(bucket.key == "unattributed.\(force.code)" && bucket.name == "Unattributed, \(force.name)")
    }
  }

  @Test func aBucketIsOneByte() { #expect(MemoryLayout<Bucket>.size == 1) }
}
