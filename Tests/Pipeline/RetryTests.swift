import Hotspots
import Incidents
import PipelineTesting
import Testing
import Wire

@testable import Pipeline

/// Refused rows are sent again when their reason has gone: each once, in order, whatever happens.
@Suite struct RetryTests {
  private static let partition = TopicPartition("incidents", 2)

  private static func event(_ reference: String, source: String = "/police/new", weapon: String = "knife") -> [UInt8] {
    Array(
      """
      {"specversion":"1.0","id":"1","source":"\(source)","type":"incident.recorded","data":{"reference":"\(reference)",\
      "revision":1,"occurredFrom":"2020-03-01T20:55:00Z","offenceCode":"34B","weapon":"\(weapon)",\
      "location":{"area":"E09000022"}}}
      """.utf8)
  }

  private static func record(_ value: [UInt8], key: String) -> OutgoingRecord {
    OutgoingRecord(
      topic: partition.topic, partition: partition.partition, key: Array(key.utf8), value: value,
      headers: [RecordHeader("content-type", "application/cloudevents+json"), RecordHeader("trace", key)])
  }

  private static func registry(_ names: String...) -> Configuration {
    Configuration(sources: names.map { RegisteredSource(name: $0, force: nil, topics: [.incidents]) })
  }

  /// A service that has refused five rows: three of a source that nobody had registered, with one in between that is wrong
  /// anyway and one that was accepted, and one of a source that stays unknown.
  private static func service() throws -> MemoryService {
    let service = try MemoryService(configuration: registry("/police/old"))
    try service.feed([
      record(event("a"), key: "a"), record(event("b", weapon: "sword"), key: "b"), record(event("c"), key: "c"),
      record(event("d", source: "/police/old"), key: "d"), record(event("e"), key: "e"),
      record(event("f", source: "/police/stranger"), key: "f"),
    ])
    try service.runUntilCaughtUp()
    return service
  }

  private static func register(_ service: MemoryService) throws {
    let at = EventTime(milliseconds: service.log.clock.now)
    let isChanged = try Reconfiguration(names: service.names, log: MemoryLogFactory(service.log))
      .apply(registry("/police/old", "/police/new"), at: at)
    try #require(isChanged)
  }

  private struct Clock: WallClock {
    let clock: MemoryClock
    func now() -> EventTime { EventTime(milliseconds: clock.now) }
  }

  private static func retrier(_ service: MemoryService) throws -> Retrier {
    try Retrier(
      names: service.names, log: MemoryLogFactory(service.log), clock: Clock(clock: service.log.clock))
  }

  private static func keys(_ service: MemoryService) throws -> [String] {
    let batch = try service.log.committedRecords(in: partition)
    return batch.records.map { $0.key.map(batch.text) ?? "" }
  }

  @Test func nothingIsSentWhileTheReasonStands() throws {
    let service = try Self.service()
    let summary = try Self.retrier(service).retry(RefusedRows())
    #expect(summary.meant == 5 && summary.sent.isEmpty && summary.before == 0)
    #expect(summary.refused == [.unknownSource: 5])
    #expect(try Self.keys(service).count == 6)
  }

  @Test func whatIsNoLongerRefusedIsSentOnceAndInOrder() throws {
    let service = try Self.service()
    try Self.register(service)
    let trial = try Self.retrier(service).retry(RefusedRows(), isTrial: true)
    #expect(trial.sent == [.incidents: 3])
    #expect(try Self.keys(service).count == 6)
    let summary = try Self.retrier(service).retry(RefusedRows())
    #expect(summary.sent == [.incidents: 3] && summary.refused == [.badEnumeration: 1, .unknownSource: 1])
    #expect(try Self.keys(service) == ["a", "b", "c", "d", "e", "f", "a", "c", "e"])
    let batch = try service.log.committedRecords(in: Self.partition)
    let again = try #require(batch.records.last)
    #expect(again.value.map(batch.copy) == Self.event("e") && batch.header("trace", of: again) == "e")
    #expect(batch.header("content-type", of: again) == "application/cloudevents+json")
    try service.runUntilCaughtUp()
    let account = try #require(try service.status().accounts.first)
    #expect(account.folded == 4 && account.rejected == 5 && account.isConserved)
    let listed = try RejectionReader(names: service.names, log: MemoryLogFactory(service.log)).list(RefusedRows())
    #expect(listed.filter(\.isRetried).map(\.offset) == [0, 2, 4])
    let told = try SourceReport(
      of: "/police/new", names: service.names, log: MemoryLogFactory(service.log), newest: 2)
    #expect(told.retried == 3 && told.newest.map(\.isRetried) == [true, true])
    // Once more, by the same and by another, does nothing.
    let second = try Self.retrier(service).retry(RefusedRows())
    #expect(second.sent.isEmpty && second.before == 3 && second.meant == 5)
    #expect(try Self.keys(service).count == 9)
  }

  @Test func onlyWhatIsMeantIsSent() throws {
    let service = try Self.service()
    try Self.register(service)
    #expect(try Self.retrier(service).retry(RefusedRows(source: "/police/stranger")).sent.isEmpty)
    #expect(try Self.retrier(service).retry(RefusedRows(code: "badEnumeration")).meant == 0)
    #expect(try Self.retrier(service).retry(RefusedRows(topics: [.hospital])).meant == 0)
    let later = EventTime(milliseconds: service.log.clock.now + 1)
    #expect(try Self.retrier(service).retry(RefusedRows(since: later)).meant == 0)
    #expect(
      try Self.retrier(service).retry(RefusedRows(source: "/police/new", code: "unknownSource")).sent.values.sum == 3)
  }

  @Test func rowsThatTheInputHasForgottenAreGone() throws {
    let service = try Self.service()
    try Self.register(service)
    try service.log.deleteRecords(in: Self.partition, before: 2)
    let summary = try Self.retrier(service).retry(RefusedRows())
    #expect(summary.gone == 2 && summary.sent == [.incidents: 2])
  }

  /// Each call fails once, before it did its work and after; whoever tries again sends what is left and nothing twice.
  @Test(arguments: [LogCall.begin, .produce, .flush, .commit], [MemoryLogFault.Moment.before, .after])
  func aFailureAnywhereSendsNothingTwice(call: LogCall, moment: MemoryLogFault.Moment) throws {
    guard moment == .before || call == .commit else { return }
    let service = try Self.service()
    try Self.register(service)
    let retrier = try Self.retrier(service)
    service.log.failNext(
      call, by: "retry", with: LogError(.other, .restart, reason: "as told"), moment: moment)
    #expect(throws: LogError.self) { try retrier.retry(RefusedRows()) }
    let left = try Self.retrier(service).retry(RefusedRows())
    #expect(left.sent.values.sum + left.before == 3)
    #expect(left.before == (moment == .after ? 3 : 0))
    #expect(try Self.keys(service) == ["a", "b", "c", "d", "e", "f", "a", "c", "e"])
  }

  @Test func theNewerRetrierFencesTheOlder() throws {
    let service = try Self.service()
    try Self.register(service)
    let older = try Self.retrier(service)
    let newer = try Self.retrier(service)
    #expect(throws: LogError.self) { try older.retry(RefusedRows()) }
    #expect(try newer.retry(RefusedRows()).sent.values.sum == 3)
    #expect(try Self.keys(service).count == 9)
  }

  @Test func retriedRowsAreKeptInFewRanges() throws {
    let refused: [Int64] = [3, 5, 9, 20, 21]
    var rows = RetriedRows().adding([3, 9], of: refused)
    #expect(rows.ranges == [3...3, 9...9])
    rows = rows.adding([5], of: refused)
    #expect(rows.ranges == [3...9])
    rows = rows.adding([21], of: refused)
    #expect(rows.ranges == [3...9, 21...21])
    #expect(refused.filter(rows.contains) == [3, 5, 9, 21] && !rows.contains(2) && !rows.contains(22))
    // What rejections have forgotten is forgotten here.
    #expect(rows.adding([], of: [9, 20, 21]).ranges == [9...9, 21...21])
    let value = try #require(rows.progress(of: Self.partition, names: Names(prefix: "")).value)
    #expect(RetriedRows(progress: value) == rows)
    for broken in ["{}", "{\"ranges\":[[2,1]]}", "{\"ranges\":[[1,2],[2,3]]}", "{\"ranges\":[[1]]}"] {
      #expect(RetriedRows(progress: Array(broken.utf8)) == nil)
    }
  }

  @Test func listsAreByTimeAndFiltered() throws {
    let service = try Self.service()
    let reader = RejectionReader(names: service.names, log: MemoryLogFactory(service.log))
    #expect(try reader.list(RefusedRows()).map(\.offset) == [0, 1, 2, 4, 5])
    #expect(try reader.list(RefusedRows(), limit: 2).map(\.offset) == [4, 5])
    #expect(try reader.list(RefusedRows(source: "/police/stranger")).map(\.code) == ["unknownSource"])
    let fetcher = try RecordFetcher(log: MemoryLogFactory(service.log))
    var found: [Int64] = []
    try fetcher.fetch([1, 5, 70], of: Self.partition) { record, _ in found.append(record.offset) }
    #expect(found == [1, 5])
  }

  @Test func aSourceIsToldWhatBecameOfItsRows() throws {
    let service = try Self.service()
    let log = MemoryLogFactory(service.log)
    let new = try SourceReport(of: "/police/new", names: service.names, log: log, newest: 2)
    #expect(new.isKnown && new.registered == nil && new.hasRegistry)
    #expect(new.refused == [.incidents: ["unknownSource": 4]] && new.newest.map(\.offset) == [2, 4])
    let old = try SourceReport(of: "/police/old", names: service.names, log: log, newest: 2)
    #expect(old.inputs.map(\.topic) == ["incidents"] && old.registered != nil && old.asOf != nil && old.newest.isEmpty)
    let nobody = try SourceReport(of: "/police/nobody", names: service.names, log: log, newest: 2)
    #expect(!nobody.isKnown && nobody.known.contains("/police/old"))
  }
}

extension Collection<Int64> {
  fileprivate var sum: Int64 { reduce(0, +) }
}
