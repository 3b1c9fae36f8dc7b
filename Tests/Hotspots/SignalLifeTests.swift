import Hotspots
import Incidents
import Testing

/// Whole histories through the fold, against the life of signals written down clause by clause.
@Suite struct SignalLifeTests {
  static let hour: Int64 = 3_600_000
  static let areas: [UInt8] = [0, 21]
  static let measures: [Measure] = [.knifeCrime, .knifeInjury, .knifeHomicide, .tagBreach]

  /// Bursts, late events, amendments to other days, areas and measures, retractions, settings that change, hours and days
  /// that pass, over both clock changes of 2026.
  @Test(arguments: [UInt64](1...8))
  func signalsEqualTheNaiveLife(seed: UInt64) {
    var history = RandomHistory(seed: seed)
    var fold = Fold(partition: 0)
    _ = fold.sourceTable.index(of: Array("/police/metropolitan".utf8).span)
    var naive = NaiveSignals(areas: Self.areas)
    var tally = Tally()
    for _ in 0..<history.frames {
      let frame = history.next()
      fold.begin(at: frame.at)
      naive.begin(at: frame.at)
      if let configuration = frame.configuration {
        fold.configure(configuration)
        naive.configure(configuration)
      } else {
        for event in frame.events {
          fold.apply(event)
          naive.apply(event)
        }
        naive.finish()
      }
      let signals = fold.finish()
      #expect(signals.map(\.told) == naive.told)
      for signal in signals { tally.note(signal) }
      guard signals.map(\.told) == naive.told else { return }
      for projection in fold.changedProjections() {
        guard let area = projection.bucket.area else { continue }
        let standing = projection.signals.map { "\($0.measure) \($0.severity) \($0.since.milliseconds)" }
        #expect(standing == naive.standing(area.value))
      }
    }
    // A history in which little happens would prove little.
    #expect(tally.counts.allSatisfy { $0 >= 2 } && tally.counts.reduce(0, +) >= 25, "\(tally)")
    #expect(tally.raisedAgain > 0 && tally.withdrawnAfterClearing > 0 && tally.severities.count > 1, "\(tally)")
    #expect(tally.hasGap == false)
  }

  /// What stands at the end hangs on the counts and the day alone, not on the way there.
  @Test(arguments: [UInt64](11...16))
  func whatStandsIsAFunctionOfCountsAndDay(seed: UInt64) {
    var history = RandomHistory(seed: seed, changesSettings: false)
    var frames: [RandomHistory.Frame] = []
    for _ in 0..<80 {
      var frame = history.next()
      // Of two contents under one revision the first in the journal stands: here the order must not matter.
      frame.events.removeAll { $0.content != 0 }
      frames.append(frame)
    }
    func standing(_ fold: Fold) -> [String] {
      var copy = fold
      return copy.changedProjections().flatMap { projection in
        projection.signals.map { "\(projection.bucket.key) \($0.id) \($0.severity)" }
      }
    }
    func folded(_ frames: [(EventTime, [JournalEvent])], _ configuration: Configuration) -> Fold {
      var fold = Fold(partition: 0)
      _ = fold.sourceTable.index(of: Array("/police/metropolitan".utf8).span)
      for (place, (at, events)) in frames.enumerated() {
        fold.begin(at: at)
        if place == 0 { fold.configure(configuration) }
        for event in events { fold.apply(event) }
        _ = fold.finish()
      }
      return fold
    }
    let settings = frames[0].configuration ?? Configuration()
    var stood = 0
    for count in stride(from: 5, through: frames.count, by: 5) {
      let past = frames.prefix(count)
      let lived = folded(past.map { ($0.at, $0.events) }, settings)
      let all = past.flatMap(\.events).reversed()
      let atOnce = folded([(frames[0].at, []), (frames[count - 1].at, Array(all))], settings)
      #expect(standing(lived) == standing(atOnce))
      #expect(lived.countsDigest == atOnce.countsDigest)
      stood += standing(lived).count
    }
    #expect(stood > 0)
  }

  struct Tally: CustomStringConvertible {
    var counts = [0, 0, 0, 0]
    var raisedAgain = 0
    var withdrawnAfterClearing = 0
    var severities: Set<Severity> = []
    var hasGap = false
    private var last: [SignalID: HotspotSignal] = [:]

    mutating func note(_ signal: HotspotSignal) {
      counts[Int(signal.status.rawValue)] += 1
      severities.insert(signal.statement.severity)
      let before = last.updateValue(signal, forKey: signal.id)
      if signal.revision != (before?.revision ?? 0) + 1 { hasGap = true }
      if signal.status == .raised, before != nil { raisedAgain += 1 }
      if signal.status == .withdrawn, before?.status == .cleared { withdrawnAfterClearing += 1 }
    }

    var description: String {
      "\(counts), again \(raisedAgain), withdrawn after clearing \(withdrawnAfterClearing), \(severities.count)"
    }
  }
}

/// Frames of a made-up history; the first one is the birth.
struct RandomHistory {
  struct Frame {
    var at: EventTime
    var events: [JournalEvent] = []
    var configuration: Configuration?
  }

  let frames = 150
  private var random: SplitMix
  private var now: EventTime
  private var isBorn = false
  private let changesSettings: Bool
  private var revisions: [UInt64: UInt64] = [:]
  private var burst: [JournalEvent] = []

  init(seed: UInt64, changesSettings: Bool = true) {
    random = SplitMix(seed: seed)
    self.changesSettings = changesSettings
    // Ten days before the clocks change in March or in October.
    let starts: [Int64] = [1_773_900_000_000, 1_792_050_000_000]
    now = EventTime(milliseconds: starts[Int(seed % 2)])
  }

  mutating func next() -> Frame {
    guard isBorn else {
      isBorn = true
      return Frame(at: now, configuration: configuration())
    }
    let hour = SignalLifeTests.hour
    let steps: [Int64] = [0, 0, 0, 0, 0, 0, 1, hour / 3, hour, 3 * hour, 13 * hour, 25 * hour, 70 * hour]
    now.milliseconds += steps.randomElement(using: &random) ?? 0
    if changesSettings, chance(15) { return Frame(at: now, configuration: configuration()) }
    if chance(4) { return Frame(at: now, events: burst.indices.map { turnRound($0) }) }
    // Mostly one day of one area, so that something is unusual.
    let area = SignalLifeTests.areas.randomElement(using: &random) ?? 0
    let days: [Int64] = [0, 0, 0, 1, 1, 2, 2, 3, 4, 5, 6, 8, 12, 31, 34, 36]
    let daysAgo = days.randomElement(using: &random) ?? 0
    let events = (0..<Int.random(in: 0...14, using: &random)).map { _ in event(area, daysAgo) }
    if events.count > 4 { burst = events }
    return Frame(at: now, events: events)
  }

  /// Takes back what a burst told, or tells it again.
  private mutating func turnRound(_ place: Int) -> JournalEvent {
    burst[place].kind = burst[place].kind == .fact ? .retraction : .fact
    let identity = burst[place].identity.low
    burst[place].revision = (revisions[identity] ?? 0) + 1
    burst[place].content = 0
    revisions[identity] = burst[place].revision
    return burst[place]
  }

  private mutating func configuration() -> Configuration {
    let day = LocalDay(containing: now).index
    let thresholds: [Double] = [3.090232306167813, 3.090232306167813, 2.5, 4]
    var measures = MeasureSet()
    for measure in SignalLifeTests.measures where !isBorn || !chance(8) { measures.insert(MeasureSet(measure)) }
    measures.insert(MeasureSet(.knifeHomicide))
    let sigmas: [Double] = [1, 1, 0.5]
    let parameters: [Double] = [
      7, 2, thresholds.randomElement(using: &random) ?? 3, sigmas.randomElement(using: &random) ?? 1,
    ]
    var configuration = Configuration(detectors: [DetectorSettings(measures: measures, parameters: parameters)])
    configuration.observedFrom[.incidents] = LocalDay(index: day - Int32.random(in: 40...70, using: &random))
    if chance(2) { configuration.observedFrom[.tagBreaches] = LocalDay(index: day - 30) }
    return configuration
  }

  private mutating func event(_ area: UInt8, _ daysAgo: Int64) -> JournalEvent {
    let hour = SignalLifeTests.hour
    let identity = UInt64.random(in: 0..<700, using: &random)
    // Known ones are mostly told anew, at times repeated or late.
    let known = revisions[identity] ?? 0
    let revision = chance(6) ? max(1, known) : known + 1
    let isNew = revision > known
    revisions[identity] = max(known, revision)
    let strays = chance(5)
    let offset =
      strays
      ? Int64.random(in: -2 * hour...40 * 24 * hour, using: &random)
      : daysAgo * 24 * hour + Int64.random(in: 0..<5 * hour, using: &random)
    return FoldTests.event(
      identity, revision: revision, content: isNew ? 0 : 1, kind: chance(9) ? .retraction : .fact,
      area: strays ? SignalLifeTests.areas.randomElement(using: &random) ?? 0 : area,
      at: EventTime(milliseconds: now.milliseconds - offset),
      precision: chance(12) ? .longer : chance(12) ? .day : .exact,
      measures: chance(4)
        ? SignalLifeTests.measures.randomElement(using: &random).map { MeasureSet($0) } ?? []
        : [.init(.knifeCrime), .init(.knifeInjury), .init(.tagBreach)])
  }

  private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }
}
