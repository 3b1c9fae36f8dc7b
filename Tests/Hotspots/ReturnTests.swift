import Incidents
import Testing

@testable import Hotspots

/// Hospitals' attendances and returns in the fold.
@Suite struct ReturnTests {
  private static let birth = FoldTests.birth
  private static let knife = AssaultRules.measures(mechanism: .knife)
  private static let fist = AssaultRules.measures(mechanism: .bodyPart)

  private static func row(_ area: UInt8, _ measures: MeasureSet = knife, hoursBack: Int64 = 1) -> ReturnRow {
    ReturnRow(
      place: .area(AreaIndex(area)), occurredFrom: EventTime(milliseconds: birth.milliseconds - hoursBack * 3_600_000),
      measures: measures)
  }

  private static func report(
    _ identity: UInt64 = 1, revision: UInt64 = 1, content: UInt64 = 0, days: ClosedRange<Int32> = 20_450...20_477,
    rows: [ReturnRow]
  ) -> JournalEvent {
    var event = FoldTests.event(identity, revision: revision, content: content, kind: .return, measures: [])
    event.topic = .hospital
    event.place = .unplaced(.notGiven)
    event.site = SiteIndex(0)
    event.period = LocalDay(index: days.lowerBound)...LocalDay(index: days.upperBound)
    event.rows = rows
    return event
  }

  private static func total(_ fold: Fold, _ area: UInt8, _ measure: Measure) -> Int32? {
    fold.projection(of: Bucket(AreaIndex(area)))?.measures[Int(measure.rawValue)].total
  }

  @Test func aReturnReplacesWholeWhatItSaidBefore() {
    var fold = FoldTests.started()
    fold.begin(at: Self.birth)
    fold.apply(Self.report(rows: [Self.row(3), Self.row(3, Self.fist), Self.row(9)]))
    #expect(Self.total(fold, 3, .hospitalAssault) == 2)
    #expect(Self.total(fold, 3, .hospitalKnife) == 1)
    #expect(Self.total(fold, 9, .hospitalKnife) == 1)
    // The same again, something else under the same revision, an older revision: nothing changes.
    fold.apply(Self.report(rows: [Self.row(3), Self.row(3, Self.fist), Self.row(9)]))
    fold.apply(Self.report(content: 5, rows: [Self.row(4)]))
    fold.apply(Self.report(revision: 4, rows: [Self.row(4)]))
    fold.apply(Self.report(revision: 3, rows: [Self.row(5), Self.row(5)]))
    #expect(Self.total(fold, 3, .hospitalAssault) == 0)
    #expect(Self.total(fold, 9, .hospitalAssault) == 0)
    #expect(Self.total(fold, 5, .hospitalAssault) == 0)
    #expect(Self.total(fold, 4, .hospitalKnife) == 1)
    // One record, one verdict.
    let verdicts = fold.verdicts(.hospital)
    #expect((verdicts.folded, verdicts.duplicate, verdicts.conflict, verdicts.superseded) == (2, 1, 1, 1))
    #expect(verdicts.unattributed == 0)
    fold.apply(Self.report(revision: 5, rows: []))
    #expect(Self.total(fold, 4, .hospitalKnife) == 0)
    #expect(fold.countsDigest == FoldTests.started().countsDigest)
  }

  /// A return of another period, or an attendance, is another identity: all of them count.
  @Test func overlappingPeriodsAndAttendancesBothCount() {
    var fold = FoldTests.started()
    fold.begin(at: Self.birth)
    fold.apply(Self.report(1, days: 20_450...20_477, rows: [Self.row(3)]))
    fold.apply(Self.report(2, days: 20_477...20_500, rows: [Self.row(3)]))
    fold.apply(Self.report(3, days: 20_478...20_480, rows: [Self.row(3)]))
    var elsewhere = Self.report(4, days: 20_450...20_500, rows: [Self.row(3)])
    elsewhere.site = fold.siteTable.index(of: Array("OTHER".utf8).span)
    fold.apply(elsewhere)
    var attendance = FoldTests.event(5, area: 3, measures: Self.knife)
    attendance.topic = .hospital
    attendance.site = SiteIndex(0)
    fold.apply(attendance)
    // A higher revision of a period is no further period.
    fold.apply(Self.report(2, revision: 2, days: 20_477...20_500, rows: [Self.row(3)]))
    #expect(Self.total(fold, 3, .hospitalKnife) == 5)
    let days = { (first: Int32, last: Int32) in LocalDay(index: first)...LocalDay(index: last) }
    #expect(
      fold.overlappingReturns == [
        OverlappingReturns(
          source: "/police/metropolitan", site: "RJZ01", first: days(20_450, 20_477), second: days(20_477, 20_500)),
        OverlappingReturns(
          source: "/police/metropolitan", site: "RJZ01", first: days(20_477, 20_500), second: days(20_478, 20_480)),
      ])
  }

  /// The slots of rows that were taken back are used again, by rows and by events, and none is used twice.
  @Test func slotsOfRowsAreUsedAgain() {
    var fold = FoldTests.started()
    fold.begin(at: Self.birth)
    fold.apply(Self.report(1, rows: (0..<50).map { Self.row($0) }))
    #expect(fold.events.count == 51)
    fold.apply(Self.report(1, revision: 2, rows: [Self.row(3)]))
    fold.apply(Self.report(2, rows: (0..<30).map { Self.row($0) }))
    for identity in 10..<28 { fold.apply(FoldTests.event(UInt64(identity), area: 60)) }
    #expect(fold.events.count == 51)
    #expect(fold.events.areRowsSound)
    #expect(Self.total(fold, 60, .knifeCrime) == 18)
    #expect(Self.total(fold, 3, .hospitalKnife) == 2)
    fold.apply(FoldTests.event(28, area: 60))
    #expect(fold.events.count == 52)
    // What was put where a row had been is found by its identity.
    fold.apply(FoldTests.event(12, revision: 2, kind: .retraction))
    #expect(Self.total(fold, 60, .knifeCrime) == 18)
  }

  /// Each row is an event of the day; they stand on one line, which is listed once.
  @Test func evidenceCountsRowsAndListsTheirLineOnce() throws {
    var fold = FoldTests.started()
    fold.begin(at: Self.birth)
    fold.apply(FoldTests.event(9, area: 3, at: Self.birth, measures: Self.knife))
    fold.apply(Self.report(1, rows: (0..<450).map { _ in Self.row(3, hoursBack: 0) }))
    var search = EvidenceSearch()
    search.ask(AreaIndex(3), .hospitalKnife, LocalDay(containing: Self.birth))
    let found = search.answer(from: fold.events, until: Self.birth.hour, partition: 0)
    let evidence = try #require(found.first)
    #expect(evidence.count == 451)
    #expect(evidence.positions.map(\.index) == [0, 1])
  }

  // MARK: - Where it counts

  /// The located area, else the responsible area, else the site's; out of scope is nowhere, whatever else is said.
  @Test func anEventCountsWhereItIsKnownBest() throws {
    let force = Force.allCases[4]
    let site = RegisteredSource(
      name: "/hospital", force: force, topics: [.hospital], sites: ["RJZ01": AreaIndex(7)])
    var fold = Fold(partition: 0)
    fold.begin(at: Self.birth)
    fold.configure(Configuration(sources: [site]))
    let source = fold.sourceTable.index(of: Array("/hospital".utf8).span)
    let known = fold.siteTable.index(of: Array("RJZ01".utf8).span)
    let unknown = fold.siteTable.index(of: Array("RJZ02".utf8).span)
    let unattributed = Bucket.unattributed(force)
    let cases: [(Place, Place?, SiteIndex?, Bucket, Unplaced?)] = [
      (.area(AreaIndex(3)), .area(AreaIndex(4)), known, Bucket(AreaIndex(3)), nil),
      (.unplaced(.unknown), .area(AreaIndex(4)), nil, Bucket(AreaIndex(4)), nil),
      (.unplaced(.unknown), .unplaced(.outOfScope), nil, unattributed, .outOfScope),
      (.unplaced(.unknown), nil, known, Bucket(AreaIndex(7)), nil),
      (.unplaced(.lsoaNotPlaced), nil, known, Bucket(AreaIndex(7)), nil),
      (.unplaced(.notGiven), nil, unknown, unattributed, .notGiven),
      (.unplaced(.lsoaNotPlaced), nil, unknown, unattributed, .lsoaNotPlaced),
      (.unplaced(.tooCoarse), nil, nil, unattributed, .tooCoarse),
      (.unplaced(.outOfScope), .area(AreaIndex(4)), known, unattributed, .outOfScope),
    ]
    var reasons: [Unplaced: Int64] = [:]
    for (number, (place, responsible, site, bucket, reason)) in cases.enumerated() {
      var event = FoldTests.event(UInt64(number), measures: Self.fist)
      (event.topic, event.source) = (.hospital, source)
      (event.place, event.responsible, event.site) = (place, responsible, site)
      let before = fold.projection(of: bucket)?.measures[Int(Measure.hospitalAssault.rawValue)].total ?? 0
      fold.apply(event)
      #expect(
        fold.projection(of: bucket)?.measures[Int(Measure.hospitalAssault.rawValue)].total == before + 1, "\(number)")
      if let reason { reasons[reason, default: 0] += 1 }
    }
    for reason in Unplaced.allCases {
      #expect(fold.verdicts(.hospital).unplaced[reason] == reasons[reason, default: 0], "\(reason)")
    }
    #expect(fold.verdicts(.hospital).unattributed == 5)
  }

  /// Rows are attributed one by one; another source's site of the same code is another site.
  @Test func rowsWithoutAPlaceCountWhereTheirSiteLies() {
    var fold = Fold(partition: 0)
    fold.begin(at: Self.birth)
    fold.configure(
      Configuration(sources: [
        RegisteredSource(name: "/a", force: nil, topics: [.hospital], sites: ["S": AreaIndex(7)]),
        RegisteredSource(name: "/b", force: nil, topics: [.hospital]),
      ]))
    let site = fold.siteTable.index(of: Array("S".utf8).span)
    let rows = [
      Self.row(3), ReturnRow(place: .unplaced(.notGiven), occurredFrom: Self.birth, measures: Self.knife),
      ReturnRow(place: .unplaced(.outOfScope), occurredFrom: Self.birth, measures: Self.knife),
    ]
    for (number, name) in ["/a", "/b"].enumerated() {
      var event = Self.report(UInt64(number), rows: rows)
      event.source = fold.sourceTable.index(of: Array(name.utf8).span)
      event.site = site
      fold.apply(event)
    }
    #expect(Self.total(fold, 3, .hospitalKnife) == 2)
    #expect(Self.total(fold, 7, .hospitalKnife) == 1)
    let verdicts = fold.verdicts(.hospital)
    #expect(verdicts.folded == 2)
    #expect(verdicts.unplaced[.notGiven] == 1)
    #expect(verdicts.unplaced[.outOfScope] == 2)
  }
}
