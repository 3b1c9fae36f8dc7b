import Hotspots
import Incidents
import Testing

/// The records of days: after each batch those that a reader holds are what all events say, and none came for nothing.
@Suite struct BoroughDayTests {
  @Test(arguments: [UInt64](21...26))
  func whatAReaderHoldsIsWhatStands(seed: UInt64) {
    var history = RandomHistory(seed: seed)
    var random = SplitMix(seed: seed)
    var reader = Reader()
    var fold = Fold(partition: 0)
    _ = fold.sourceTable.index(of: Array("/police/metropolitan".utf8).span)
    var settingsChanged = false
    for _ in 0..<history.frames {
      let frame = history.next()
      fold.begin(at: frame.at)
      reader.now = frame.at
      if let configuration = frame.configuration {
        fold.configure(configuration)
        settingsChanged = settingsChanged || reader.configuration != nil
        reader.configuration = configuration
      }
      for event in frame.events {
        fold.apply(event)
        reader.apply(event)
      }
      _ = fold.finish()
      guard Int.random(in: 0..<3, using: &random) == 0 else { continue }
      let days = fold.changedDays()
      let places = days.map { Int($0.bucket.index) << 32 + Int($0.day.index) }
      #expect(places == places.sorted())
      for day in days {
        #expect(day.position == fold.position && day.now == frame.at)
        reader.take(day)
      }
      reader.compare()
      #expect(fold.changedDays().isEmpty)
    }
    #expect(settingsChanged && reader.taken > 300)
  }

  /// What is settled is not told again.
  @Test func aSettledFoldHasNothingToTell() {
    var fold = FoldTests.started()
    fold.begin(at: FoldTests.birth)
    fold.apply(FoldTests.event(1))
    fold.settleDays()
    #expect(fold.changedDays().isEmpty)
    fold.begin(at: FoldTests.birth)
    fold.apply(FoldTests.event(2))
    #expect(fold.changedDays().map(\.measures.first?.count) == [2])
  }

  /// Counted and taken back within a batch: nothing to tell but the day on which the area became known, if it is judged.
  @Test func whatCameAndWentIsNotTold() {
    var fold = FoldTests.started()
    fold.begin(at: FoldTests.birth)
    fold.apply(FoldTests.event(1))
    fold.apply(FoldTests.event(1, revision: 2, kind: .retraction))
    #expect(fold.changedDays().isEmpty)
    // From the tenth day on a day is judged, and has a record from its beginning.
    let days = (Int64(1)...10).map { day -> [BoroughDay] in
      fold.begin(at: EventTime(milliseconds: FoldTests.birth.milliseconds + day * 86_400_000))
      return fold.changedDays()
    }
    #expect(days.map(\.count) == [0, 0, 0, 0, 0, 0, 0, 0, 1, 1])
    #expect(days.last?.first?.measures.map(\.measure) == [.knifeCrime, .knifeInjury, .hospitalSharp, .tagBreach])
  }
}

/// A reader of the days, who also knows all events.
private struct Reader {
  private struct Key: Hashable {
    var bucket: Bucket
    var day: Int32
  }

  var now = EventTime(milliseconds: 0) {
    didSet { birth = birth ?? LocalDay(containing: now).index }
  }
  private var birth: Int32?
  var configuration: Configuration?
  private(set) var taken = 0
  private var newest: [Identity: JournalEvent] = [:]
  private var held: [Key: [BoroughDay.Entry]] = [:]
  private var since: [Bucket: Int32] = [:]

  mutating func apply(_ event: JournalEvent) {
    if let known = newest[event.identity], event.revision <= known.revision { return }
    newest[event.identity] = event
    guard event.kind == .fact else { return }
    let bucket = NaiveCounts.bucket(of: event)
    since[bucket] = since[bucket] ?? LocalDay(containing: now).index
  }

  mutating func take(_ day: BoroughDay) {
    taken += 1
    let before = held.updateValue(day.measures, forKey: Key(bucket: day.bucket, day: day.day.index))
    #expect(before != day.measures, "\(day.bucket.key) \(day.day) came for nothing")
  }

  func compare() {
    var counts: [Key: [Measure: Int32]] = [:]
    for event in newest.values
    where event.kind == .fact && event.precision != .longer && event.occurredFrom.hour <= now.hour {
      let key = Key(bucket: NaiveCounts.bucket(of: event), day: LocalDay(containing: event.occurredFrom).index)
      for measure in Measure.allCases where event.measures.contains(measure) {
        counts[key, default: [:]][measure, default: 0] += 1
      }
    }
    let today = LocalDay(containing: now).index
    for bucket in since.keys {
      for day in today - 90...today {
        let (truth, isBare) = entries(bucket, day, counts)
        if let held = held[Key(bucket: bucket, day: day)] {
          #expect(held == truth, "\(bucket.key) \(LocalDay(index: day))")
        } else {
          #expect(truth.isEmpty || (isBare && day < since[bucket] ?? 0), "\(bucket.key) \(LocalDay(index: day))")
        }
      }
    }
    #expect(held.keys.allSatisfy { $0.day <= today })
  }

  /// What the record of a day must say; bare when neither it nor its baseline counts anything.
  private func entries(_ bucket: Bucket, _ day: Int32, _ counts: [Key: [Measure: Int32]]) -> ([BoroughDay.Entry], Bool)
  {
    func count(_ day: Int32, _ measure: Measure) -> Int32 { counts[Key(bucket: bucket, day: day)]?[measure] ?? 0 }
    let settings = configuration?.detectors[0]
    var isBare = true
    let entries = Measure.allCases.compactMap { measure -> BoroughDay.Entry? in
      var judgements: [BoroughDay.Judgement] = []
      let observed = configuration?.observedFrom[measure.topic]?.index ?? birth ?? 0
      let baseline = (3...9).map { count(day - $0, measure) }
      if count(day, measure) != 0 || baseline.contains(where: { $0 != 0 }) { isBare = false }
      if let settings, settings.measures.contains(measure), day - 9 >= observed {
        let sum = baseline.reduce(0, +)
        let variance = Double(7 * baseline.map { $0 * $0 }.reduce(0, +) - sum * sum) / 42
        let threshold = Double(sum) / 7 + settings.parameters[2] * max(variance.squareRoot(), settings.parameters[3])
        judgements = [
          BoroughDay.Judgement(
            detector: "earsC2", expected: Double(sum) / 7, threshold: threshold,
            isAlarm: Double(count(day, measure)) > threshold)
        ]
      }
      guard count(day, measure) != 0 || !judgements.isEmpty else { return nil }
      return BoroughDay.Entry(measure: measure, count: count(day, measure), judgements: judgements)
    }
    return (entries, isBare)
  }
}
