import Foundation
import Testing

@testable import PublicData

private func months(_ summary: ImportSummary) -> [String: Int] {
  Dictionary(uniqueKeysWithValues: summary.months.map { ($0.key.description, $0.value) })
}

/// The published files; the expected numbers were counted with another program (Python's csv module).
@Suite(.enabled(if: RealData.isThere, "the published files are not beside the package"))
struct RealFilesTests {
  private static let city = [
    (month: "2022-07", rows: 786, references: 784, withoutID: 75, withoutPlace: 78),
    (month: "2022-08", rows: 783, references: 780, withoutID: 76, withoutPlace: 50),
    (month: "2022-09", rows: 699, references: 698, withoutID: 89, withoutPlace: 52),
    (month: "2022-10", rows: 786, references: 786, withoutID: 124, withoutPlace: 42),
    (month: "2022-11", rows: 748, references: 748, withoutID: 93, withoutPlace: 39),
    (month: "2022-12", rows: 735, references: 734, withoutID: 62, withoutPlace: 43),
  ]

  private static func path(ofMonth month: String) -> String {
    RealData.path("policeuk_street/\(month)-city-of-london-street.csv")
  }

  @Test(arguments: city)
  func cityOfLondon(month: String, rows: Int, references: Int, withoutID: Int, withoutPlace: Int) throws {
    let imported = try Imported([Self.path(ofMonth: month)])
    let summary = imported.summary
    #expect(summary.rows == rows && summary.produced == rows && summary.refused == 0 && summary.refusals.isEmpty)
    #expect(Set(imported.references).count == references)
    #expect(summary.repeated == rows - references)
    #expect(summary.withoutID == withoutID && summary.withoutPlace == withoutPlace)
    #expect(months(summary) == [month: rows])
    // One reference, one content.
    let contents = Dictionary(grouping: imported.records) { $0.key ?? [] }.values
    #expect(contents.allSatisfy { Set($0.map(\.value)).count == 1 })
    #expect(try imported.events.allSatisfy { $0.source == "/police/city-of-london" && $0.id == $0.data.reference })
  }

  @Test func cityOfLondonInAll() throws {
    let imported = try Imported(Self.city.map { Self.path(ofMonth: $0.month) })
    #expect(imported.summary.files == 6)
    #expect(imported.summary.produced == 4537)
    // No reference of one month stands in another, rows without an ID included: the digest covers the month.
    #expect(Set(imported.references).count == Self.city.map(\.references).reduce(0, +))
    let first = try #require(try imported.events.first)
    #expect(first.id == "b92474cd106ff736692a72a78c10f561e9a85050e679c8bce0898c8ab8694bbe.1")
    #expect(first.data.offenceClass == "police-uk:drugs" && first.data.location.area == "E09000007")
    #expect(
      first.data.occurredFrom == "2022-06-30T23:00:00.000Z" && first.data.occurredTo == "2022-07-31T23:00:00.000Z")
    #expect(first.time == nil && first.data.recordedAt == nil && first.data.revision == 1)
  }

  @Test func westYorkshire() throws {
    let imported = try Imported([RealData.path("policeuk_street/2018-07-west-yorkshire-street.csv")])
    let summary = imported.summary
    #expect(summary.rows == 31_635 && summary.produced == 31_635 && summary.refused == 0)
    #expect(summary.withoutID == 5442 && summary.withoutPlace == 883 && summary.repeated == 0)
    #expect(Set(imported.references).count == 31_635)
    let events = try imported.events
    var areas: [String: Int] = [:]
    var categories: [String: Int] = [:]
    for event in events {
      areas[event.data.location.area ?? (event.data.location.unknown == true ? "unknown" : "?"), default: 0] += 1
      categories[event.data.offenceClass, default: 0] += 1
    }
    #expect(
      areas == [
        "E08000035": 10_726, "E08000032": 8202, "E08000034": 4812, "E08000036": 4440, "E08000033": 2559, "unknown": 883,
        "E08000038": 3, "E07000163": 3, "E07000165": 3, "E07000169": 2, "E06000011": 1, "E08000004": 1,
      ])
    #expect(categories["police-uk:violence-and-sexual-offences"] == 10_358)
    #expect(categories["police-uk:possession-of-weapons"] == 226)
    #expect(categories["police-uk:robbery"] == 327)
    #expect(categories.count == 14)
  }

  /// Carriage returns alone, as the files of 2014 have them, give what CRLF gives.
  @Test func aFileWithCarriageReturnsOnly() throws {
    let path = Self.path(ofMonth: "2022-12")
    let text = try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
    let copy = try TemporaryFile(text.replacingOccurrences(of: "\r\n", with: "\r"))
    let original = try Imported([path])
    let imported = try Imported([copy.path])
    #expect(imported.records.map(\.value) == original.records.map(\.value))
    #expect(imported.summary == original.summary)
  }

  @Test func theCopyOfATestEndsWhenItIsToldTo() throws {
    let path = Self.path(ofMonth: "2022-12")
    let day: Int64 = 86_400_000
    let copy = try Imported([path], PoliceUKImporter(shift: 3 * day, referenceSuffix: "-moved"))
    #expect(try copy.events.allSatisfy { $0.data.occurredTo == "2023-01-04T00:00:00.000Z" })
    let original = try Imported([path])
    #expect(Set(copy.references).isDisjoint(with: original.references))
  }
}
