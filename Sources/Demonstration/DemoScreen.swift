import Incidents

/// What is told besides what the topics say.
public struct DemoFacts: Sendable {
  /// Where the broker listens.
  public var address = ""
  /// Where the page is; nil without one.
  public var page: String?
  /// By the demonstration's clock.
  public var now = EventTime(milliseconds: 0)
  /// How much of the scripted span is imported, 0 … 1; 1 in live operation.
  public var imported = 0.0
  public var sent = 0
  /// Events a second, the newest last.
  public var rates: [Int] = []
  /// What has become of the hotspot that is injected.
  public var hotspot = ""

  public init() {}
}

/// The demonstration on a terminal: a full screen as lines, from what is known. At least 80 × 24; wider and higher uses
/// the room.
public struct DemoScreen {
  private let board: DemoBoard
  private let facts: DemoFacts
  private let columns: Int
  private let rows: Int

  /// Days in the bars of an area.
  private static let days = 28

  public init(_ board: DemoBoard, _ facts: DemoFacts, columns: Int, rows: Int) {
    self.board = board
    self.facts = facts
    self.columns = max(40, columns)
    self.rows = max(16, rows)
  }

  /// At most `rows` lines of at most `columns` letters.
  public func lines(colour: Bool) -> [String] {
    let tail = feeds() + [refusals(), footer()]
    let room = rows - 2 - 3 - tail.count
    let ranked = board.standing
    // Half for the signals, unless they need less.
    let signals = self.signals(ranked, room: max(2, min(room / 2, ranked.count * linesPerSignal)))
    let boroughs = self.boroughs(room: room - signals.count)
    let all =
      header() + [rule("Standing signals", "\(ranked.count)")] + signals
      + [rule("Knife crime by area", "\(board.boroughs.count) areas")] + boroughs + [rule("Sources", "")] + tail
    return all.prefix(rows).map { $0.rendered(columns: columns, colour: colour) }
  }

  // MARK: Parts

  private func header() -> [StyledLine] {
    var first = StyledLine(" Bellwether", .bold)
    first.add(
      facts.imported < 1
        ? "  importing four weeks  \(Self.progress(facts.imported))" : "  four weeks imported, now live", .dim)
    first.move(to: columns - 20)
    first.add(Self.local(facts.now), .bold)
    var second = StyledLine(" kcat -C -b \(facts.address) -t hotspot-signals", .mark)
    let rate = "\(facts.rates.last ?? 0) events/s "
    let bars = Bars.text(facts.rates.suffix(12))
    second.move(to: columns - rate.count - bars.count - 1)
    second.add(rate)
    second.add(bars, .mark)
    return [first, second]
  }

  private func rule(_ title: String, _ count: String) -> StyledLine {
    var line = StyledLine("── ", .dim)
    line.add(title, .bold)
    if !count.isEmpty { line.add("  \(count)", .plain) }
    line.add(" ")
    line.add(String(repeating: "─", count: max(0, columns - line.width)), .dim)
    return line
  }

  private var isWide: Bool { columns >= 132 }

  private var linesPerSignal: Int { isWide ? 1 : 2 }

  private func signals(_ ranked: [DemoBoard.Signal], room: Int) -> [StyledLine] {
    guard !ranked.isEmpty else { return [StyledLine(" none", .dim)] }
    var lines: [StyledLine] = []
    let shown = min(ranked.count, max(1, room / linesPerSignal))
    for signal in ranked.prefix(shown) {
      let parts = signal.explanation.wrapped(columns: columns - 12, lines: linesPerSignal)
      for (number, part) in parts.enumerated() {
        var line = StyledLine()
        line.add(number == 0 ? " ▲ \(signal.severity)" : "", Self.style(ofSeverity: signal.severity), column: 11)
        line.add(part)
        lines.append(line)
      }
    }
    return lines
  }

  private func boroughs(room: Int) -> [StyledLine] {
    guard room > 1 else { return [] }
    let name = min(34, max(18, columns - 58))
    var head = StyledLine(" ")
    head.add("", column: name)
    if isWide { head.add("", column: 22) }
    for title in ["today", "7 days", "before", "28 days"] { head.add(title, .dim, column: 8, right: true) }
    head.add("  the last \(barDays(name: name)) days", .dim)
    let today = LocalDay(containing: facts.now)
    let lines = board.ranked.prefix(room - 1).map { borough in
      var line = StyledLine(borough.signals > 0 ? "▲" : " ", .alarm)
      line.add(borough.name, borough.signals > 0 ? .bold : .plain, column: name)
      if isWide { line.add(borough.force, .dim, column: 22) }
      line.add("\(borough.today)", .bold, column: 8, right: true)
      line.add("\(borough.week)", column: 8, right: true)
      line.add("\(borough.weekBefore)", .dim, column: 8, right: true)
      line.add("\(borough.fourWeeks)", column: 8, right: true)
      line.add("  ")
      let span = barDays(name: name)
      let days = (0..<span).map { borough.days[today.advanced(by: Int32($0 - span + 1))] ?? 0 }
      line.add(Bars.text(days.dropLast()), .mark)
      line.add(Bars.text(days).suffix(1).description, .bold)
      return line
    }
    return [head] + lines
  }

  private func barDays(name: Int) -> Int { max(7, min(Self.days, columns - name - (isWide ? 22 : 0) - 36)) }

  private func feeds() -> [StyledLine] {
    var summary = StyledLine(" ")
    for topic in InputTopic.allCases {
      let states = board.feeds.values.filter { $0.topic == topic && $0.received != nil }.map(\.state)
      guard !states.isEmpty else { continue }
      summary.add("\(topic.name) ", .bold)
      summary.add("\(states.count { $0 == "current" }) current", .calm)
      for (state, style) in [("late", StyledLine.Style.warning), ("silent", .alarm)] {
        let count = states.count { $0 == state }
        if count > 0 { summary.add(" \(count) \(state)", style) }
      }
      summary.add("   ")
    }
    let overdue = board.overdue
    let lines = overdue.prefix(rows > 30 ? 4 : 2).map { feed in
      var line = StyledLine()
      line.add(" \(feed.state)", feed.state == "silent" ? .alarm : .warning, column: 9)
      line.add("\(feed.topic.name) of \(feed.force): ")
      line.add(feed.received.flatMap(Self.since) ?? "nothing yet", .dim)
      return line
    }
    return [summary] + lines
  }

  private func refusals() -> StyledLine {
    var line = StyledLine(" refused  ", board.refused > 0 ? .warning : .dim)
    line.add("\(board.refused) of \(facts.sent)")
    let codes = board.refusals.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
    for (number, (code, count)) in codes.enumerated() {
      let text = "\(number == 0 ? ": " : ", ")\(count) \(code)"
      guard line.width + text.count + 3 <= columns else {
        line.add(", …", .dim)
        break
      }
      line.add(text, .dim)
    }
    return line
  }

  private func footer() -> StyledLine {
    var line = StyledLine(" q quits", .dim)
    if let page = facts.page { line.add("  \(page)", .mark) }
    if !facts.hotspot.isEmpty { line.add("  \(facts.hotspot)", .bold) }
    return line
  }

  // MARK: Words

  private static func style(ofSeverity severity: String) -> StyledLine.Style {
    switch severity {
    case "high": .alarm
    case "medium": .warning
    default: .mark
    }
  }

  private static func progress(_ share: Double) -> String {
    let full = Int(share * 12)
    return String(repeating: "█", count: full) + String(repeating: "░", count: 12 - full) + " \(Int(share * 100)) %"
  }

  private static func since(_ text: String) -> String? {
    guard case .success(let time) = RFC3339.parse(text.utf8.span) else { return nil }
    return "nothing since \(local(time).dropLast(3))"
  }

  /// `Thu 26 Nov 01:12:44`, as clocks in London show it.
  public static func local(_ time: EventTime) -> String {
    let day = LocalDay(containing: time)
    let (_, month, dayOfMonth) = day.date
    let seconds = (time.milliseconds - day.start.milliseconds) / 1_000
    // On the two days a year on which the clocks change, the hour of the day is not the hours since midnight.
    let hours = seconds / 3_600 + Int64(LondonTime.offset(in: time.hour) - LondonTime.offset(in: day.startHour))
    func two(_ number: some BinaryInteger) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(weekdays[day.weekday]) \(dayOfMonth) \(months[month - 1]) "
      + "\(two(hours)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
  }

  private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}
