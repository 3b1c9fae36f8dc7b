import Foundation
import Incidents
import Testing
import Wire

@testable import PublicData

private let header =
  "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
  + "Last outcome category,Context"

/// A row with the given differences from a usual one.
private func row(
  id: String = "aa11", month: String = "2022-07", force: String = "City of London Police", longitude: String = "-0.1",
  latitude: String = "51.5", street: String = "On or near Fleet Street", code: String = "E01000936",
  name: String = "Camden 024A", category: String = "Drugs", outcome: String = "Under investigation"
) -> String {
  "\(id),\(month),\(force),\(force),\(longitude),\(latitude),\(street),\(code),\(name),\(category),\(outcome),"
}

private func file(_ rows: String..., end: String = "\n") -> String {
  ([header] + rows).map { $0 + end }.joined()
}

@Suite struct ImporterTests {
  @Test func aRowBecomesAnEvent() throws {
    let imported = try Imported(file(row(category: "Violence and sexual offences")))
    #expect(
      imported.records.map { String(decoding: $0.value ?? [], as: UTF8.self) } == [
        #"{"specversion":"1.0","id":"aa11.1","source":"/police/city-of-london","type":"incident.recorded","#
          + #""datacontenttype":"application/json","data":{"reference":"aa11.1","revision":1,"#
          + #""occurredFrom":"2022-06-30T23:00:00.000Z","occurredTo":"2022-07-31T23:00:00.000Z","imprecise":true,"#
          + #""offenceClass":"police-uk:violence-and-sexual-offences","location":{"area":"E09000007"}}}"#
      ])
    let record = try #require(imported.records.first)
    #expect(record.topic == "incidents")
    #expect(record.partition == nil)
    #expect(imported.references == ["aa11.1"])
    #expect(record.headers == [RecordHeader("content-type", "application/cloudevents+json")])
    #expect(imported.summary.rows == 1 && imported.summary.produced == 1 && imported.summary.refused == 0)
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func everyLineEndGivesTheSame(end: String) throws {
    let rows = [row(), row(id: ""), row(id: "", street: "\"Fleet Street, near\"")]
    let usual = try Imported(file(rows[0], rows[1], rows[2]))
    let other = try Imported("\u{FEFF}" + file(rows[0], rows[1], rows[2], end: end))
    #expect(other.references == usual.references)
    #expect(try other.events == usual.events)
    #expect(other.summary.rows == 3 && other.summary.produced == 3)
  }

  /// The rule of references: month, coordinates, LSOA, category make another event of an ID; nothing else does.
  @Test func ordinalsCountWhatDiffers() throws {
    let imported = try Imported(
      file(
        row(), row(outcome: "Offender given a caution"), row(longitude: "-0.2"), row(id: "bb22"),
        row(latitude: "51.6"), row(code: "E01000937"), row(name: "Camden 024B"), row(category: "Robbery"),
        row(month: "2022-08"), row(street: "On or near Strand"), row(longitude: "-0.2")))
    #expect(
      imported.references == [
        "aa11.1", "aa11.1", "aa11.2", "bb22.1", "aa11.3", "aa11.4", "aa11.5", "aa11.6", "aa11.7", "aa11.1", "aa11.2",
      ])
    #expect(imported.summary.repeated == 3)
    // The same reference has the same content: a duplicate, never a conflict.
    let values = Dictionary(grouping: imported.records) { $0.key ?? [] }.values
    #expect(values.allSatisfy { group in group.allSatisfy { $0.value == group[0].value } })
  }

  @Test func rowsWithoutAnIDAreKnownByTheirDigest() throws {
    let imported = try Imported(file(row(id: ""), row(id: ""), row(id: "", outcome: "x"), row(id: ""), row()))
    let references = imported.references
    let digests = references.map { $0.prefix { $0 != "." } }
    #expect(references.map { $0.drop { $0 != "." } } == [".1", ".2", ".1", ".3", ".1"])
    #expect(digests[0] == digests[1] && digests[0] == digests[3] && digests[0] != digests[2])
    #expect(digests[0].hasPrefix("row-") && digests[0].count == 36)
    #expect(imported.summary.withoutID == 4 && imported.summary.repeated == 0)
  }

  /// The digest is part of what is stored for good: it may never change. BLAKE2b-128 of 2 (a row), then each of the twelve
  /// fields behind its length in eight little-endian bytes; worked out with Python's hashlib.
  @Test func theDigestIsPinned() throws {
    #expect(try Imported(file(row(id: ""))).references == ["row-045060765f70e25ce364c7d9f49b0ef4.1"])
  }

  @Test func ordinalsCountWithinOneFile() throws {
    let first = try TemporaryFile(file(row(), row(longitude: "-0.2"), row(id: "")))
    let second = try TemporaryFile(file(row(longitude: "-0.3"), row(id: "")))
    let imported = try Imported([first.path, second.path])
    #expect(Array(imported.references.map { $0.suffix(2) }) == [".1", ".2", ".1", ".1", ".1"])
    #expect(imported.references[2] == imported.references[4])
    #expect(imported.summary.files == 2)
  }

  @Test func importingAgainGivesTheSame() throws {
    let file = try TemporaryFile(file(row(), row(id: ""), row(id: ""), row(longitude: "")))
    let once = try Imported([file.path])
    let twice = try Imported([file.path, file.path])
    #expect(twice.records.map(\.value) == once.records.map(\.value) + once.records.map(\.value))
  }

  @Test func columnsAreFoundByName() throws {
    let text = """
      LSOA name,Crime type,Crime ID,Something new,Month,Reported by,Longitude,Latitude,LSOA code
      Leeds 001A,Robbery,cc33,?,2018-07,West Yorkshire Police,1,2,E01011698

      """
    let event = try #require(try Imported(text).events.first)
    #expect(event.source == "/police/west-yorkshire")
    #expect(event.data.reference == "cc33.1")
    #expect(event.data.location.area == "E08000035")
    #expect(event.data.offenceClass == "police-uk:robbery")
  }

  @Test func placesAreAreaOrLSOAOrUnknown() throws {
    let imported = try Imported(
      file(
        row(code: "", name: ""), row(code: "E01014489", name: "\"Bristol, City of 032B\""),
        row(code: "E01033561", name: "Atlantis 001A"), row(code: "W01000001", name: ""),
        row(code: "", name: "Leeds 001A")))
    #expect(
      try imported.events.map(\.data.location) == [
        .init(unknown: true), .init(area: "E06000023"), .init(lsoa: "E01033561"), .init(lsoa: "W01000001"),
        .init(area: "E08000035"),
      ])
    #expect(imported.summary.withoutPlace == 1)
  }

  @Test func aCopyIsMovedAndKeptApart() throws {
    let text = file(row(), row(id: ""))
    let day: Int64 = 86_400_000
    let original = try Imported(text)
    let copy = try Imported(
      text, PoliceUKImporter(topic: "t.incidents", shift: 10 * day + 1, referenceSuffix: "-moved"))
    #expect(copy.references == original.references.map { $0 + "-moved" })
    let event = try #require(try copy.events.first)
    #expect(event.id == "aa11.1-moved" && event.data.reference == "aa11.1-moved")
    #expect(event.data.occurredFrom == "2022-07-10T23:00:00.001Z")
    #expect(event.data.occurredTo == "2022-08-10T23:00:00.001Z")
    #expect(copy.records.allSatisfy { $0.topic == "t.incidents" })
    // The summary speaks of the file's own months.
    #expect(copy.summary == original.summary)
  }

  @Test func aFailureToSendEndsTheImport() throws {
    struct Full: Error {}
    let file = try TemporaryFile(file(row(), row(id: "bb"), row(id: "cc")))
    var importer = PoliceUKImporter()
    var sent = 0
    #expect(throws: Full.self) {
      try importer.importFile(at: file.path) { _ in
        if sent == 1 { throw Full() }
        sent += 1
      }
    }
    #expect(importer.summary.produced == 1)
  }

  @Test func progressIsTold() throws {
    let text = header + "\n" + (0..<2500).map { row(id: "id\($0)") + "\n" }.joined()
    let file = try TemporaryFile(text)
    var importer = PoliceUKImporter()
    var told: [ImportProgress] = []
    try importer.importFile(at: file.path, progress: { told.append($0) }, send: { _ in })
    #expect(told.map(\.rows) == [1000, 2000])
    #expect(told.allSatisfy { $0.bytesInAll == Int64(text.utf8.count) && $0.bytesRead > 0 })
  }
}

@Suite struct RefusalTests {
  @Test(
    arguments: [
      (row(month: ""), .badMonth), (row(month: "2022-13"), .badMonth), (row(month: "2022-7"), .badMonth),
      (row(month: "1969-12"), .badMonth), (row(month: "９999-01"), .badMonth), (row(month: "2022-07-01"), .badMonth),
      (row(force: ""), .missingForce), (row(force: "Police"), .missingForce),
      (row(category: ""), .missingCategory), (row(category: "–"), .missingCategory),
      (row(code: "", name: "Atlantis 001A"), .badPlace), (row(code: "X01000001", name: ""), .badPlace),
      (row(code: "E0100000A", name: ""), .badPlace), (row(code: "E01000936", name: "Camden"), nil),
      (row(id: "a b"), .badCrimeID), (row(id: "\"a\"\"b\""), .badCrimeID), (row(id: "ä"), .badCrimeID),
      (row(id: String(repeating: "a", count: 129)), .badCrimeID),
      (row(id: String(repeating: "a", count: 128)), nil),
      (row() + ",", .wrongColumnCount), ("aa11,2022-07", .wrongColumnCount), ("x", .wrongColumnCount),
      ("\"aa\"x,2022-07", .badQuotes), (row(street: "\"Fleet Street"), .badQuotes),
      (String(repeating: "x", count: 20_000), .rowTooLong),
    ] as [(String, RefusalCode?)])
  func aBadRowIsNamedAndTheOthersGoOn(bad: String, code: RefusalCode?) throws {
    let imported = try Imported(file(row(id: "before"), bad, row(id: "behind")))
    let summary = imported.summary
    #expect(summary.rows == 3 && summary.rows == summary.produced + summary.refused)
    #expect(imported.references.first == "before.1" && imported.references.last == "behind.1")
    #expect(summary.refusals.map(\.code) == [code].compactMap { $0 })
    #expect(summary.refusals.allSatisfy { $0.row == 3 && !$0.reason.isEmpty && !$0.action.isEmpty })
    #expect(summary.refusedByCode == (code.map { [$0: 1] } ?? [:]))
  }

  @Test func brokenUTF8IsRefused() throws {
    let bytes = Array(file(row(name: "Camd?n 024A"), row(id: "behind")).utf8)
    let file = try TemporaryFile(bytes.map { $0 == UInt8(ascii: "?") ? 0xC3 : $0 })
    let imported = try Imported([file.path])
    #expect(imported.summary.refusals.map(\.code) == [.notText])
    #expect(imported.references == ["behind.1"])
  }

  @Test func aFileCutOffLosesItsLastRowOnly() throws {
    let whole = file(row(), row(id: "bb22"), row(id: "cc33"))
    let cut = try Imported(String(whole.dropLast(40)))
    #expect(cut.references == ["aa11.1", "bb22.1"])
    #expect(cut.summary.refusals.map(\.code) == [.wrongColumnCount])
    #expect(cut.summary.refusals.map(\.row) == [4])
  }

  @Test(
    arguments: [
      ("", "The file is empty.", 0, 1), ("\n\n", "The file is empty.", 0, 1),
      ("Month,Reported by\n2022-07,x\n2022-07,y\n", "The header has no column \"Crime ID\".", 2, 1),
      (
        header.replacing("LSOA name", with: "Where") + "\n" + row() + "\n", "The header has no column \"LSOA name\".",
        1, 1
      ),
      (header.replacing("Context", with: "Month") + "\n" + row() + "\n", "The header has \"Month\" twice.", 1, 1),
      ("\n\"Crime ID\n" + row() + "\n", "The header is not well-formed CSV.", 1, 2),
    ])
  func aBadHeaderRefusesTheFile(text: String, reason: String, rows: Int, headerRow: Int) throws {
    let bad = try TemporaryFile(text)
    let good = try TemporaryFile(file(row()))
    let imported = try Imported([bad.path, good.path])
    #expect(imported.references == ["aa11.1"])
    #expect(imported.summary.rows == rows + 1 && imported.summary.refused == rows)
    #expect(imported.summary.refusals.map(\.reason) == [reason])
    let refusal = try #require(imported.summary.refusals.first)
    #expect(refusal.code == .badHeader && refusal.row == headerRow && refusal.file == bad.path)
  }

  @Test func aRowThatMakesNoEventTakesNoOrdinal() throws {
    let imported = try Imported(file(row(code: "X", name: ""), row(), row(id: "", force: ""), row(id: "")))
    #expect(imported.references.map { $0.suffix(2) } == [".1", ".1"])
  }

  @Test func refusalsAreKeptInBounds() throws {
    let text = header + "\n" + String(repeating: "x\n", count: 1000)
    let summary = try Imported(text).summary
    #expect(summary.refused == 1000 && summary.refusedByCode == [.wrongColumnCount: 1000])
    #expect(summary.refusals.count == ImportSummary.refusalsKept)
    #expect(
      summary.refusals[0].description.hasSuffix(
        ", row 2: The row has 1 columns, the header 12. Quote fields that hold commas; download the file again if it is "
          + "cut off."))
  }
}
