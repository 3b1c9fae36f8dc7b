import Foundation
import Hotspots
import Incidents
import Testing

@testable import Wire

/// The frames that `topics/journal/examples` shows are read as those of the log are.
@Suite struct JournalExampleTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "topics/journal/examples")

  @Test(arguments: ["events", "events-of-tags-and-hospitals"]) func eventsAreScanned(name: String) throws {
    let file = try JSONValue(parsing: Array(Data(contentsOf: Self.folder.appending(path: "\(name).json"))))
    let value = Array(try #require(file["value"]?.string).utf8)
    let headers = try #require(file["headers"])
    let at = try #require(headers["at"]?.string.flatMap { Int64($0) })
    let count = try #require(headers["count"]?.string.flatMap { Int($0) })
    let frame = JournalFrame(kind: .events, at: EventTime(milliseconds: at), count: count, value: value)
    #expect(frame.checksum.description == headers["checksum"]?.string)
    var sources = SourceTable()
    #expect(try JournalLineTests.scan(value, &sources).count == count)
  }
}
