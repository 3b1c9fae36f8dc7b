import Hotspots
import Incidents
import Testing

@testable import Wire

@Suite struct HospitalTranslatorTests {
  private func translate(_ event: String) -> (rejection: Rejection?, line: String) {
    WireTests.translate(event, topic: .hospital)
  }

  private func member(_ name: String, _ event: String) throws -> String {
    let (rejection, line) = translate(event)
    try #require(rejection == nil, "\(event)")
    return try #require(JSONValue(parsing: Array(line.utf8))[name]?.string)
  }

  private func scan(_ line: String) throws -> (event: JournalEvent, site: String) {
    var sources = SourceTable()
    var sites = SiteTable()
    let events = try JournalLineTests.scan(Array(line.utf8), &sources, &sites)
    try #require(events.count == 1)
    return (events[0], try #require(events[0].site.map(sites.name)))
  }

  @Test func anAttendanceIsOneLine() throws {
    let event = Events.attendance([
      "arrivedAt": #""2026-03-01T21:30:00Z""#, "ageBand": #""18-24""#, "locationType": #""pub, \"The Bell\"""#,
    ])
    let (rejection, line) = translate(event)
    #expect(rejection == nil)
    let expected = """
      "revision":1,"type":"hospital.attendance","source":"/police/test","site":"RJZ01","area":"E09000022",\
      "occurredFrom":1772398500000,"mechanism":"knife","ageBand":"18-24","locationType":"pub, \\"The Bell\\"",\
      "assaultAt":1772398500000,"arrivedAt":1772400600000,"reference":"A-1","sent":{"area":"E09000022"},\
      "from":["hospital",0,0]}

      """
    #expect(line.hasSuffix(expected), "\(line)")
    let (scanned, site) = try scan(line)
    #expect(scanned.topic == .hospital && scanned.kind == .fact && site == "RJZ01" && scanned.precision == .exact)
    #expect(scanned.measures == AssaultRules.measures(mechanism: .knife) && scanned.rows.isEmpty)
  }

  @Test func theAssaultCountsBeforeTheArrival() throws {
    let (_, line) = translate(Events.attendance(["arrivedAt": #""2026-03-01T21:30:00Z""#, "assaultAt": nil]))
    #expect(try scan(line).event.occurredFrom.milliseconds == 1_772_400_600_000)
    #expect(!line.contains("assaultAt"))
  }

  @Test func withoutAPlaceTheSiteIsLeft() throws {
    let (rejection, line) = translate(Events.attendance(["location": nil, "responsibleArea": #""E09000022""#]))
    #expect(rejection == nil && line.contains(#""unplaced":"notGiven""#) && !line.contains("responsibleArea"))
    #expect(try scan(line).event.place == .unplaced(.notGiven))
  }

  @Test func aReturnIsOneLineWithItsRows() throws {
    let rows = [
      Events.assault(["ageBand": #""under18""#, "arrivedAt": #""2026-02-15T00:10:00Z""#, "locationType": #""a}\"{b""#]),
      Events.assault(["location": nil, "mechanism": #""blunt""#]),
      Events.assault([
        "location": #"{"lsoa":"E01003013"}"#, "mechanism": #""bottleOrGlass""#, "assaultAt": #""2026-02-01T00:00:00Z""#,
      ]),
    ]
    let (rejection, line) = translate(Events.return(["assaults": "[\(rows.joined(separator: ","))]"]))
    #expect(rejection == nil)
    let expected = """
      "revision":1,"type":"hospital.return","source":"/police/test","site":"RJZ01","periodStart":"2026-02-01",\
      "periodEnd":"2026-02-28","assaults":[{"occurredFrom":1771111800000,"area":"E09000022","mechanism":"knife",\
      "ageBand":"under18","locationType":"a}\\"{b","arrivedAt":1771114200000,"sent":{"area":"E09000022"}},\
      {"occurredFrom":1771111800000,"unplaced":"notGiven","mechanism":"blunt","sent":{}},\
      {"occurredFrom":1769904000000,"area":"E09000022","mechanism":"bottleOrGlass","sent":{"lsoa":"E01003013"}}],\
      "from":["hospital",0,0]}

      """
    #expect(line.hasSuffix(expected), "\(line)")
    let (scanned, site) = try scan(line)
    #expect(scanned.kind == .return && site == "RJZ01" && scanned.measures == [])
    let days = try #require(scanned.period)
    #expect("\(days.lowerBound) \(days.upperBound)" == "2026-02-01 2026-02-28")
    let placed = LSOATable.area(of: "E01003013".utf8.span)
    let lambeth = try #require(placed)
    #expect(
      scanned.rows == [
        ReturnRow(
          place: .area(lambeth), occurredFrom: EventTime(milliseconds: 1_771_111_800_000),
          measures: AssaultRules.measures(mechanism: .knife)),
        ReturnRow(
          place: .unplaced(.notGiven), occurredFrom: EventTime(milliseconds: 1_771_111_800_000),
          measures: AssaultRules.measures(mechanism: .blunt)),
        ReturnRow(
          place: .area(lambeth), occurredFrom: EventTime(milliseconds: 1_769_904_000_000),
          measures: AssaultRules.measures(mechanism: .bottleOrGlass)),
      ])
  }

  @Test func aPeriodWithoutAssaultsIsTaken() throws {
    let (rejection, line) = translate(Events.return(["assaults": "[]"]))
    #expect(rejection == nil && line.contains(#""assaults":[],"from""#))
    #expect(try scan(line).event.rows.isEmpty)
  }

  /// The days of a period are London's: in summer they begin at 23:00 UTC.
  @Test(
    arguments: [
      ("2025-05-31T22:59:59.999Z", false), ("2025-05-31T23:00:00Z", true), ("2025-06-30T22:59:59.999Z", true),
      ("2025-06-30T23:00:00Z", false), ("2025-07-01T00:30:00+02:00", true),
    ])
  func periodsAreOfLondonDays(time: String, isWithin: Bool) {
    let row = Events.assault(["assaultAt": "\"\(time)\""])
    let (rejection, _) = translate(
      Events.return(["periodStart": #""2025-06-01""#, "periodEnd": #""2025-06-30""#, "assaults": "[\(row)]"]))
    #expect((rejection == nil) == isWithin)
    if !isWithin { #expect(rejection?.code == .badPeriod && rejection?.member == "/data/assaults/0/assaultAt") }
  }

  @Test func aReturnIsOfItsSourceSiteAndPeriod() throws {
    let expected = try member("identity", Events.return())
    #expect(
      try member("identity", Events.return(["revision": "2", "assaults": "[]", "reference": #""R""#])) == expected)
    let others: [[String: String?]] = [
      ["site": #""RJZ02""#], ["periodStart": #""2026-02-02""#], ["periodEnd": #""2026-03-01""#],
    ]
    var identities = try others.map { try member("identity", Events.return($0)) }
    identities.append(try member("identity", Events.return(event: ["source": #""/nhs/other""#])))
    // No attendance can be named so that it would be taken for a return.
    identities.append(try member("identity", Events.attendance(["reference": #""2026-02-012026-02-28RJZ01""#])))
    #expect(Set(identities + [expected]).count == identities.count + 1)
  }

  @Test func contentIsWhatTheRowsSayInTheirOrder() throws {
    func content(_ rows: [String]) throws -> String {
      try member("content", Events.return(["assaults": "[\(rows.joined(separator: ","))]"]))
    }
    let one = Events.assault()
    let other = Events.assault(["mechanism": #""blunt""#])
    #expect(try content([one, other]) == content([Events.assault(["ageBand": #""unknown""#, "x": "1"]), other]))
    let all = [
      [], [one], [one, one], [one, other], [other, one], [Events.assault(["location": nil])],
      [Events.assault(["ageBand": #""55plus""#])], [Events.assault(["locationType": #""street""#])],
      [Events.assault(["arrivedAt": #""2026-02-15T00:00:00Z""#])],
    ]
    #expect(try Set(all.map(content)).count == all.count)
    #expect(try member("content", Events.return()) == member("content", Events.return(["periodEnd": #""2026-02-27""#])))
  }

  @Test(
    arguments: [
      (["site": nil, "revision": nil], RejectionCode.missingMember, "/data/revision"),
      (["assaultAt": nil, "mechanism": nil], .missingMember, "/data/assaultAt"),
      (["site": #""""#], .wrongType, "/data/site"), (["locationType": "5"], .wrongType, "/data/locationType"),
      (["ageBand": #""17""#, "mechanism": #""sword""#], .badEnumeration, "/data/mechanism"),
      (["arrivedAt": #""2026-03-02T00:10:01Z""#], .inFuture, "/data/arrivedAt"),
      (["assaultAt": #""2026-03-02T00:10:01Z""#], .inFuture, "/data/assaultAt"),
      (["assaultAt": #""1969-12-31T23:59:59Z""#], .beforeHistory, "/data/assaultAt"),
      (["location": "{}"], .locationMissing, "/data/location"),
      (["location": #"{"easting":5,"northing":6}"#], .placesNotLoaded, "/data/location"),
    ] as [([String: String?], RejectionCode, String)])
  func faultsOfAttendances(changes: [String: String?], code: RejectionCode, member: String) {
    let (rejection, line) = translate(Events.attendance(changes))
    #expect(rejection?.code == code && rejection?.member == member && line.isEmpty, "\(changes) \(rejection as Any)")
  }

  @Test(
    arguments: [
      (["site": nil, "revision": nil], RejectionCode.missingMember, "/data/site"),
      (["periodEnd": nil, "revision": nil], .missingMember, "/data/periodEnd"),
      (["revision": nil, "assaults": nil], .missingMember, "/data/revision"),
      (["assaults": nil], .missingMember, "/data/assaults"), (["assaults": "{}"], .wrongType, "/data/assaults"),
      (["assaults": "null"], .wrongType, "/data/assaults"), (["revision": "0.5"], .badRevision, "/data/revision"),
      (["periodStart": #""2026-02-30""#], .badTime, "/data/periodStart"),
      (["periodEnd": #""2026-02-28T00:00:00Z""#], .badTime, "/data/periodEnd"),
      (["periodStart": "20260201"], .wrongType, "/data/periodStart"),
      (["periodStart": #""2026-03-01""#, "assaults": "[]"], .badPeriod, "/data/periodEnd"),
      (["assaults": #"[{"assaultAt":"2026-02-14T23:30:00Z","mechanism":"knife"},5]"#], .wrongType, "/data/assaults/1"),
      (["assaults": "[null]"], .wrongType, "/data/assaults/0"),
    ] as [([String: String?], RejectionCode, String)])
  func faultsOfReturns(changes: [String: String?], code: RejectionCode, member: String) {
    let (rejection, line) = translate(Events.return(changes))
    #expect(rejection?.code == code && rejection?.member == member && line.isEmpty, "\(changes) \(rejection as Any)")
  }

  /// One bad row refuses the whole return and is named; of several the first by code, then by place.
  @Test(
    arguments: [
      ([17: ["mechanism": #""sword""#]], RejectionCode.badEnumeration, "17/mechanism"),
      ([17: ["mechanism": nil], 3: ["mechanism": #""sword""#]], .missingMember, "17/mechanism"),
      ([17: ["assaultAt": nil], 3: ["mechanism": nil]], .missingMember, "3/mechanism"),
      ([4: ["mechanism": nil, "assaultAt": nil]], .missingMember, "4/assaultAt"),
      ([0: ["assaultAt": #""2026-01-31T23:59:59Z""#]], .badPeriod, "0/assaultAt"),
      ([0: ["location": #"{"area":"E09000099"}"#], 1: ["location": #"{"area":5}"#]], .wrongType, "1/location/area"),
      ([2: ["location": #"{"area":"E09000022","area":"E09000022"}"#]], .notJSON, "2/location/area"),
      ([5: ["ageBand": "null"]], .wrongType, "5/ageBand"),
      ([6: ["arrivedAt": #""2026-02-15""#]], .badTime, "6/arrivedAt"),
      ([7: ["arrivedAt": #""2026-04-01T00:00:00Z""#]], .inFuture, "7/arrivedAt"),
      ([8: ["location": #"{"latitude":51.5,"longitude":0}"#]], .placesNotLoaded, "8/location"),
      ([9: ["location": "[]"]], .wrongType, "9/location"),
      ([10: ["locationType": #""""#]], .wrongType, "10/locationType"),
    ] as [([Int: [String: String?]], RejectionCode, String)])
  func oneBadRowRefusesTheReturn(changes: [Int: [String: String?]], code: RejectionCode, member: String) {
    let rows = (0..<20).map { Events.assault(changes[$0] ?? [:]) }.joined(separator: ",")
    let (rejection, line) = translate(Events.return(["assaults": "[\(rows)]"]))
    #expect(rejection?.code == code && rejection?.member == "/data/assaults/\(member)" && line.isEmpty)
  }

  /// What an assault does not say it does not inherit from the one before.
  @Test func rowsAreReadApart() {
    let rows = [Events.assault(), Events.assault(["mechanism": nil])].joined(separator: ",")
    #expect(translate(Events.return(["assaults": "[\(rows)]"])).rejection?.member == "/data/assaults/1/mechanism")
  }

  @Test func aReturnOfTheLargestSizeIsOneLine() throws {
    let row = Events.assault()
    let count = (262_144 - Events.return(["assaults": "[]"]).utf8.count) / (row.utf8.count + 1)
    let rows = [String](repeating: row, count: count).joined(separator: ",")
    let (rejection, line) = translate(Events.return(["assaults": "[\(rows)]"]))
    #expect(rejection == nil)
    #expect(try scan(line).event.rows.count == count)
    // Well within one message of the journal.
    #expect(line.utf8.count < 512 << 10)
  }
}
