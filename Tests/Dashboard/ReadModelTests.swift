import Foundation
import Incidents
import Pipeline
import PipelineTesting
import SQLite
import Testing
import Wire

@testable import Dashboard

/// What is served, against what the topics hold.
@Suite struct ReadModelTests {
  /// However often it was ended in between, at whichever step, the model holds what the topics hold; and so does one that
  /// is built from them at once.
  @Test(arguments: [UInt64(41), 42])
  func equalsTheTopics(seed: UInt64) throws {
    let world = try World(seed: seed, records: 2_000)
    while !world.isFed {
      try world.advance()
      try world.serve(steps: world.random.below(5))
      if world.random.chance(3_000) { try world.restart() }
    }
    try world.finish()
    try world.serveUntilCaughtUp()
    try expectEqualToTopics(world)
    let built = try dump(world.model)
    try world.startAnew()
    try world.serveUntilCaughtUp()
    try expectEqualToTopics(world)
    #expect(try dump(world.model) == built)
  }

  /// Another journal under the same names: what was known of the old one is forgotten.
  @Test func anotherJournalBeginsAnew() throws {
    let world = try World(seed: 43, records: 500)
    try world.finish()
    try world.serveUntilCaughtUp()
    try world.model.begin(journal: world.model.view.journal)
    #expect(!world.model.view.projections.isEmpty)
    let sequence = world.model.view.lastSequence
    try world.model.begin(journal: String(repeating: "f", count: 32))
    #expect(world.model.view.projections.isEmpty)
    #expect(try world.model.positions().isEmpty)
    #expect(world.model.view.lastSequence == sequence, "numbers are not given twice")
    #expect(try world.model.signals(SignalQuery()).signals.isEmpty)
  }

  /// What is no record of the contract is passed over: it must not stop those that are.
  @Test func foreignRecordsAreSkipped() throws {
    let world = try World(seed: 44, records: 300)
    try world.finish()
    try world.service.feed([
      OutgoingRecord(topic: "borough-projections", key: Array("x".utf8), value: Array("{".utf8)),
      OutgoingRecord(topic: "hotspot-signals", key: nil, value: Array("[]".utf8)),
      OutgoingRecord(topic: "borough-days", key: Array("x:y".utf8), value: Array("{}".utf8)),
      OutgoingRecord(topic: "borough-projections", key: Array("x".utf8), value: nil),
      OutgoingRecord(topic: "incidents.rejections", key: nil, value: nil),
    ])
    try world.serveUntilCaughtUp()
    let newest = try world.newest(.boroughProjections)
    #expect(world.model.view.projections.count == newest.filter { ProjectionRecord($0.value) != nil }.count)
  }

  /// Sources that are made up by the thousand do not fill the disk.
  @Test func madeUpSourcesAreBounded() throws {
    let world = try World(seed: 45, records: 0)
    try world.service.feed(
      (0..<1_000).map { number in
        OutgoingRecord(
          topic: "incidents.rejections", key: Array("/made/up/\(number)".utf8), value: nil,
          headers: [RecordHeader("code", "notJSON"), RecordHeader("partition", "0"), RecordHeader("offset", "1")])
      })
    try world.serveUntilCaughtUp()
    let refusals = try world.model.refusals(hours: 24, of: .incidents)
    #expect(refusals.reduce(0) { $0 + $1.count } == 1_000)
    #expect(refusals.count == 201)
    #expect(refusals.first?.source == "other")
  }

  // MARK: -

  private func expectEqualToTopics(_ world: World, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let projections = try world.newest(.boroughProjections)
    #expect(projections.count > 20, sourceLocation: sourceLocation)
    #expect(world.model.view.projections.mapValues(\.bytes) == projections, sourceLocation: sourceLocation)

    let signals = try world.committed(world.names(.hotspotSignals))
    var lives: [String: [[UInt8]]] = [:]
    for record in signals.records {
      guard let value = record.value, let signal = SignalRecord(signals.copy(value)) else { continue }
      lives[signal.id, default: []].append(signal.bytes)
    }
    #expect(!lives.isEmpty, sourceLocation: sourceLocation)
    for (id, life) in lives { #expect(try world.model.life(of: id) == life, sourceLocation: sourceLocation) }

    for (key, value) in try world.newest(.boroughDays) {
      let parts = key.split(separator: ":")
      let day = try #require(LocalDay(String(parts[1])))
      let measures = try JSONValue(parsing: value)["measures"]
      for measure in Measure.allCases {
        let point = try world.model.series(of: String(parts[0]), measure, from: day, to: day, by: .day)[0]
        let expected = measures?[measure.name]
        #expect(point.count == expected?["count"]?.integer ?? 0, "\(key) \(measure)", sourceLocation: sourceLocation)
        let judgement = point.judgements["earsC2"]
        #expect(judgement == expected?["earsC2"], "\(key) \(measure)", sourceLocation: sourceLocation)
      }
    }

    let rejections = try world.committed(world.names(.incidentsRejections))
    var codes: [String: Int64] = [:]
    for record in rejections.records { codes[rejections.header("code", of: record) ?? "", default: 0] += 1 }
    var counted: [String: Int64] = [:]
    for row in try world.model.refusals(hours: 720, of: .incidents) { counted[row.code, default: 0] += row.count }
    #expect(counted == codes, sourceLocation: sourceLocation)
    #expect(!codes.isEmpty, sourceLocation: sourceLocation)
  }

  /// Every row of the tables that do not depend on when the model was built.
  private func dump(_ model: ReadModel) throws -> [String] {
    try model.ask { (database) throws(SQLiteError) in
      var rows: [String] = []
      for (table, columns) in [
        ("projections", 2), ("signals", 11), ("revisions", 3), ("days", 5), ("sources", 2), ("rejections", 11),
      ] {
        var statement = try database.prepare("SELECT * FROM \(table)")
        while try statement.step() { rows.append(table + (0..<columns).map { "|" + statement.text($0) }.joined()) }
      }
      return rows.sorted()
    }
  }
}
