import Incidents
import Testing

@testable import Demonstration

@Suite struct DemoScreenTests {
  private static let busy: DemoBoard = {
    var records = AreaTable.allCodes.map { Published.projection($0, today: 3, signals: 1) }
    records += (0..<40).map { Published.signal("s\($0)", "raised", severity: ["low", "medium", "high"][$0 % 3]) }
    records += (1...28).map { Published.day("E09000022", "2026-02-\($0 < 10 ? "0" : "")\($0)", $0 % 7) }
    records.append(Published.projection("E07000117", today: 1, force: "Lancashire", state: "silent"))
    records.append(Published.projection("E08000032", today: 1, force: "West Yorkshire", state: "late"))
    return Published.board(records)
  }()

  private static var facts: DemoFacts {
    var facts = DemoFacts()
    facts.address = "127.0.0.1:54321"
    facts.page = "http://127.0.0.1:8080/"
    facts.now = EventTime(milliseconds: 1_772_366_400_000)
    facts.imported = 1
    facts.sent = 31_415
    facts.rates = [1, 5, 2, 0, 3]
    facts.hotspot = "hotspot in Lambeth: a signal after 9 injuries, 7 s"
    return facts
  }

  @Test(arguments: [(80, 24), (60, 16), (100, 40), (132, 24), (200, 60), (40, 16)], [true, false])
  func everyScreenFits(size: (columns: Int, rows: Int), isBusy: Bool) {
    let board = isBusy ? Self.busy : DemoBoard()
    let lines = DemoScreen(board, Self.facts, columns: size.columns, rows: size.rows).lines(colour: false)
    #expect(lines.count <= size.rows)
    #expect(lines.allSatisfy { $0.count <= size.columns })
    // The last line is the one that says how to get out.
    #expect(lines.last?.hasPrefix(" q quits") == true)
    if isBusy { #expect(lines.count == size.rows) }
  }

  @Test func eightyColumnsShowWhatMatters() {
    let text = DemoScreen(Self.busy, Self.facts, columns: 80, rows: 24).lines(colour: false)
      .joined(separator: "\n")
    for part in [
      "Bellwether", "Sun 1 Mar 12:00:00", "kcat -C -b 127.0.0.1:54321", "3 events/s", "Standing signals  40",
      "▲ high", "9 knife injuries in Lambeth", "silent", "incidents of Lancashire: nothing since Fri 27 Feb 03:04",
      "http://127.0.0.1:8080/", "late", "refused  0 of 31415", "hotspot in Lambeth",
    ] {
      #expect(text.contains(part), "\(part)")
    }
  }

  @Test func colourIsOnlyWhereItIsWanted() {
    let screen = DemoScreen(Self.busy, Self.facts, columns: 80, rows: 24)
    #expect(!screen.lines(colour: false).joined().contains("\u{1B}"))
    let coloured = screen.lines(colour: true)
    #expect(coloured.joined().contains("\u{1B}[1;31m"))
    let bare = coloured.map { $0.replacing(/\u{1B}\[[0-9;]*m/, with: "") }
    #expect(bare == screen.lines(colour: false))
  }

  @Test func barsGrowWithTheirNumbers() {
    #expect(Bars.text([0, 1, 4, 8]) == " ▁▄█")
    #expect(Bars.text([]) == "")
    #expect(Bars.text([5]) == "█")
    #expect(Bars.text([0, 0]) == "  ")
  }

  @Test func sentencesAreWrappedAtBlanks() {
    #expect("one two three".wrapped(columns: 8, lines: 2) == ["one two", "three"])
    #expect("one two three".wrapped(columns: 8, lines: 1) == ["one tw …"])
    #expect("incomprehensibly".wrapped(columns: 8, lines: 2) == ["incompr…"])
    #expect("".wrapped(columns: 8, lines: 2) == [""])
  }

  @Test func clocksAreLondons() {
    #expect(DemoScreen.local(EventTime(milliseconds: 1_772_366_400_000)) == "Sun 1 Mar 12:00:00")
    // Sunday 29 March 2026, 01:30 UTC: an hour after the clocks went on.
    #expect(DemoScreen.local(EventTime(milliseconds: 1_774_747_800_000)) == "Sun 29 Mar 02:30:00")
    // Sunday 25 October 2026, 01:30 UTC: the second half past one.
    #expect(DemoScreen.local(EventTime(milliseconds: 1_792_891_800_000)) == "Sun 25 Oct 01:30:00")
  }
}

extension AreaTable {
  static var allCodes: [String] { (0..<UInt8(count)).map { code(AreaIndex($0)) } }
}
