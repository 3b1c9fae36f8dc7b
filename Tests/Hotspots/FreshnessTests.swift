import Hotspots
import Incidents
import Testing

/// What a projection says of the sources that concern its area.
@Suite struct FreshnessTests {
  private static let hour: Int64 = 3_600_000
  /// On the hour, so that a frame of any later hour has every known area published.
  private static let birth = EventTime(milliseconds: 492_222 * hour)
  private static let force = AreaTable.force(AreaIndex(168))

  private static func registered(
    _ name: String, _ force: Force?, cadence: Int?, topics: Set<InputTopic> = [.incidents]
  ) -> RegisteredSource {
    RegisteredSource(name: name, force: force, topics: topics, cadenceMinutes: cadence)
  }

  /// A fold with one event, of the source at `source` among `names`, that counts in an area of `force`
  /// and arrived an hour after the birth.
  private static func fold(_ sources: [RegisteredSource]?, names: [String] = ["/a", "/b"], source: UInt32 = 0) -> Fold {
    var fold = Fold(partition: 0)
    for name in names { _ = fold.sourceTable.index(of: Array(name.utf8).span) }
    fold.begin(at: birth)
    fold.configure(Configuration(sources: sources))
    fold.begin(at: EventTime(milliseconds: birth.milliseconds + hour))
    var event = FoldTests.event(1, area: 168, at: birth)
    event.source = SourceIndex(source)
    fold.apply(event)
    return fold
  }

  /// What a projection of that area says once the journal is so many milliseconds past its birth.
  private static func freshness(_ fold: Fold, after: Int64, _ topic: InputTopic = .incidents) -> TopicFreshness? {
    var fold = fold
    fold.begin(at: EventTime(milliseconds: birth.milliseconds + after))
    return fold.changedProjections().first { $0.bucket.area == AreaIndex(168) }?.sources[Int(topic.rawValue)]
  }

  /// The last record came after one hour; the cadence is two.
  @Test(arguments: [
    (4 * hour, Freshness.current), (4 * hour + 1, .late), (7 * hour, .late), (7 * hour + 1, .silent),
  ])
  func silenceIsMeasuredAgainstTheCadence(after: Int64, state: Freshness) {
    let fold = Self.fold([Self.registered("/a", Self.force, cadence: 120)])
    let answer = Self.freshness(fold, after: after)
    #expect(answer?.state == state)
    #expect(answer?.received?.milliseconds == Self.birth.milliseconds + Self.hour)
    #expect(answer?.occurred == Self.birth)
  }

  /// Of a source that never sent anything the silence began with the control frame that named it.
  @Test(arguments: [
    (3 * hour, Freshness.current), (3 * hour + 1, .late), (6 * hour, .late), (6 * hour + 1, .silent),
  ])
  func silenceBeginsWithTheControlFrame(after: Int64, state: Freshness) {
    let fold = Self.fold(
      [Self.registered("/a", nil, cadence: nil), Self.registered("/b", Self.force, cadence: 120)],
      names: ["/a"])
    let answer = Self.freshness(fold, after: after)
    #expect(answer?.state == state)
    #expect(answer?.received == nil)
    #expect(answer?.occurred == nil)
  }

  @Test func theWorstOfSeveralSourcesIsSaid() {
    let fold = Self.fold([
      Self.registered("/a", Self.force, cadence: 10_000),
      Self.registered("/b", Self.force, cadence: 60),
    ])
    #expect(Self.freshness(fold, after: 5 * Self.hour)?.state == .silent)
  }

  @Test func withoutACadenceTheStateIsUnknown() {
    let fold = Self.fold([Self.registered("/a", Self.force, cadence: nil)])
    #expect(Self.freshness(fold, after: 1_000 * Self.hour)?.state == .unknown)
  }

  /// Only sources of the area's force and of the topic concern it.
  @Test func otherForcesAndOtherTopicsDoNotConcernAnArea() {
    let other = Force.allCases.first { $0 != Self.force }
    let fold = Self.fold(
      [
        Self.registered("/a", other, cadence: 1),
        Self.registered("/b", Self.force, cadence: 1, topics: [.hospital]),
      ])
    let incidents = Self.freshness(fold, after: 100 * Self.hour)
    #expect(incidents == TopicFreshness(received: nil, occurred: nil, state: .unknown))
    #expect(Self.freshness(fold, after: 100 * Self.hour, .hospital)?.state == .silent)
  }

  @Test func withoutARegistryEverySourceConcernsEveryArea() {
    let answer = Self.freshness(Self.fold(nil, source: 1), after: 100 * Self.hour)
    #expect(answer?.received?.milliseconds == Self.birth.milliseconds + Self.hour)
    #expect(answer?.state == .unknown)
  }

  /// A retraction is heard, but says nothing of when anything happened.
  @Test func aRetractionIsReceivedAndDidNotOccur() {
    var fold = Fold(partition: 0)
    _ = fold.sourceTable.index(of: Array("/a".utf8).span)
    _ = fold.sourceTable.index(of: Array("/b".utf8).span)
    fold.begin(at: Self.birth)
    fold.configure(
      Configuration(sources: [
        Self.registered("/a", nil, cadence: nil), Self.registered("/b", Self.force, cadence: 60),
      ]))
    var event = FoldTests.event(1, area: 168, at: Self.birth)
    fold.apply(event)
    event = FoldTests.event(2, kind: .retraction)
    event.source = SourceIndex(1)
    fold.apply(event)
    let answer = Self.freshness(fold, after: 1)
    #expect(answer == TopicFreshness(received: Self.birth, occurred: nil, state: .current))
  }
}
