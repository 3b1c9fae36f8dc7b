import Foundation
import Incidents
import PipelineTesting
import PublicData
import Testing
import Wire

/// Real files through the whole program on a real broker.
@Suite(.needsBrokerAndProgram) struct StreetFilesTests {
  static let cityOfLondon = (7...12).map { month in
    publicData("policeuk_street/2022-\(month < 10 ? "0" : "")\(month)-city-of-london-street.csv")
  }

  @Test func everyRowIsAccountedForAndImportingAgainChangesNothing() throws {
    let deployment = try Deployment()
    defer { deployment.program.removeFiles() }
    let again = try deployment.program("topics", "apply")
    #expect(again.exitCode == 0)
    #expect(again.output == "nothing to do\n")
    #expect(try deployment.program("topics", "check").exitCode == 0)

    let imported = try deployment.program.run(["import", "police-uk"] + Self.cityOfLondon)
    #expect(imported.exitCode == 0, "\(imported.output)\(imported.complaints)")
    try deployment.runUntilCaughtUp()
    try deployment.expectEqualToReference()
    try deployment.expectEachRecordOnce()
    let rows = try #require(try deployment.status().accounts.first)
    #expect(rows.received == 4_537)
    #expect(rows.rejected == 0)
    let before = try deployment.measures()
    #expect(before.count > 5)

    #expect(try deployment.program.run(["import", "police-uk"] + Self.cityOfLondon).exitCode == 0)
    try deployment.runUntilCaughtUp()
    let after = try #require(try deployment.status().accounts.first)
    #expect(after.received == 2 * rows.received)
    #expect(after.folded == rows.folded)
    #expect(after.duplicate == rows.duplicate + rows.received)
    #expect(try deployment.measures() == before)
    try deployment.expectEqualToReference()
    try expectNoCountPublishedAnew(deployment)
  }

  /// The same rows with their months moved so that the last ends yesterday, so that they fill the windows.
  @Test func theSameWithMonthsThatEndYesterday() throws {
    let deployment = try Deployment()
    defer { deployment.program.removeFiles() }
    let yesterday = LocalDay(containing: EventTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)))
    let end = try #require(LocalDay(year: 2023, month: 1, day: 1))
    let shift = yesterday.start.milliseconds - end.start.milliseconds
    var records: [OutgoingRecord] = []
    var importer = PoliceUKImporter(
      topic: deployment.names(.incidents), shift: shift, referenceSuffix: "-moved")
    for file in Self.cityOfLondon { try importer.importFile(at: file) { records.append($0) } }
    try deployment.send(records)
    try deployment.runUntilCaughtUp()
    try deployment.expectEqualToReference()
    let city = try #require(try deployment.measures()["E09000001"])
    #expect((city["openViolence"]?["365d"]?.integer ?? 0) > 300)
    #expect(city["openViolence"]?["28d"]?.integer == 0)
  }

  /// A month of a large force.
  @Test(.enabled(if: Program.isLong, "long: ops/test --long"))
  func westYorkshireLikewise() throws {
    let deployment = try Deployment()
    defer { deployment.program.removeFiles() }
    let file = publicData("policeuk_street/2018-07-west-yorkshire-street.csv")
    for round in 1...2 {
      #expect(try deployment.program("import", "police-uk", file).exitCode == 0)
      try deployment.runUntilCaughtUp()
      try deployment.expectEqualToReference()
      try deployment.expectEachRecordOnce()
      let rows = try #require(try deployment.status().accounts.first)
      #expect(rows.received == Int64(round) * 31_635)
      #expect(rows.folded + rows.duplicate == rows.received)
      #expect(rows.folded <= 31_635)
    }
    try expectNoCountPublishedAnew(deployment)
  }

  /// Within a journal hour no area is published twice with the same counts.
  private func expectNoCountPublishedAnew(_ deployment: Deployment) throws {
    var seen: Set<String> = []
    let batch = try deployment.read(deployment.names(.boroughProjections))
    for record in batch.records {
      guard let key = record.key, let value = record.value else { continue }
      let projection = try JSONValue(parsing: batch.copy(value))
      let hour = projection["now"]?.string?.prefix(13) ?? ""
      let isNew = seen.insert("\(batch.text(key)) \(hour) \(String(describing: projection["measures"]))").inserted
      #expect(isNew)
    }
  }
}
