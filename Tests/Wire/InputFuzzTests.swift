import Hotspots
import Incidents
import Testing

@testable import Wire

/// Damaged events of tags and hospitals, and damaged lines of them: nothing traps, what is taken is one line that reads alike
/// to a JSON parser and to the scanner, and what is refused leaves nothing.
@Suite struct InputFuzzTests {
  private static let seeds: [InputTopic: [String]] = [
    .tagBreaches: [
      Events.tagBreach(), Events.tagBreach(["knifeRelated": "false", "state": #""confirmed""#]),
      Events.tagBreach(["location": #"{"lsoa":"E01003013","method":"rf"}"#, "responsibleArea": #""E09000022""#]),
      Events.tagBreach(["detectedAt": #""2026-03-01T20:56:00Z""#, "occurredTo": #""2026-03-05T20:56:00Z""#]),
    ],
    .hospital: [
      Events.attendance(), Events.attendance(["location": nil, "arrivedAt": #""2026-03-01T21:00:00Z""#]),
      Events.return(), Events.return(["assaults": "[]"]),
      Events.return(["assaults": "[\(Events.assault(["locationType": #""a}\"{""#, "ageBand": #""55plus""#]))]"]),
    ],
  ]

  @Test(arguments: [InputTopic.tagBreaches, .hospital], [1, 2] as [UInt64])
  func damagedEventsAreAnsweredOrAreLines(topic: InputTopic, seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let seeds = try #require(Self.seeds[topic]).map { Array($0.utf8) }
    var translator = EventTranslator(topic: topic, sources: nil)
    var lines: [UInt8] = []
    var accepted = 0
    var codes: Set<RejectionCode> = []
    for _ in 0..<5_000 {
      var bytes = seeds[Int.random(in: 0..<seeds.count, using: &generator)]
      TranslatorFuzzTests.mutate(&bytes, &generator)
      var batch = RecordBatch()
      batch.add(bytes, topic: topic)
      lines.removeAll(keepingCapacity: true)
      if let rejection = translator.translate(batch.records[0], of: batch, at: Events.arrival, into: &lines) {
        #expect(lines.isEmpty && !"\(rejection)".contains("secret"))
        codes.insert(rejection.code)
      } else {
        accepted += 1
        try expectAgreement(lines)
      }
    }
    #expect(accepted > 500 && codes.count > 8, "seed \(seed): \(accepted) accepted, \(codes)")
  }

  private func expectAgreement(_ line: [UInt8]) throws {
    let value = try JSONValue(parsing: line)
    var sources = SourceTable()
    var sites = SiteTable()
    let events = try JournalLineTests.scan(line, &sources, &sites)
    try #require(events.count == 1 && value.duplicateName == nil)
    let event = events[0]
    #expect(Int64(event.revision) == value["revision"]?.integer && event.topic.name == value["from"]?[0]?.string)
    #expect(event.site.map(sites.name) == value["site"]?.string)
    #expect(value["device"] == nil && value["wearer"] == nil)
    guard event.kind == .return else {
      #expect(event.occurredFrom.milliseconds == value["occurredFrom"]?.integer && event.precision == .exact)
      return
    }
    let rows = try #require(value["assaults"]?.elements)
    #expect(rows.map { $0["occurredFrom"]?.integer } == event.rows.map(\.occurredFrom.milliseconds))
    for (row, scanned) in zip(rows, event.rows) {
      switch scanned.place {
      case .area(let area): #expect(row["area"]?.string == AreaTable.code(area))
      case .unplaced(let reason): #expect(row["unplaced"]?.string == reason.name)
      }
      #expect(scanned.measures.contains(.hospitalKnife) == (row["mechanism"]?.string == "knife"))
    }
  }

  @Test(arguments: [InputTopic.tagBreaches, .hospital]) func damagedLinesAreErrorsOrEvents(topic: InputTopic) throws {
    var generator = SplitMix64(seed: 7)
    let good = try #require(Self.seeds[topic]).map { Array(translate($0, topic: topic).line.utf8) }
    var errors = 0
    for _ in 0..<10_000 {
      var bytes = good[Int.random(in: 0..<good.count, using: &generator)]
      TranslatorFuzzTests.mutate(&bytes, &generator)
      var sources = SourceTable()
      var sites = SiteTable()
      do {
        let events = try JournalLineTests.scan(bytes, &sources, &sites)
        for event in events {
          #expect(Int(event.source.value) < sources.count && event.site.map { Int($0.value) < sites.count } != false)
        }
      } catch {
        errors += 1
        #expect(error.position >= 0 && error.position <= bytes.count)
      }
    }
    #expect(errors > 2_000 && errors < 10_000, "\(errors) errors")
  }
}
