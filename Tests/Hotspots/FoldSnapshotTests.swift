import Incidents
import Testing

@testable import Hotspots

/// Folds rebuilt from snapshots against those that live on.
@Suite struct FoldSnapshotTests {
  /// Random histories, a snapshot at every few frames, each built on the pages of the ones before. Every rebuilt fold
  /// equals the live one, and goes on in step with it to the end of the history.
  @Test(arguments: [UInt64](1...3))
  func aRebuiltFoldGoesOnInStep(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    var live = Fold(partition: 3)
    var kept = KeptPages()
    var rebuilt: [Fold] = []
    var now = FoldTests.birth
    for frame in 0..<40 {
      now.milliseconds +=
        [0, 1_000, 1_800_000, 3_600_000, 90_000_000, 500_000_000].randomElement(using: &random) ?? 0
      let events = (0..<Int.random(in: 0...250, using: &random)).map { _ in
        Self.event(now: now, among: 2_500, using: &random)
      }
      let registry = frame == 0 || frame == 20 ? Self.registry(frame) : nil
      Self.apply(registry, events, at: now, to: &live)
      for index in rebuilt.indices { Self.apply(registry, events, at: now, to: &rebuilt[index]) }
      let projections = live.changedProjections()
      let statuses = live.takeSourceStatuses()
      for index in rebuilt.indices {
        try #require(rebuilt[index].changedProjections() == projections, "frame \(frame), rebuilt \(index)")
        try #require(rebuilt[index].takeSourceStatuses() == statuses, "frame \(frame), rebuilt \(index)")
      }
      if frame % 9 == 5 {
        let snapshot = try Self.snapshot(of: &live, whole: kept.isEmpty)
        kept.add(snapshot)
        let fold = try #require(kept.fold(snapshot.header))
        Self.expectEqual(fold, live)
        rebuilt.append(fold)
      }
    }
    #expect(rebuilt.count == 4)
    for fold in rebuilt { Self.expectEqual(fold, live) }
    // Some pages stayed as they were: otherwise nothing was kept from an earlier snapshot.
    #expect(kept.pagesTaken < kept.pageCount * 4)
    #expect(kept.pageCount >= 2)
  }

  @Test func onlyChangedPagesAreTaken() {
    var fold = FoldTests.started()
    fold.begin(at: FoldTests.birth)
    let perPage = UInt64(EventStore.slotsPerPage)
    for identity in 0..<perPage * 3 + 5 { fold.apply(FoldTests.event(identity)) }
    _ = fold.changedProjections()
    #expect(Self.pagesTaken(of: &fold) == [0, 1, 2, 3])
    #expect(Self.pagesTaken(of: &fold) == [])
    // A revision changes its own page; its neighbours in the hour are on all of them.
    fold.apply(FoldTests.event(perPage + 7, revision: 2, area: 3))
    fold.apply(FoldTests.event(perPage * 3, revision: 1))
    _ = fold.changedProjections()
    #expect(Self.pagesTaken(of: &fold) == [1])
    fold.apply(FoldTests.event(perPage * 5))
    _ = fold.changedProjections()
    #expect(Self.pagesTaken(of: &fold) == [3])
    #expect(Self.pagesTaken(of: &fold, whole: true) == [0, 1, 2, 3])
  }

  /// What a snapshot holds stays as it was while the fold goes on.
  @Test func aSnapshotDoesNotChangeAfterwards() throws {
    var fold = FoldTests.started()
    fold.begin(at: FoldTests.birth)
    for identity in 0..<UInt64(2_000) { fold.apply(FoldTests.event(identity)) }
    _ = fold.changedProjections()
    let snapshot = try Self.snapshot(of: &fold, whole: true)
    let words = snapshot.pages.map(\.words)
    let digest = fold.countsDigest
    for identity in 0..<UInt64(2_000) { fold.apply(FoldTests.event(identity, revision: 2, area: 9)) }
    #expect(snapshot.pages.map(\.words) == words)
    var kept = KeptPages()
    kept.add(snapshot)
    #expect(kept.fold(snapshot.header)?.countsDigest == digest)
  }

  @Test func aMissingOrForeignPageGivesNothing() throws {
    var fold = FoldTests.started()
    fold.begin(at: FoldTests.birth)
    for identity in 0..<UInt64(2_500) { fold.apply(FoldTests.event(identity)) }
    _ = fold.changedProjections()
    let snapshot = try Self.snapshot(of: &fold, whole: true)
    var restoration = FoldRestoration(snapshot.header)
    #expect(restoration.fold() == nil)
    let taken = [1, 0, 2, 1, 2].map { restoration.append(snapshot.pages[$0]) }
    #expect(taken == [false, true, false, true, true])
    #expect(restoration.fold()?.countsDigest == fold.countsDigest)
  }

  @Test func wordsThatAreNoEventAreRefused() throws {
    var fold = FoldTests.started()
    fold.begin(at: FoldTests.birth)
    fold.apply(FoldTests.event(1, area: 182, precision: .longer))
    _ = fold.changedProjections()
    let page = try #require(try Self.snapshot(of: &fold).pages.first)
    let words = page.words
    #expect(Self.isPage(words))
    #expect(!Self.isPage(words.dropLast()))
    let last = EventPage.wordsPerEvent - 1
    for damage: UInt64 in [1 << 63, 0xFF << 8, 0x8000 << 16, 0x1F << 3, 7] {
      var damaged = words
      damaged[last] |= damage
      #expect(!Self.isPage(damaged), "\(damage)")
    }
    let many = [UInt64](repeating: 0, count: (EventStore.slotsPerPage + 1) * EventPage.wordsPerEvent)
    #expect(!Self.isPage(many))
  }

  @Test func beforeTheBirthThereIsNothingToKeep() {
    var fold = Fold(partition: 0)
    let snapshot = fold.takeSnapshot(whole: true)
    #expect(snapshot == nil)
  }

  /// What a fold is made of. Whoever adds something decides whether a checkpoint must keep it (`FoldHeader`,
  /// `EventPage`) or whether `Fold.init(_:events:)` computes it again, and then changes this list.
  @Test func everythingIsKeptOrComputedAgain() {
    func names(_ value: Any) -> Set<String> { Set(Mirror(reflecting: value).children.compactMap(\.label)) }
    #expect(
      names(Fold(partition: 0)) == [
        "sourceTable", "siteTable", "now", "frames", "lastIndex", "partition", "events", "windows", "days", "states",
        "periods", "publication", "dayPublication", "birth", "configuration", "ledgers",
        // Empty between frames, or made of the configuration or the ledgers.
        "rules", "isControlFrame", "marks", "signals", "standing",
        // Empty when all changes are published.
        "statuses",
      ])
    #expect(names(SignalLedger()) == ["open", "past"])
    #expect(names(SeriesMarks()) == ["isEmpty", "measures", "lines"])
    #expect(names(DayPublication()) == ["images", "touched", "nextDay", "rules", "foreign"])
    #expect(names(Publication()) == ["entries", "covered"])
    #expect(names(EventStore()) == ["pages", "changed", "count", "named", "free", "index", "heads"])
    #expect(
      names(SourceStates()) == [
        "sources", "hasRegistry", "entries", "sites", "concerns", "newest", "changes", "hour",
      ])
    #expect(
      names(SourceStates.Source()) == ["registration", "attended", "periodEnd", "published", "isChanged", "concern"])
    #expect(names(ReturnPeriods()) == ["all", "places", "overlaps"])
    #expect(names(SourceStates.Entry()) == ["received", "occurred", "verdicts"])
    #expect(
      names(Verdicts()) == ["folded", "duplicate", "conflict", "superseded", "unmappedOffence", "unplaced"])
    let event = LiveEvent(
      identity: Identity(high: 0, low: 0), content: 0, revision: 0, line: LinePlace(frame: 1, index: 2),
      hour: Hour(index: 0), measures: [],
      bucket: Bucket(index: 0), precision: .exact, role: .event)
    #expect(
      names(event) == [
        "identity", "content", "revision", "line", "hour", "next", "previous", "rows", "measures", "bucket",
        "precision", "role",
      ])
    #expect(MemoryLayout<LiveEvent>.stride == 64)
  }

  private static func snapshot(of fold: inout Fold, whole: Bool = true) throws -> FoldSnapshot {
    let snapshot = fold.takeSnapshot(whole: whole)
    return try #require(snapshot)
  }

  /// Whether a page is read from the words, and gives the same again.
  private static func isPage(_ words: [UInt64]) -> Bool { EventPage(index: 0, words: words.span)?.words == words }

  private static func pagesTaken(of fold: inout Fold, whole: Bool = false) -> [Int]? {
    fold.takeSnapshot(whole: whole)?.pages.map(\.index)
  }

  // MARK: - Histories

  private static func registry(_ frame: Int) -> Configuration {
    let met = RegisteredSource(
      name: "/police/a", force: Force.allCases[2], topics: [.incidents], cadenceMinutes: 60,
      sites: ["X": AreaIndex(4), "B": AreaIndex(7)])
    let other = RegisteredSource(name: "/police/b", force: frame == 0 ? nil : Force.allCases[5], topics: [.incidents])
    var configuration = Configuration(sources: frame == 0 ? [met] : [other, met])
    // No snapshot is taken while there are signals.
    for index in configuration.detectors.indices { configuration.detectors[index].measures = [] }
    return configuration
  }

  private static func apply(
    _ configuration: Configuration?, _ events: [JournalEvent], at: EventTime, to fold: inout Fold
  ) {
    for name in ["/police/a", "/police/b", "/police/c"] { _ = fold.sourceTable.index(of: Array(name.utf8).span) }
    for name in ["X", "Y"] { _ = fold.siteTable.index(of: Array(name.utf8).span) }
    fold.begin(at: at)
    if let configuration { fold.configure(configuration) }
    for event in events { fold.apply(event) }
    fold.finishSources()
  }

  private static func event(now: EventTime, among identities: UInt64, using random: inout SplitMix) -> JournalEvent {
    let hour: Int64 = 3_600_000
    let back: [Int64] = [2, 30, 200, 800, 9_000, 20_000, 70_000]
    let hours = back.randomElement(using: &random) ?? 1
    var event = FoldTests.event(
      UInt64.random(in: 0..<identities, using: &random) &* 0x9E37_79B9_7F4A_7C15,
      revision: UInt64.random(in: 1...4, using: &random), content: UInt64.random(in: 0...1, using: &random),
      kind: Int.random(in: 0..<6, using: &random) == 0 ? .retraction : .fact,
      area: UInt8.random(in: 0...182, using: &random),
      at: EventTime(milliseconds: now.milliseconds - Int64.random(in: -hour / 6...hours * hour, using: &random)),
      precision: Precision(rawValue: UInt8.random(in: 0...2, using: &random)) ?? .exact,
      measures: MeasureSet(rawValue: UInt16.random(in: 0..<1 << 15, using: &random)))
    event.source = SourceIndex(UInt32.random(in: 0...2, using: &random))
    if Int.random(in: 0..<10, using: &random) == 0 { event.place = .unplaced(.unknown) }
    switch Int.random(in: 0..<12, using: &random) {
    case 0:
      let source = event.source
      event = FoldTests.makeReturn(
        UInt64.random(in: 0..<200, using: &random) &* 0x9E37_79B9_7F4A_7C15 ^ 1, revision: event.revision,
        at: event.occurredFrom, among: Array(0...182), using: &random)
      event.source = source
    case 1: (event.topic, event.kind, event.place) = (.hospital, .fact, .unplaced(.notGiven))
    default: return event
    }
    event.site = SiteIndex(UInt32.random(in: 0...1, using: &random))
    return event
  }

  private static func expectEqual(_ a: Fold, _ b: Fold, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(a.countsDigest == b.countsDigest, sourceLocation: sourceLocation)
    #expect(a.position == b.position, sourceLocation: sourceLocation)
    #expect(a.now == b.now, sourceLocation: sourceLocation)
    #expect(a.frames == b.frames, sourceLocation: sourceLocation)
    for topic in InputTopic.allCases {
      #expect(a.verdicts(topic) == b.verdicts(topic), sourceLocation: sourceLocation)
    }
    #expect(a.overlappingReturns == b.overlappingReturns, sourceLocation: sourceLocation)
    // An hour later every known area is due: all that was ever counted is compared.
    var (a, b) = (a, b)
    guard let now = a.now else { return }
    let later = EventTime(milliseconds: now.milliseconds + 3_600_000)
    a.begin(at: later)
    b.begin(at: later)
    let (projections, expected) = (a.changedProjections(), b.changedProjections())
    #expect(projections == expected, sourceLocation: sourceLocation)
  }
}

/// The newest version of each page, as a store keeps them.
struct KeptPages {
  private var words: [[UInt64]] = []
  private(set) var pagesTaken = 0

  var isEmpty: Bool { words.isEmpty }
  var pageCount: Int { words.count }

  mutating func add(_ snapshot: FoldSnapshot) {
    for page in snapshot.pages {
      pagesTaken += 1
      if page.index == words.count { words.append([]) }
      words[page.index] = page.words
    }
  }

  func fold(_ header: FoldHeader) -> Fold? {
    var restoration = FoldRestoration(header)
    for (index, words) in words.enumerated() {
      guard let page = EventPage(index: index, words: words.span), restoration.append(page) else { return nil }
    }
    return restoration.fold()
  }
}
