import Foundation
import Incidents
import PipelineTesting
import Testing
import Wire

/// What docs/producers.md shows is true.
@Suite struct ProducerDocumentTests {
  private static func document() throws -> String {
    try String(contentsOf: SlowReference.root.appending(path: "docs/producers.md"), encoding: .utf8)
  }

  @Test func eachCodeHasItsEntryInTheOrderOfPrecedence() throws {
    let section = try #require(try Self.document().components(separatedBy: "## What each refusal means").last)
    let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { row in
      row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
    #expect(rows.map { $0[0] } == RejectionCode.allCases.map { "`\($0.name)`" })
    for row in rows { #expect(row.count == 3 && row.allSatisfy { $0.count > 3 }, "\(row)") }
  }

  @Test func eachExampleIsAccepted() throws {
    let blocks = try Self.document().components(separatedBy: "```json\n").dropFirst()
      .compactMap { $0.components(separatedBy: "```").first }
    let events = blocks.flatMap { $0.split(separator: "\n") }.map { Array($0.utf8) }
    var validator = EventValidator()
    let at = EventTime(milliseconds: 1_780_000_000_000)
    var types: Set<String> = []
    for event in events {
      let rejection = validator.check(event, at: at)
      #expect(
        rejection == nil, "\(rejection.map(String.init(describing:)) ?? "") \(String(decoding: event, as: UTF8.self))")
      #expect(validator.key(of: event) != nil)
      if let type = try JSONValue(parsing: event)["type"]?.string { types.insert(type) }
    }
    #expect(types == Set(JournalEventType.allCases.map { $0.name.description }))
  }
}
