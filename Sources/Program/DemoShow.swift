import Arguments
import Demonstration
import Foundation
import Incidents
import Pipeline
import SimulatedEvents
import Wire

/// The course of the demonstration: feeds, looks, shows, until somebody has seen enough.
final class DemoShow {
  private let service: DemoService
  private let feed: DemoFeed
  private let viewer: DemoViewer
  private let terminal: DemoTerminal?
  private let log: DemoLog
  /// How long it goes on live; nil: until told to end.
  private let duration: Duration?
  private var hasQuit = false
  private var wentLive: ContinuousClock.Instant?
  private let rate: Double
  private let started = ContinuousClock.now
  private var hotspot: DemoHotspot?
  private var meter = DemoMeter()
  private var drawn: ContinuousClock.Instant?

  /// Without a terminal lines are printed.
  init(
    service: DemoService, plan: SimulationPlan, rate: Double, duration: Duration?, terminal: DemoTerminal?
  ) throws {
    self.service = service
    self.rate = rate
    self.duration = duration
    self.terminal = terminal
    feed = try DemoFeed(service: service, plan: plan)
    viewer = try DemoViewer(service: service)
    log = DemoLog(isQuiet: terminal != nil)
  }

  func run() throws -> ExitCode {
    defer {
      terminal?.end()
      feed.close()
      viewer.close()
    }
    log.say("embedded broker at \(service.broker.address): kcat -C -b \(service.broker.address) -t hotspot-signals")
    if let page = service.page { log.say("the page: http://\(page)/") }
    try importHistory()
    try goOnLive()
    terminal?.end()
    return try conclude()
  }

  // MARK: The two parts

  private func importHistory() throws {
    var week = 0
    while try goesOn(), try feed.importNext() {
      while try goesOn(), service.ingested < feed.sent || !service.hasJoined {
        Thread.sleep(forTimeInterval: 0.001)
        try look()
      }
      try look()
      if Int(feed.imported * 4) > week {
        week = Int(feed.imported * 4)
        log.say("week \(week) of 4 imported: \(feed.sent.grouped) events so far")
      }
    }
  }

  private func goOnLive() throws {
    guard try goesOn() else { return }
    _ = try service.catchUp(with: feed.sent)
    feed.goLive()
    wentLive = ContinuousClock.now
    let seconds = (ContinuousClock.now - started).components.seconds
    guard try goesOn() else { return }
    log.say("four weeks in \(seconds) s; live from here on")
    var pace = LivePace(rate: rate)
    while try goesOn() {
      for _ in 0..<pace.due() { try feed.sendLive() }
      try injectHotspot()
      try look()
      Thread.sleep(forTimeInterval: 0.02)
    }
  }

  /// Injuries in one area, one after the other, until a signal says so.
  private func injectHotspot() throws {
    if hotspot == nil, viewer.board.boroughs.count >= AreaTable.count / 2 {
      hotspot = DemoHotspot(board: viewer.board, at: service.clock.now())
      if let hotspot { log.say(hotspot.words) }
    }
    guard hotspot?.isDue == true, let area = hotspot?.area else { return }
    try feed.sendStabbing(in: area)
    hotspot?.wasFed()
  }

  // MARK: Looking

  /// False when it is time to end.
  private func goesOn() throws -> Bool {
    try service.check()
    if let duration, let wentLive, ContinuousClock.now - wentLive >= duration { return false }
    if terminal?.wantsToQuit() == true { hasQuit = true }
    return !service.stop.isSet && !hasQuit
  }

  /// Reads and shows, four times a second.
  private func look() throws {
    let moment = ContinuousClock.now
    if let drawn, moment - drawn < .milliseconds(feed.imported < 1 ? 500 : 250) { return }
    drawn = moment
    try viewer.read()
    meter.note(sent: feed.sent)
    if hotspot?.look(at: viewer.board, now: service.clock.now()) == true, let hotspot { log.say(hotspot.words) }
    if let terminal {
      let size = terminal.size
      terminal.draw(
        DemoScreen(viewer.board, facts, columns: size.columns, rows: size.rows).lines(colour: DemoTerminal.hasColour))
    } else if feed.imported >= 1 {
      log.look(at: viewer.board, facts)
    }
  }

  private var facts: DemoFacts {
    var facts = DemoFacts()
    facts.address = service.broker.address
    facts.page = service.page.map { "http://\($0)/" }
    facts.now = service.clock.now()
    facts.imported = feed.imported
    facts.sent = feed.sent
    facts.rates = meter.rates
    facts.hotspot = hotspot?.words ?? ""
    return facts
  }

  // MARK: The end

  /// Lets the service catch up and says what there was. With a duration given, the exit code says whether all was as it
  /// should be.
  private func conclude() throws -> ExitCode {
    guard try service.catchUp(with: feed.sent) else { return .fine }
    try viewer.read()
    _ = hotspot?.look(at: viewer.board, now: service.clock.now())
    let status = try ServiceStatus(names: service.names, log: service.log)
    let rejected = status.accounts.reduce(0) { $0 + $1.rejected }
    var faults: [String] = []
    if rejected != feed.poison {
      faults.append("\(rejected) events were refused, and \(feed.poison) were wrong on purpose")
    }
    if !status.accounts.allSatisfy(\.isConserved) { faults.append("the verdicts do not add up to the events") }
    if hotspot?.isRaised != true { faults.append("the injected hotspot was not raised") }
    if viewer.board.now == nil { faults.append("nothing was published") }
    Output.line(
      """
      \(feed.sent.grouped) events, \(rejected.grouped) refused, \(feed.poison.grouped) wrong on purpose, \
      \(viewer.board.standing.count.grouped) signals stand; \(hotspot?.words ?? "no hotspot was injected yet")
      """)
    guard duration != nil else { return .fine }
    for fault in faults { Output.complain(fault) }
    return faults.isEmpty ? .fine : .no
  }
}

/// Events a second: a number for each second, the newest last.
struct DemoMeter {
  private(set) var rates: [Int] = []
  private var last: (moment: ContinuousClock.Instant, sent: Int)?

  mutating func note(sent: Int) {
    let now = ContinuousClock.now
    guard let last else {
      self.last = (now, sent)
      return
    }
    let span = (now - last.moment) / .seconds(1)
    guard span >= 1 else { return }
    rates = (rates + [Int((Double(sent - last.sent) / span).rounded())]).suffix(60)
    self.last = (now, sent)
  }
}

/// How many events are due since the last question, on average so many a second.
struct LivePace {
  private let rate: Double
  private var last = ContinuousClock.now
  private var owed = 0.0

  init(rate: Double) { self.rate = rate }

  mutating func due() -> Int {
    let now = ContinuousClock.now
    // Who was held up does not make up for it in a burst.
    owed += min(1, (now - last) / .seconds(1)) * rate
    last = now
    let count = Int(owed)
    owed -= Double(count)
    return count
  }
}
