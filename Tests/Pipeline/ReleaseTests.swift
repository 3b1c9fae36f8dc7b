import Hotspots
import Incidents
import Pipeline
import PipelineTesting
import Testing
import Wire

/// One release of the fold makes room for the next, at the release frame.
@Suite struct ReleaseTests {
  /// Other rules: nothing counts as a knife injury, and the detector alarms earlier.
  static let next = Release(number: FoldMark.release + 1) { configuration in
    for index in configuration.detectors.indices { configuration.detectors[index].parameters[2] = 2 }
  } event: { event in
    event.measures.remove(.init(.knifeInjury))
  }

  @Test func thePredecessorLeavesAndTheSuccessorGoesOn() throws {
    let change = try ChangeOver(seed: 41)
    let successor = try change.fold(Self.next, "b")
    for _ in 0..<20 { try successor.step(waiting: .zero) }
    #expect(successor.isWaiting && successor.owned == nil)
    // Nothing but the frame can help: whoever waits for the end of the work would wait for ever.
    let hindrance = try #require(successor.hindrance)
    #expect(hindrance.kind == .divergence && hindrance.reason.contains("bellwether release apply"))
    #expect(change.notices.all.contains { $0.contains("bellwether release apply") })

    try change.feed(300)
    try change.apply()
    #expect(try change.apply() == nil)
    try change.feed(300)
    let reason = try #require(try change.runOut(change.fold(.current, "a")))
    #expect(reason.kind == .released)
    let frame = try change.releaseFrame
    #expect(reason.reason.contains("frame \(frame)"))
    // Started again, it has nothing more to publish, and goes at once.
    #expect(try change.runOut(change.fold(.current, "a"))?.kind == .released)

    try change.runUntilCaughtUp(successor)
    #expect(!successor.isWaiting && successor.hindrance == nil)
    try change.feed(200)
    try change.runUntilCaughtUp(successor)
    successor.close(leaving: true)
    try change.expectTheSuccessorsRules()
    try change.expectGaplessRevisions()

    // Whoever takes over inside the new stretch proves the same digest, from birth.
    let again = try change.fold(Self.next, "c")
    try change.feed(300)
    try change.runUntilCaughtUp(again)
    again.close(leaving: true)
    try change.expectTheSuccessorsRules()

    // Each verifies its own stretch, and says where the other's begins.
    let extent = try change.verify(Self.next)
    #expect(extent.first == Int64(frame) && extent.frames > extent.first && extent.successor == nil)
    #expect(extent.signals > 0 && extent.digests > 1 && extent.projections > 10 && extent.days > 10)
    let before = try change.verify(.current)
    #expect(before.first == 0 && before.frames == Int64(frame) && before.successor == Self.next.number)
    #expect(before.signals > 0 && before.digests > 1 && before.projections > 10 && before.days > 10)
    #expect(throws: StopReason.self) { try change.verify(Release(number: Self.next.number + 1)) }

    // The predecessor may not publish any more, nor may other rules under the same number.
    #expect {
      _ = try change.fold(.current, "a")
    } throws: { error in
      guard case RoleError.stop(let reason) = error else { return false }
      return reason.kind == .divergence && reason.reason.contains("is at release \(Self.next.number)")
    }
    let other = try #require(try change.runOut(change.fold(Release(number: Self.next.number), "d")))
    #expect(other.kind == .divergence && other.reason.contains("differ"))
    #expect(throws: StopReason.self) {
      try ReleaseChange(names: change.names, log: change.factory).apply(at: change.now)
    }
  }

  /// Started only when the predecessor has gone.
  @Test func theSuccessorMayComeLate() throws {
    let change = try ChangeOver(seed: 42)
    try change.feed(600)
    try change.apply()
    #expect(try change.runOut(change.fold(.current, "a"))?.kind == .released)
    try change.feed(500)
    let successor = try change.fold(Self.next, "a")
    try change.runUntilCaughtUp(successor)
    successor.close(leaving: true)
    try change.expectTheSuccessorsRules()
    try change.expectGaplessRevisions()
  }

  /// Another of the older release is in the group and owns nothing: it hears of the change when it is given the partition,
  /// and leaves.
  @Test(arguments: [false, true])
  func aStandbyOfThePredecessor(isGivenItByTheSuccessor: Bool) throws {
    let change = try ChangeOver(seed: 44)
    let members = [try change.fold(.current, "a"), try change.fold(.current, "b")]
    for _ in 0..<20 { for member in members { try member.step(waiting: .zero) } }
    let owner = try #require(members.firstIndex { $0.owned?.isEmpty == false })
    let standby = members[1 - owner]
    #expect(standby.owned == [])
    try change.feed(300)
    try change.apply()
    #expect(try change.runOut(members[owner])?.kind == .released)
    if isGivenItByTheSuccessor {
      // Elsewhere meanwhile, so that the group forgets it until it comes back.
      change.service.log.expire(group: change.names.group(.fold), instance: ["b", "a"][owner])
      let successor = try change.fold(Self.next, "c")
      try change.runUntilCaughtUp(successor)
      successor.close(leaving: true)
    }
    let reason = try #require(try change.runOut(standby))
    #expect(reason.kind == (isGivenItByTheSuccessor ? .divergence : .released))
    if isGivenItByTheSuccessor { #expect(reason.reason.contains("the journal is at release \(Self.next.number)")) }
    let administration = try change.factory.makeAdministration()
    #expect(try administration.members(of: change.names.group(.fold)).isEmpty)
  }

  /// Two release frames, of which the second comes before the first has been reached.
  @Test func onePredecessorAfterTheOther() throws {
    let change = try ChangeOver(seed: 43)
    try change.feed(600)
    try change.apply()
    try change.feed(500)
    let last = Release(number: Self.next.number + 1, configuration: nil) { $0.measures.remove(.init(.knifeCrime)) }
    try change.apply(last)
    let third = try change.fold(last, "c")
    let second = try change.fold(Self.next, "b")
    #expect(try change.runOut(change.fold(.current, "a"))?.kind == .released)
    for _ in 0..<20 { try third.step(waiting: .zero) }
    #expect(third.isWaiting)
    #expect(try change.runOut(second)?.kind == .released)
    try change.runUntilCaughtUp(third)
    third.close(leaving: true)
    try change.expectTheSuccessorsRules(of: last)
    try change.expectGaplessRevisions(withAtTheFrame: ["raised", "withdrawn"])
  }
}

/// A journal that one release hands to the next.
private final class ChangeOver {
  let service: MemoryService
  let factory: MemoryLogFactory
  let notices = Notices()
  private var records: ArraySlice<GeneratedRecord>
  private let ingest: Ingest

  init(seed: UInt64) throws {
    service = try SeededHistoryTests.service()
    factory = MemoryLogFactory(service.log)
    records = try GeneratedHistory(seed: seed, count: 2_500, now: SeededHistoryTests.now(service)).records[...]
    ingest = try Ingest(log: factory, names: service.names, instance: "i", clock: ServiceClock(service))
    try feed(500)
    let fold = try fold(.current, "a")
    try runUntilCaughtUp(fold)
    fold.close(leaving: true)
  }

  var names: Names { service.names }
  var now: EventTime { SeededHistoryTests.now(service) }

  func fold(_ release: Release, _ instance: String) throws -> FoldRole {
    try FoldRole(log: factory, names: names, instance: instance, release: release, notice: notices.add)
  }

  /// So many records more, some hours later; ingested, not folded.
  func feed(_ count: Int) throws {
    service.log.clock.advance(milliseconds: 13 * 3_600_000)
    try ingest(records.prefix(count).map { $0.outgoing() })
    records = records.dropFirst(count)
  }

  private func ingest(_ records: [OutgoingRecord]) throws {
    try service.feed(records)
    for _ in 0..<20 { try ingest.step(waiting: .zero) }
  }

  /// The journal holds what an alarm stands on that is none by the other rules, and the reverse.
  @discardableResult
  func apply(_ release: Release = ReleaseTests.next) throws -> Int? {
    for (area, count) in [("E09000001", 12), ("E06000031", 3), ("E06000055", 3), ("E06000056", 3)] {
      let occurred = RFC3339.text(EventTime(milliseconds: now.milliseconds - 60_000))
      try ingest(
        (0..<count).map { number in
          let event = """
            {"specversion":"1.0","id":"1","source":"/police/metropolitan","type":"incident.recorded","data":{"reference":\
            "S-\(area)-\(number)","revision":1,"occurredFrom":"\(occurred)","offenceCode":"8N","weapon":"knife",\
            "weaponUse":"used","injury":"minor","location":{"area":"\(area)"}}}
            """
          return OutgoingRecord(topic: "incidents", partition: 0, value: Array(event.utf8))
        })
    }
    return try ReleaseChange(names: names, log: factory, release: release).apply(at: now)
  }

  func runUntilCaughtUp(_ fold: FoldRole) throws {
    var quiet = 0
    while quiet < 3 {
      try fold.step(waiting: .zero)
      quiet = fold.owned.map { !$0.isEmpty && $0.allSatisfy { fold.caughtUp[$0] != nil } } == true ? quiet + 1 : 0
    }
  }

  /// Why a fold that must not go on ended.
  func runOut(_ fold: FoldRole) throws -> StopReason? {
    for _ in 0..<200 {
      do throws(RoleError) {
        try fold.step(waiting: .zero)
      } catch {
        fold.close(leaving: false)
        guard case .stop(let reason) = error else { throw error }
        return reason
      }
    }
    return nil
  }

  func verify(_ release: Release) throws -> Verification.Extent {
    try Verification(TopicPartition(names(.journal), 0), names: names, log: factory, release: release).run()
  }

  /// The newest release frame's place.
  var releaseFrame: Int {
    get throws {
      let journal = try service.log.committedRecords(in: TopicPartition(names(.journal), 0))
      return try #require(journal.records.lastIndex { journal.header("kind", of: $0) == "release" })
    }
  }

  /// What stands in the end is what folding the whole journal by the successor's rules alone gives.
  func expectTheSuccessorsRules(of release: Release = ReleaseTests.next) throws {
    let journal = try service.log.committedRecords(in: TopicPartition(names(.journal), 0))
    var fold = Fold(partition: 0)
    for record in journal.records {
      let frame = try JournalFrame(record, of: journal)
      fold.begin(at: frame.at)
      switch frame.kind {
      case .events, .tick: try frame.apply(record, of: journal, to: &fold, revise: release.event)
      case .birth, .config, .release:
        var configuration = try Birth(json: record.value.map { journal.copy($0) } ?? []).configuration
        release.configuration?(&configuration)
        fold.configure(configuration)
      }
      _ = fold.finish()
    }
    let newest = try SeededHistoryTests.newest(service, "measures")
    let standing = try SeededHistoryTests.newest(service, "signals")
    var signals = 0
    for index in 0..<Bucket.count {
      let bucket = Bucket(index: index)
      guard let published = newest[bucket.key] else { continue }
      let text = String(decoding: try #require(fold.projection(of: bucket)).json, as: UTF8.self)
      let expected = try JSONValue(parsing: Array(text.utf8))
      #expect(published == expected["measures"], "\(bucket.key)")
      let ids = { (value: JSONValue?) in value?.elements?.compactMap { $0["id"]?.string } ?? [] }
      #expect(ids(standing[bucket.key]) == ids(expected["signals"]), "\(bucket.key)")
      signals += ids(expected["signals"]).count
    }
    #expect(newest.count > 30 && signals > 0)
  }

  /// Revisions are 1, 2, 3 …, each once, and at the release frame something became of signals.
  func expectGaplessRevisions(withAtTheFrame expected: Set<String> = ["raised", "withdrawn", "updated"]) throws {
    let batch = try service.log.committedRecords(in: TopicPartition(names(.hotspotSignals), 0))
    var revisions: [String: Int64] = [:]
    var statuses: Set<String> = []
    let frame = try releaseFrame
    for record in batch.records {
      let value = try JSONValue(parsing: batch.copy(try #require(record.value)))
      let id = try #require(value["id"]?.string)
      #expect(value["revision"]?.integer == revisions[id, default: 0] + 1)
      revisions[id] = value["revision"]?.integer
      if value["position"]?["frame"]?.integer == Int64(frame) { statuses.insert(value["status"]?.string ?? "") }
    }
    #expect(statuses.isSuperset(of: expected), "\(statuses)")
  }
}

/// The log's hand-moved clock as the outside world's.
private struct ServiceClock: WallClock {
  private let clock: MemoryClock

  init(_ service: MemoryService) { clock = service.log.clock }

  func now() -> EventTime { EventTime(milliseconds: clock.now) }
}
