import Incidents
import Pipeline
import Testing
import Wire

@testable import Demonstration

/// Records as the service publishes them.
enum Published {
  static let names = Names(prefix: "")

  static func projection(
    _ code: String, today: Int, week: Int = 7, signals: Int = 0, force: String = "Metropolitan Police",
    state: String = "current", now: String = "2026-03-01T12:00:00.000Z"
  ) -> (topic: String, value: String) {
    guard case .current(let area) = AreaTable.lookup(code) else { preconditionFailure("no area \(code)") }
    let standing = Array(repeating: #"{"id":"s","measure":"knifeCrime"}"#, count: signals).joined(separator: ",")
    return (
      "borough-projections",
      #"{"area":"\#(code)","name":"\#(AreaTable.name(area))","force":"\#(force)","now":"\#(now)","measures":"#
        + #"{"knifeCrime":{"7d":\#(week),"28d":28,"previous7d":5,"today":\#(today)}},"sources":{"incidents":"#
        + #"{"received":"2026-02-27T03:04:05.000Z","state":"\#(state)"}},"signals":[\#(standing)]}"#
    )
  }

  static func day(_ code: String, _ day: String, _ count: Int) -> (topic: String, value: String) {
    ("borough-days", #"{"area":"\#(code)","day":"\#(day)","measures":{"knifeCrime":{"count":\#(count)}}}"#)
  }

  static func signal(
    _ id: String, _ status: String, severity: String = "low", area: String = "E09000022",
    raisedAt: String = "2026-03-01T10:00:00.000Z"
  ) -> (topic: String, value: String) {
    (
      "hotspot-signals",
      #"{"id":"\#(id)","status":"\#(status)","area":"\#(area)","measure":"knifeInjury","severity":"\#(severity)","#
        + #""raisedAt":"\#(raisedAt)","score":4.5,"explanation":"9 knife injuries in Lambeth on Sunday 1 March "#
        + #"where about 3 are usual; the most in a day since 4 January."}"#
    )
  }

  static func board(_ records: [(topic: String, value: String)]) -> DemoBoard {
    var board = DemoBoard()
    var batch = RecordBatch()
    for (topic, value) in records {
      let key = (try? JSONValue(parsing: Array(value.utf8)))?["area"]?.string.map { key in
        Array(key.utf8).withUnsafeBytes { batch.append($0) }
      }
      let value = Array(value.utf8).withUnsafeBytes { batch.append($0) }
      batch.append(
        record: RecordBatch.Record(
          source: batch.index(of: TopicPartition(topic, 0)), offset: 0, timestamp: -1, key: key, value: value,
          firstHeader: 0, headerCount: 0))
    }
    board.take(batch, names: names)
    return board
  }
}

@Suite struct DemoBoardTests {
  @Test func theNewestRecordCounts() {
    let board = Published.board([
      Published.projection("E09000022", today: 1), Published.projection("E09000022", today: 2),
      Published.day("E09000022", "2026-02-28", 4), Published.day("E09000022", "2026-02-28", 6),
      Published.signal("a", "raised"), Published.signal("a", "cleared"), Published.signal("b", "raised"),
    ])
    #expect(board.boroughs["E09000022"]?.today == 2)
    #expect(board.boroughs["E09000022"]?.days.values.map { $0 } == [6])
    #expect(board.standing.map(\.id) == ["b"])
    #expect(board.now.map(RFC3339.text) == "2026-03-01T12:00:00.000Z")
  }

  @Test func whereToLookComesFirst() {
    let board = Published.board([
      Published.projection("E09000001", today: 9, force: "City of London", state: "late"),
      Published.projection("E09000022", today: 1, signals: 1), Published.projection("E09000025", today: 3),
      Published.projection("E08000032", today: 3, week: 8, force: "West Yorkshire", state: "silent"),
      Published.signal("low", "raised"), Published.signal("old", "raised", severity: "high"),
      Published.signal("new", "updated", severity: "high", raisedAt: "2026-03-01T11:00:00.000Z"),
      Published.signal("gone", "withdrawn", severity: "high"),
    ])
    #expect(board.ranked.map(\.name) == ["Lambeth", "City of London", "Bradford", "Newham"])
    #expect(board.standing.map(\.id) == ["new", "old", "low"])
    #expect(board.overdue.map(\.state) == ["silent", "late"])
  }

  @Test func aHotspotIsRaisedWhenItsSignalIsNew() throws {
    guard case .current(let area) = AreaTable.lookup("E09000022") else { return }
    let board = Published.board([Published.signal("a", "raised")])
    func time(_ text: String) throws -> EventTime { try RFC3339.parse(text.utf8.span).get() }
    #expect(board.hasSignal(on: area, since: try time("2026-03-01T10:00:00Z")))
    #expect(!board.hasSignal(on: area, since: try time("2026-03-01T10:00:01Z")))
    #expect(!board.hasSignal(on: AreaIndex(area.value + 1), since: try time("2026-03-01T10:00:00Z")))
  }

  @Test func whatCannotBeReadIsPassedOver() {
    let board = Published.board([
      ("borough-projections", "{"), ("borough-projections", #"{"area":7}"#), ("hotspot-signals", "[]"),
      ("borough-days", #"{"area":"E09000022","day":"someday"}"#), ("journal", "{}"),
    ])
    #expect(board.boroughs.isEmpty)
  }
}
