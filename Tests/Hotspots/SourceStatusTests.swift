import Incidents
import Testing

@testable import Hotspots

/// What is published of sources, and when.
@Suite struct SourceStatusTests {
  private static let hour: Int64 = 3_600_000
  private static let birth = EventTime(milliseconds: 492_222 * hour)

  private static func time(_ hours: Int64, _ minutes: Int64 = 0) -> EventTime {
    EventTime(milliseconds: birth.milliseconds + hours * hour + minutes * 60_000)
  }

  /// A frame with events of sources; the statuses that it makes due.
  private static func frame(
    _ fold: inout Fold, at: EventTime, _ events: [(source: String, identity: UInt64)] = [],
    configuration: Configuration? = nil
  ) -> [SourceStatus] {
    fold.begin(at: at)
    if let configuration { fold.configure(configuration) }
    for (source, identity) in events {
      var event = FoldTests.event(identity, at: birth)
      event.source = fold.sourceTable.index(of: Array(source.utf8).span)
      fold.apply(event)
    }
    _ = fold.finish()
    return fold.takeSourceStatuses()
  }

  private static let registry = Configuration(sources: [
    RegisteredSource(name: "/b", force: Force.allCases[2], topics: [.incidents, .tagBreaches], cadenceMinutes: 60),
    RegisteredSource(name: "/a", force: nil, topics: [.hospital]),
  ])

  /// The control frame that lists a source publishes what is known of it: nothing.
  @Test func listedSourcesArePublishedAtOnce() throws {
    var fold = Fold(partition: 0)
    let statuses = Self.frame(&fold, at: Self.time(0), configuration: Self.registry)
    #expect(statuses.map(\.source) == ["/b", "/a"])
    let status = try #require(statuses.first)
    #expect(status.force == Force.allCases[2])
    #expect(status.topics.map(\.topic) == [.incidents, .tagBreaches])
    #expect(status.topics[0].freshness == TopicFreshness(received: nil, occurred: nil, state: .current))
    #expect(status.topics[0].verdicts == Verdicts())
    #expect(status.position == JournalPosition(partition: 0, frame: 0, index: 0))
    #expect(status.now == Self.birth)
    #expect(statuses[1].topics.map(\.freshness.state) == [.unknown])
  }

  /// The first change in an hour is published with its frame; what follows waits for the next hour.
  @Test func aSourceIsPublishedOnceAnHourWhenItChanged() {
    var fold = Fold(partition: 0)
    #expect(Self.frame(&fold, at: Self.time(0), configuration: Configuration()) == [])
    let first = Self.frame(&fold, at: Self.time(0, 10), [("/a", 1), ("/b", 2), ("/a", 3)])
    #expect(first.map(\.source) == ["/a", "/b"])
    #expect(first.map { $0.topics.map(\.verdicts.folded) } == [[2], [1]])
    #expect(Self.frame(&fold, at: Self.time(0, 20), [("/a", 1), ("/c", 4)]).map(\.source) == ["/c"])
    #expect(Self.frame(&fold, at: Self.time(0, 59)) == [])
    let hourly = Self.frame(&fold, at: Self.time(1))
    #expect(hourly.map(\.source) == ["/a"])
    #expect(hourly.first?.topics.first?.verdicts.duplicate == 1)
    #expect(hourly.first?.topics.first?.freshness.received == Self.time(0, 20))
    #expect(Self.frame(&fold, at: Self.time(2)) == [])
    // In the hour in which it changes, when nothing was published in it yet.
    #expect(Self.frame(&fold, at: Self.time(2, 30), [("/b", 9)]).map(\.source) == ["/b"])
  }

  /// Time alone makes a source late and silent; each is published once, in the hour in which it is seen.
  @Test func silenceIsPublished() {
    var fold = Fold(partition: 0)
    _ = Self.frame(&fold, at: Self.time(0), configuration: Self.registry)
    var seen: [String] = []
    for hours in 1...6 {
      for status in Self.frame(&fold, at: Self.time(Int64(hours))) {
        seen.append("\(hours) \(status.source) \(status.topics[0].freshness.state)")
      }
    }
    #expect(seen == ["2 /b late", "4 /b silent"])
  }

  /// A source that is listed otherwise, or no longer, has changed.
  @Test func aNewRegistryIsPublished() {
    var fold = Fold(partition: 0)
    _ = Self.frame(&fold, at: Self.time(0), configuration: Self.registry)
    _ = Self.frame(&fold, at: Self.time(1), [("/b", 1)])
    var changed = Self.registry
    changed.sources?.removeFirst()
    let statuses = Self.frame(&fold, at: Self.time(2), configuration: changed)
    #expect(statuses.map(\.source) == ["/b"])
    #expect(statuses.first?.force == nil)
    #expect(statuses.first?.topics.map(\.topic) == [.incidents])
    #expect(statuses.first?.topics.first?.freshness.state == .unknown)
  }

  /// Which frame publishes what does not hang on how frames are taken together.
  @Test func whatIsDueHangsOnTheFramesAlone() {
    var fold = Fold(partition: 0)
    var together = Fold(partition: 0)
    var apart: [SourceStatus] = []
    for minute in 0..<200 {
      let at = Self.time(0, Int64(minute * 7))
      let events = minute % 3 == 0 ? [("/\(minute % 5)", UInt64(minute))] : []
      apart += Self.frame(&fold, at: at, events)
      together.begin(at: at)
      for (source, identity) in events {
        var event = FoldTests.event(identity, at: Self.birth)
        event.source = together.sourceTable.index(of: Array(source.utf8).span)
        together.apply(event)
      }
      _ = together.finish()
    }
    #expect(together.takeSourceStatuses() == apart)
    #expect(apart.count > 50)
  }
}
