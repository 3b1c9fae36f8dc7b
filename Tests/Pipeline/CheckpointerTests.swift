import Hotspots
import Incidents
import PipelineTesting
import Testing
import Wire

@testable import Pipeline

/// Take-overs from checkpoints, and from none because of what was done to them: the answer is always the same.
@Suite struct CheckpointerTests {
  private static let journal = TopicPartition("journal", 0)

  /// A service with a history behind it, stopped, and the rest of its input.
  private static func stopped(
    _ store: any CheckpointStore, seed: UInt64 = 61
  ) throws -> (service: MemoryService, rest: ArraySlice<GeneratedRecord>) {
    let service = try SeededHistoryTests.service(checkpoints: store)
    let records = try GeneratedHistory(seed: seed, count: 2_200, now: SeededHistoryTests.now(service)).records
    for start in stride(from: 0, to: 2_000, by: 500) {
      try service.feed(records[start..<start + 500].map { $0.outgoing() })
      try service.runUntilCaughtUp()
      service.log.clock.advance(milliseconds: 17 * 3_600_000)
    }
    service.stop()
    return (service, records[2_000...])
  }

  /// What went wrong, in the service's words.
  private static func complaints(_ service: MemoryService) -> [String] {
    service.notices.all.filter { !$0.contains("is taken up from") }
  }

  private static func goOn(_ service: MemoryService, _ rest: ArraySlice<GeneratedRecord>) throws {
    try service.feed(rest.map { $0.outgoing() })
    try service.runUntilCaughtUp()
    #expect(try service.status().accounts.first?.waiting == 0)
    try PublishedSignalsTests.expectEqualToRefold(service)
  }

  /// Crashes and stops anywhere, with checkpoints that are written now and then: each take-over builds on what there is.
  @Test(arguments: [UInt64(62), 63])
  func crashesAmongCheckpoints(seed: UInt64) throws {
    let store = CountedStore()
    let service = try SeededHistoryTests.service(checkpoints: store)
    var random = SeededGenerator(seed: seed)
    var rest = try GeneratedHistory(seed: seed, count: 3_000, now: SeededHistoryTests.now(service)).records[...]
    while !rest.isEmpty {
      let share = rest.prefix(1 + random.below(300))
      rest = rest.dropFirst(share.count)
      try service.feed(share.map { $0.outgoing() })
      service.writing.isHeld = random.chance(3_000)
      try service.step(times: random.below(8))
      if random.chance(6_000) { random.chance(5_000) ? service.crash() : service.stop() }
      service.log.clock.advance(milliseconds: Int64(random.below(9 * 3_600_000)))
    }
    service.writing.isHeld = false
    // A new take-over has to see the end of every partition anew.
    service.stop()
    try Self.goOn(service, [])
    try SeededHistoryTests.expectEqualToReference(service)
    #expect(store.restored > 3)
    #expect(Self.complaints(service) == [])
  }

  @Test func aRestartFoldsOnlyWhatCameAfterTheCheckpoint() throws {
    let store = CountedStore()
    let (service, rest) = try Self.stopped(store)
    let found = try store.checkpoints(of: Self.journal)
    #expect(found.count == 2)
    let newest = try #require(found.first)
    let mark = try CheckpointHeader(bytes: newest.header).mark
    // A journal whose first half is gone cannot be folded from its birth.
    let tampered = TamperedLog(log: MemoryLogFactory(service.log)) { partition, offset, value in
      partition == Self.journal && offset < 5 ? [] : value
    }
    let checkpointer = Checkpointer(
      store: store, journal: String(repeating: "0", count: 32), elapsed: { .zero }, perform: { $0() },
      notice: service.notices.add)
    let fold = try FoldRole(log: tampered, names: service.names, instance: "a", checkpointer: checkpointer)
    for _ in 0..<20 { try fold.step(waiting: .zero) }
    #expect(fold.caughtUp[Self.journal] != nil && fold.parked.isEmpty)
    #expect(mark.frame > 5)
    fold.close(leaving: false)
    try Self.goOn(service, rest)
  }

  enum Damage: String, CaseIterable {
    case deleted, older, tornHeader, emptyHeader, tornPage, missingPage, swappedPages, ofAnotherPartition,
      ofAnotherJournal
    case ofAnotherProgram, ofOtherDetectors, ofAnotherFormat, ahead, otherCounts

    /// What the service says; nil when it has nothing to say.
    var words: String? {
      switch self {
      case .deleted, .older: nil
      case .tornHeader, .emptyHeader: "its header is damaged"
      case .tornPage: "its page 0 is damaged"
      case .missingPage: "its pages do not go together"
      case .swappedPages: "is damaged"
      case .ofAnotherPartition: "it is of journal-7"
      case .ofAnotherJournal: "it is of another journal"
      case .ofAnotherProgram, .ofOtherDetectors: "another version of the program made it"
      case .ofAnotherFormat: "it has another format"
      case .ahead: "behind the committed"
      case .otherCounts: "do not give the counts"
      }
    }
  }

  @Test(arguments: Damage.allCases)
  func whateverIsDoneToThemTheAnswerIsTheSame(_ damage: Damage) throws {
    let store = MemoryCheckpoints()
    let (service, rest) = try Self.stopped(store)
    var failure: (any Error)?
    store.tamper(with: Self.journal) { checkpoints in
      for index in checkpoints.indices {
        do { try Self.apply(damage, &checkpoints[index]) } catch { failure = error }
      }
      if damage == .deleted { checkpoints = [] }
      if damage == .older { checkpoints.removeFirst() }
    }
    #expect(failure == nil)
    try Self.goOn(service, rest)
    if let words = damage.words {
      #expect(Self.complaints(service).count { $0.contains(words) } == 2, "\(Self.complaints(service))")
      #expect(Self.complaints(service).count == 2)
    } else {
      #expect(Self.complaints(service).isEmpty)
    }
    // The next checkpoint is good again.
    service.stop()
    let stored = try #require(try store.checkpoints(of: Self.journal).first)
    try CheckpointHeader(bytes: stored.header).check(
      for: Self.journal, from: .init(journal: String(repeating: "0", count: 32)), upTo: .max)
  }

  private static func apply(_ damage: Damage, _ checkpoint: inout (header: [UInt8], pages: [Int: [UInt8]])) throws {
    func change(_ body: (inout CheckpointHeader) -> Void) throws {
      var header = try CheckpointHeader(bytes: checkpoint.header)
      body(&header)
      checkpoint.header = header.bytes
    }
    switch damage {
    case .deleted, .older: break
    case .tornHeader: checkpoint.header.removeLast(checkpoint.header.count / 2)
    case .emptyHeader: checkpoint.header = []
    case .tornPage: checkpoint.pages[0]?[99] ^= 1
    case .missingPage: checkpoint.pages[checkpoint.pages.count - 1] = nil
    case .swappedPages:
      let last = checkpoint.pages.count - 1
      (checkpoint.pages[0], checkpoint.pages[last]) = (checkpoint.pages[last], checkpoint.pages[0])
    case .ofAnotherPartition: try change { $0.partition = TopicPartition("journal", 7) }
    case .ofAnotherJournal: try change { $0.origin.journal = String(repeating: "f", count: 32) }
    case .ofAnotherProgram: try change { $0.origin.rules = "others" }
    case .ofOtherDetectors: try change { $0.origin.detectors = "others" }
    case .ofAnotherFormat:
      let contents = try #require(ChecksummedBytes(bytes: checkpoint.header)).contents
      let older = String(decoding: contents, as: UTF8.self).replacing(
        "\"format\":\(CheckpointHeader.format),", with: "\"format\":\(CheckpointHeader.format - 1),")
      checkpoint.header = ChecksummedBytes(Array(older.utf8)).bytes
    case .ahead: try change { $0.offset += 100_000 }
    case .otherCounts: try change { $0.mark.counts &+= 1 }
    }
  }

  /// A store that fails costs nothing but the time of the next start; it is said once, and once that it is over.
  @Test func aStoreThatFails() throws {
    let store = MemoryCheckpoints()
    let (service, rest) = try Self.stopped(store)
    store.failure = CheckpointError("the disk is full", advice: "make room")
    let half = rest.prefix(100)
    for start in half.indices where start % 50 == 0 {
      try service.feed(half[start..<start + 50].map { $0.outgoing() })
      try service.runUntilCaughtUp()
    }
    #expect(Self.complaints(service).count == 2, "\(Self.complaints(service))")
    #expect(Self.complaints(service).first?.contains("cannot be read, folding from the journal's birth") == true)
    #expect(Self.complaints(service).last?.contains("goes on without: the disk is full (make room)") == true)
    store.failure = nil
    try Self.goOn(service, rest.dropFirst(100))
    #expect(Self.complaints(service).count == 3)
    #expect(Self.complaints(service).last == "checkpoints are written again")
    #expect(try store.checkpoints(of: Self.journal).count == 2)
  }
}

/// Counts how often a checkpoint was read back.
private final class CountedStore: CheckpointStore {
  private let store = MemoryCheckpoints()
  private let count = Notices()

  var restored: Int { count.all.count }

  func checkpoints(of partition: TopicPartition) throws(CheckpointError) -> [StoredCheckpoint] {
    try store.checkpoints(of: partition)
  }

  func readPages(
    of checkpoint: CheckpointID, in partition: TopicPartition, _ body: (_ place: Int, _ page: [UInt8]) -> Void
  ) throws(CheckpointError) {
    count.add("read")
    try store.readPages(of: checkpoint, in: partition, body)
  }

  func save(
    header: [UInt8], pages: [CheckpointPage], on base: CheckpointID?, of partition: TopicPartition
  ) throws(CheckpointError) -> CheckpointID {
    try store.save(header: header, pages: pages, on: base, of: partition)
  }
}
