import Hotspots
import Incidents
import Testing

@Suite struct FoldTests {
  static let birth = EventTime(milliseconds: 1_772_000_000_000)

  static func event(
    _ identity: UInt64, revision: UInt64 = 1, content: UInt64 = 0, kind: JournalEvent.Kind = .fact,
    area: UInt8 = 21, at: EventTime = birth, precision: Precision = .exact,
    measures: MeasureSet = MeasureSet(.knifeCrime)
  ) -> JournalEvent {
    JournalEvent(
      topic: .incidents, kind: kind, identity: Identity(high: identity, low: identity), revision: revision,
      content: content, source: SourceIndex(0), place: .area(AreaIndex(area)), responsible: nil, occurredFrom: at,
      precision: precision, measures: measures, isUnmapped: false)
  }

  /// A hospital's return with up to nine rows in the days before a moment.
  static func makeReturn(
    _ identity: UInt64, revision: UInt64, at: EventTime, among areas: [UInt8], using random: inout SplitMix
  ) -> JournalEvent {
    var event = event(identity, revision: revision, content: revision, kind: .return, measures: [])
    event.topic = .hospital
    event.place = .unplaced(.notGiven)
    event.site = SiteIndex(0)
    let last = LocalDay(containing: at)
    event.period = last.advanced(by: -Int32(identity % 30))...last
    event.rows = (0..<Int.random(in: 0...9, using: &random)).map { _ in
      ReturnRow(
        place: Int.random(in: 0..<5, using: &random) == 0
          ? .unplaced(.unknown) : .area(AreaIndex(areas.randomElement(using: &random) ?? 0)),
        occurredFrom: EventTime(
          milliseconds: max(0, at.milliseconds - Int64.random(in: 0...90_000_000, using: &random))),
        measures: MeasureSet(rawValue: UInt16.random(in: 0..<256, using: &random)))
    }
    return event
  }

  static func started() -> Fold {
    var fold = Fold(partition: 0)
    _ = fold.sourceTable.index(of: Array("/police/metropolitan".utf8).span)
    _ = fold.siteTable.index(of: Array("RJZ01".utf8).span)
    fold.begin(at: birth)
    fold.configure(Configuration())
    return fold
  }

  static func total(_ fold: Fold, _ area: UInt8 = 21) -> Int32? {
    var copy = fold
    return copy.changedProjections().first { $0.bucket == Bucket(AreaIndex(area)) }?.measures[0].total
  }

  @Test func eachRecordHasOneVerdict() {
    var fold = Self.started()
    fold.begin(at: Self.birth)
    fold.apply(Self.event(1, revision: 2))
    fold.apply(Self.event(1, revision: 2))
    fold.apply(Self.event(1, revision: 2, content: 9))
    fold.apply(Self.event(1, revision: 1, content: 9))
    fold.apply(Self.event(1, revision: 5))
    let verdicts = fold.verdicts(.incidents)
    #expect(verdicts.folded == 2)
    #expect(verdicts.duplicate == 1)
    #expect(verdicts.conflict == 1)
    #expect(verdicts.superseded == 1)
    #expect(verdicts.total == 5)
    #expect(Self.total(fold) == 1)
  }

  @Test func aRetractionTakesTheCountBackAndAHigherRevisionCountsAgain() {
    var fold = Self.started()
    fold.begin(at: Self.birth)
    fold.apply(Self.event(1))
    #expect(Self.total(fold) == 1)
    fold.apply(Self.event(1, revision: 3, kind: .retraction))
    #expect(Self.total(fold) == 0)
    fold.apply(Self.event(1, revision: 2))
    #expect(Self.total(fold) == 0)
    fold.apply(Self.event(1, revision: 4, area: 3))
    #expect(Self.total(fold) == 0)
    #expect(Self.total(fold, 3) == 1)
  }

  /// An event that is longer than a day is in no local day, even when its hour is still to come as it arrives.
  @Test(arguments: [(Precision.exact, Int32(1)), (.day, 1), (.longer, 0)])
  func anHourThatComesBringsOnlyWhatCountsInDays(precision: Precision, count: Int32) {
    let hour: Int64 = 3_600_000
    var fold = Self.started()
    let next = EventTime(milliseconds: (Self.birth.milliseconds / hour + 1) * hour)
    fold.begin(at: EventTime(milliseconds: next.milliseconds - 1))
    fold.apply(Self.event(1, at: next, precision: precision))
    #expect(fold.changedProjections().first?.measures[0].today == 0)
    fold.begin(at: next)
    let counts = fold.changedProjections().first?.measures[0]
    #expect(counts?.today == count)
    #expect(counts?.windows.year == 1)
  }

  /// What a predecessor has published is not published again by whoever takes over.
  @Test func whatIsSettledIsNotPublished() {
    var fold = Self.started()
    fold.begin(at: Self.birth)
    fold.apply(Self.event(1))
    fold.settle()
    #expect(fold.changedProjections().isEmpty)
    fold.begin(at: Self.birth)
    fold.apply(Self.event(2))
    #expect(fold.changedProjections().count == 1)
  }

  /// All 120 orders of five events of one identity and another leave the same counts.
  @Test func theOrderOfArrivalDoesNotMatter() {
    let events = [
      Self.event(1), Self.event(1, revision: 2, area: 5), Self.event(1, revision: 7, kind: .retraction),
      Self.event(1, revision: 9, area: 8, precision: .day),
      Self.event(2, measures: [.init(.robbery), .init(.violence)]),
    ]
    var digests: Set<UInt64> = []
    for order in permutations(of: events) {
      var fold = Self.started()
      fold.begin(at: Self.birth)
      for event in order { fold.apply(event) }
      digests.insert(fold.countsDigest)
    }
    #expect(digests.count == 1)
  }

  /// Random histories against counts made the slow way: revisions, moves, retractions, late and future events, while time
  /// goes on by minutes, hours and months, over a clock change.
  @Test(arguments: [UInt64](1...12))
  func windowsEqualTheNaiveCounts(seed: UInt64) {
    var random = SplitMix(seed: seed)
    var fold = Self.started()
    var naive = NaiveCounts()
    var now = Self.birth
    let hour: Int64 = 3_600_000
    let areas: [UInt8] = [0, 21, 182]
    let measures: [Measure] = [.knifeCrime, .robbery, .violence]
    for _ in 0..<60 {
      let steps: [Int64] = [0, 1, hour / 2, hour, 5 * hour, 24 * hour, 200 * hour, 3_000 * hour]
      now.milliseconds += steps.randomElement(using: &random) ?? 0
      fold.begin(at: now)
      naive.now = now
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        let hoursBack: [Int64] = [1, 20, 26, 170, 350, 680, 1_400, 8_800, 17_600, 30_000]
        let back = hoursBack.randomElement(using: &random) ?? 1
        let offset = Int64.random(in: -hour / 6...back * hour, using: &random)
        var event = Self.event(
          UInt64.random(in: 0..<25, using: &random), revision: UInt64.random(in: 1...6, using: &random),
          kind: Int.random(in: 0..<6, using: &random) == 0 ? .retraction : .fact,
          area: areas.randomElement(using: &random) ?? 0,
          at: EventTime(milliseconds: max(0, now.milliseconds - offset)),
          precision: Precision(rawValue: UInt8.random(in: 0...2, using: &random)) ?? .exact,
          measures: MeasureSet(rawValue: UInt16.random(in: 0..<256, using: &random)))
        if Int.random(in: 0..<6, using: &random) == 0 {
          event = Self.makeReturn(
            100 + UInt64.random(in: 0..<6, using: &random), revision: event.revision, at: event.occurredFrom,
            among: areas, using: &random)
        }
        fold.apply(event)
        naive.apply(event)
      }
      var copy = fold
      for projection in copy.changedProjections() {
        for measure in measures { expectEqual(projection, naive, measure) }
      }
    }
  }

  private func expectEqual(_ projection: BoroughProjection, _ naive: NaiveCounts, _ measure: Measure) {
    let bucket = projection.bucket
    let counts = projection.measures[Int(measure.rawValue)]
    for window in Window.allCases {
      let current = naive.window(bucket, measure, hours: window.hours, back: 0)
      let previous = naive.window(bucket, measure, hours: window.hours, back: window.hours)
      #expect(counts.windows[window] == current, "\(bucket.key) \(measure) \(window)")
      #expect(counts.previous[window] == previous, "\(bucket.key) \(measure) previous \(window)")
    }
    let today = LocalDay(containing: naive.now)
    #expect(counts.today == naive.day(bucket, measure, today))
    #expect(counts.yesterday == naive.day(bucket, measure, LocalDay(index: today.index - 1)))
    #expect(counts.total == naive.total(bucket, measure))
  }

  @Test func onlyChangesArePublishedWithinAnHourAndEveryKnownAreaAtTheNext() {
    var fold = Self.started()
    fold.begin(at: Self.birth)
    #expect(fold.changedProjections().isEmpty)
    fold.apply(Self.event(1))
    fold.apply(Self.event(2, area: 3))
    #expect(fold.changedProjections().map(\.bucket.index) == [3, 21])
    fold.begin(at: Self.birth)
    fold.apply(Self.event(1))
    #expect(fold.changedProjections().isEmpty)
    fold.apply(Self.event(1, revision: 2, area: 4))
    #expect(fold.changedProjections().map(\.bucket.index) == [4, 21])
    // Taken back and counted again within a batch: nothing to tell.
    fold.apply(Self.event(1, revision: 3, kind: .retraction))
    fold.apply(Self.event(1, revision: 4, area: 4))
    #expect(fold.changedProjections().isEmpty)
    fold.begin(at: EventTime(milliseconds: Self.birth.milliseconds + 3_600_000))
    let hourly = fold.changedProjections()
    #expect(hourly.map(\.bucket.index) == [3, 4, 21])
    #expect(hourly.first?.position == JournalPosition(partition: 0, frame: 3, index: -1))
  }

  @Test func timeNeverFalls() {
    var fold = Self.started()
    fold.begin(at: EventTime(milliseconds: Self.birth.milliseconds - 7_200_000))
    #expect(fold.now == Self.birth)
  }
}

/// SplitMix64, so that a seed names a history.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

private func permutations<Element>(of elements: [Element]) -> [[Element]] {
  guard let first = elements.first else { return [[]] }
  return permutations(of: Array(elements.dropFirst())).flatMap { rest in
    (0...rest.count).map { place in
      var order = rest
      order.insert(first, at: place)
      return order
    }
  }
}
