import Foundation
import Incidents
import Testing

@testable import PublicData

@Suite struct AuthorityNamesTests {
  @Test(arguments: [
    ("Camden", "E09000007"), ("City of London", "E09000001"), ("Westminster", "E09000033"),
    ("Bristol, City of", "E06000023"), ("Bristol", "E06000023"), ("Herefordshire", "E06000019"),
    ("Kingston upon Hull", "E06000010"), ("St. Helens", "E08000013"), ("St Helens", "E08000013"),
    ("Kings Lynn and West Norfolk", "E07000146"), ("King’s Lynn & West Norfolk", "E07000146"),
    ("The Vale of Glamorgan", "W06000014"), ("Rhondda Cynon Taff", "W06000016"), ("Shepway", "E07000112"),
    // Former authorities keep the codes that they had; of names that went on under a new code, today's.
    ("Craven", "E07000163"), ("Barnsley", "E08000038"), ("Gateshead", "E08000037"), ("St Albans", "E07000240"),
    ("Northumberland", "E06000057"), ("Somerset", "E06000066"), ("South Somerset", "E07000189"),
  ])
  func namesAreFound(name: String, code: String) {
    #expect(AuthorityNames.code(of: name) == code)
  }

  @Test(arguments: ["", "Atlantis", "City of", "The", "London"])
  func othersAreNot(name: String) {
    #expect(AuthorityNames.code(of: name) == nil)
  }

  @Test(arguments: [
    ("Camden 024A", "Camden"), ("Bristol, City of 032B", "Bristol, City of"), ("Camden", nil), (" 024A", nil),
    ("Camden 24A", nil), ("Camden 0245", nil), ("Camden 024a", nil), ("", nil),
  ])
  func theAuthorityOfAnLSOA(name: String, authority: String?) {
    #expect(AuthorityNames.authority(ofLSOAName: name).map(String.init) == authority)
  }

  /// Every authority of the ONS's look-up is found by its name, and there under today's code or its own.
  @Test(.enabled(if: RealData.isThere, "the published files are not beside the package"))
  func theTableHoldsTheWholeLookUp() throws {
    let file = "lookups/la_all_codes.csv"
    var reader = try CSVReader.open(RealData.path(file))
    _ = try reader.next()
    let rows = Set(AuthorityNames.rows.split(separator: "\n").map(String.init))
    var found = 0
    while try reader.next() == .row {
      let fields = (0..<reader.fieldCount).map { String(decoding: reader.field($0) ?? [], as: UTF8.self) }
      let (code, name, active) = (fields[0], fields[1], fields[2])
      guard ["E06", "E07", "E08", "E09", "W06"].contains(String(code.prefix(3))) else { continue }
      found += 1
      #expect(rows.contains("\(code) \(name)"))
      let known = AuthorityNames.code(of: name)
      #expect(known == code || known == active, "\(name)")
    }
    #expect(found == 368 && rows.count == 368)
  }
}

@Suite struct StreetNamesTests {
  @Test(arguments: [
    ("City of London Police", "/police/city-of-london"), ("West Yorkshire Police", "/police/west-yorkshire"),
    ("Metropolitan Police Service", "/police/metropolitan"),
    ("Avon and Somerset Constabulary", "/police/avon-and-somerset"),
    ("Devon & Cornwall Police", "/police/devon-and-cornwall"), ("Dyfed-Powys Police", "/police/dyfed-powys"),
    ("British Transport Police", "/police/british-transport"),
    ("Police Service of Northern Ireland", "/police/northern-ireland"), ("Police", nil), ("", nil), ("\"{}\"", nil),
  ])
  func sources(force: String, source: String?) {
    #expect(StreetNames.source(ofForce: force) == source)
  }

  @Test(arguments: [
    ("Anti-social behaviour", "anti-social-behaviour"),
    ("Violence and sexual offences", "violence-and-sexual-offences"),
    ("Public disorder and weapons", "public-disorder-and-weapons"), ("  Drugs ", "drugs"), ("a\"b\\c", "a-b-c"),
  ])
  func categories(label: String, name: String) {
    #expect(StreetNames.hyphenated(label) == name)
  }
}

@Suite struct LondonMonthTests {
  @Test(arguments: [
    ("2022-01", "2022-01-01T00:00:00.000Z", "2022-02-01T00:00:00.000Z"),
    ("2022-03", "2022-03-01T00:00:00.000Z", "2022-03-31T23:00:00.000Z"),
    ("2022-04", "2022-03-31T23:00:00.000Z", "2022-04-30T23:00:00.000Z"),
    ("2022-10", "2022-09-30T23:00:00.000Z", "2022-11-01T00:00:00.000Z"),
    ("2022-12", "2022-12-01T00:00:00.000Z", "2023-01-01T00:00:00.000Z"),
    ("2024-02", "2024-02-01T00:00:00.000Z", "2024-03-01T00:00:00.000Z"),
    ("2000-02", "2000-02-01T00:00:00.000Z", "2000-03-01T00:00:00.000Z"),
    ("2100-02", "2100-02-01T00:00:00.000Z", "2100-03-01T00:00:00.000Z"),
  ])
  func bounds(text: String, from: String, to: String) throws {
    let month = try #require(LondonMonth(text.utf8))
    #expect(RFC3339.text(month.start) == from)
    #expect(RFC3339.text(month.end) == to)
    #expect(month.description == text)
  }

  /// Every month against the system's own calendar and time zone data.
  @Test func agreesWithTheTimeZoneDatabase() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: "Europe/London"))
    var last: LondonMonth?
    // The system's data end in 2037.
    for year in 1970...2037 {
      for number in 1...12 {
        let month = try #require(LondonMonth("\(year)-\(number < 10 ? "0" : "")\(number)".utf8))
        let date = try #require(calendar.date(from: DateComponents(year: year, month: number, day: 1)))
        #expect(month.start.milliseconds == Int64(date.timeIntervalSince1970) * 1000)
        if let last { #expect(last.end == month.start && last < month) }
        last = month
      }
    }
  }
}
