import Incidents
import Testing

@testable import Hotspots

/// What is said of knife injuries that only hospitals know of.
@Suite struct HiddenHarmTests {
  private static let area = AreaIndex(21)
  private static let force = AreaTable.force(area)
  private static let knife = AssaultRules.measures(mechanism: .knife)
  private static let injury: MeasureSet = [MeasureSet(.knifeCrime), MeasureSet(.knifeInjury)]
  /// Noon on a day in winter.
  private static func noon(_ day: Int32) -> EventTime {
    EventTime(milliseconds: Int64(day) * 86_400_000 + 43_200_000)
  }

  /// Sunday 1 February 2026.
  private static let first: Int32 = 20_485

  /// A world of police and a hospital of the area's force, and police of another.
  private struct World {
    var fold = Fold(partition: 0)
    private var identity: UInt64 = 0

    init(hasRegistry: Bool = true) {
      let other = Force.allCases.first { $0 != HiddenHarmTests.force }
      fold.begin(at: HiddenHarmTests.noon(HiddenHarmTests.first))
      fold.configure(
        Configuration(
          sources: hasRegistry
            ? [
              RegisteredSource(name: "/police", force: HiddenHarmTests.force, topics: [.incidents]),
              RegisteredSource(name: "/hospital", force: HiddenHarmTests.force, topics: [.hospital]),
              RegisteredSource(name: "/elsewhere", force: other, topics: [.incidents]),
            ] : nil))
    }

    mutating func send(
      _ topic: InputTopic, from name: String, at day: Int32, occurred: Int32, _ measures: MeasureSet
    ) {
      identity += 1
      var event = FoldTests.event(identity, at: HiddenHarmTests.noon(occurred), measures: measures)
      (event.topic, event.source) = (topic, fold.sourceTable.index(of: Array(name.utf8).span))
      if topic == .hospital { event.site = fold.siteTable.index(of: Array("S".utf8).span) }
      fold.begin(at: HiddenHarmTests.noon(day))
      fold.apply(event)
    }

    mutating func sendReturn(at day: Int32, _ days: ClosedRange<Int32>, rows: [Int32]) {
      identity += 1
      var event = FoldTests.event(identity, kind: .return, measures: [])
      event.topic = .hospital
      event.source = fold.sourceTable.index(of: Array("/hospital".utf8).span)
      event.site = fold.siteTable.index(of: Array("S".utf8).span)
      event.period = LocalDay(index: days.lowerBound)...LocalDay(index: days.upperBound)
      event.rows = rows.map {
        ReturnRow(
          place: .area(HiddenHarmTests.area), occurredFrom: HiddenHarmTests.noon($0), measures: HiddenHarmTests.knife)
      }
      fold.begin(at: HiddenHarmTests.noon(day))
      fold.apply(event)
    }

    func harm(_ bucket: Bucket = Bucket(HiddenHarmTests.area)) -> HiddenHarm? {
      fold.projection(of: bucket)?.hiddenHarm
    }
  }

  /// Nothing is said until both have come; what one covers ends the day before it came last, or with a return's period.
  @Test func theDaysAreThoseThatBothCover() {
    let first = Self.first
    var world = World()
    world.send(.incidents, from: "/police", at: first + 2, occurred: first, Self.injury)
    #expect(world.harm() == nil)
    world.send(.hospital, from: "/hospital", at: first + 3, occurred: first, Self.knife)
    // Police came on day 2, so they cover day 1; the attendance covers day 2.
    #expect(world.harm() == HiddenHarm(lastDay: LocalDay(index: first + 1), hospitalKnife: 1, knifeInjury: 1))
    world.send(.incidents, from: "/police", at: first + 10, occurred: first + 2, Self.injury)
    #expect(world.harm() == HiddenHarm(lastDay: LocalDay(index: first + 2), hospitalKnife: 1, knifeInjury: 2))
    // A return that reaches further than the attendances.
    world.sendReturn(at: first + 11, first...first + 6, rows: [first + 3, first + 6])
    #expect(world.harm() == HiddenHarm(lastDay: LocalDay(index: first + 6), hospitalKnife: 3, knifeInjury: 2))
    // One that reaches less far changes the counts alone; police are the ones behind after the next attendance.
    world.sendReturn(at: first + 11, first...first + 3, rows: [first + 3])
    world.send(.hospital, from: "/hospital", at: first + 20, occurred: first + 19, Self.knife)
    let harm = world.harm()
    #expect(harm == HiddenHarm(lastDay: LocalDay(index: first + 9), hospitalKnife: 4, knifeInjury: 2))
    #expect(harm?.atLeast == 4)
    #expect(harm?.atMost == 6)
    #expect(harm?.until == LocalDay(index: first + 10).start)
  }

  /// 28 days: the first of them counts, the day before does not.
  @Test func twentyEightDaysAreCounted() {
    let first = Self.first
    var world = World()
    for day in [first, first + 1, first + 28, first + 29] {
      world.send(.incidents, from: "/police", at: first + 29, occurred: day, Self.injury)
      world.send(.hospital, from: "/hospital", at: first + 29, occurred: day, Self.knife)
    }
    #expect(world.harm() == HiddenHarm(lastDay: LocalDay(index: first + 28), hospitalKnife: 2, knifeInjury: 2))
  }

  @Test func onlyTheForcesSourcesCover() {
    let first = Self.first
    var world = World()
    world.send(.hospital, from: "/hospital", at: first + 3, occurred: first, Self.knife)
    world.send(.incidents, from: "/elsewhere", at: first + 3, occurred: first, Self.injury)
    #expect(world.harm() == nil)
    #expect(world.harm(.unattributed(nil)) == nil)
    var unregistered = World(hasRegistry: false)
    unregistered.send(.hospital, from: "/hospital", at: first + 3, occurred: first, Self.knife)
    unregistered.send(.incidents, from: "/elsewhere", at: first + 3, occurred: first, Self.injury)
    let expected = HiddenHarm(lastDay: LocalDay(index: first + 2), hospitalKnife: 1, knifeInjury: 1)
    #expect(unregistered.harm() == expected)
    #expect(unregistered.harm(Bucket(AreaIndex(0)))?.lastDay == expected.lastDay)
  }

  /// What came for the force moves the days of all its areas, also of those where nothing else changed.
  @Test func aMovedDayIsPublishedForEveryAreaOfTheForce() throws {
    let neighbour = try #require(
      (0..<UInt8(AreaTable.count)).map(AreaIndex.init).first { $0 != Self.area && AreaTable.force($0) == Self.force })
    let first = Self.first
    var world = World()
    world.send(.incidents, from: "/police", at: first + 1, occurred: first, Self.injury)
    world.send(.hospital, from: "/hospital", at: first + 3, occurred: first, Self.knife)
    #expect(world.fold.changedProjections().map(\.bucket) == [Bucket(Self.area)])
    var event = FoldTests.event(99, area: neighbour.value, at: Self.noon(first + 1), measures: Self.injury)
    event.source = world.fold.sourceTable.index(of: Array("/police".utf8).span)
    world.fold.apply(event)
    let changed = world.fold.changedProjections()
    #expect(Set(changed.map(\.bucket)) == [Bucket(neighbour), Bucket(Self.area)])
    #expect(changed.map { $0.hiddenHarm?.lastDay.index } == [first + 2, first + 2])
    #expect(world.fold.changedProjections().isEmpty)
  }
}
