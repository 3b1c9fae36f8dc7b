import Hotspots
import Incidents
import Pipeline
import PipelineTesting
import Testing
import Wire

/// Folding a journal anew finds what was published from it, and the first place where it does not.
@Suite struct VerificationTests {
  private static let journal = TopicPartition("journal", 0)

  private static func history() throws -> MemoryService {
    let service = try SeededHistoryTests.service()
    let history = try GeneratedHistory(seed: 8, count: 1_000, now: SeededHistoryTests.now(service))
    try SeededHistoryTests.run(history.records, through: service)
    return service
  }

  private static func difference(
    in service: MemoryService, _ change: @escaping @Sendable (TopicPartition, Int64, [UInt8]) -> [UInt8]
  ) throws -> Verification.Difference? {
    let tampered = TamperedLog(log: MemoryLogFactory(service.log), change: change)
    do {
      _ = try Verification(journal, names: service.names, log: tampered).run()
      return nil
    } catch let difference as Verification.Difference {
      return difference
    }
  }

  @Test func everythingPublishedIsFoundAgain() throws {
    let service = try Self.history()
    let extent = try Verification(Self.journal, names: service.names, log: MemoryLogFactory(service.log)).run()
    let projections = try service.log.committedRecords(in: TopicPartition("borough-projections", 0)).records.count
    #expect(extent.projections == projections)
    #expect(extent.projections > 100)
    let statuses = try service.log.committedRecords(in: TopicPartition("source-status", 0)).records.count
    #expect(extent.statuses == statuses)
    #expect(extent.statuses > GeneratedHistory.registry.count)
    #expect(extent.digests > 3)
    #expect(extent.frames > 3)
  }

  /// Every signal is found again, and one that was changed, in its frame.
  @Test func signalsAreFoundAgain() throws {
    let service = try OutputContractTests.serviceWithASignal()
    let extent = try Verification(Self.journal, names: service.names, log: MemoryLogFactory(service.log)).run()
    let signals = try service.log.committedRecords(in: TopicPartition("hotspot-signals", 0))
    // Raised for crime and for injury in one area; withdrawn there, and raised in the other.
    #expect(extent.signals == 6 && signals.records.count == 6)
    let difference = try Self.difference(in: service) { partition, offset, value in
      guard partition.topic == "hotspot-signals", offset == signals.records[3].offset else { return value }
      return Array(String(decoding: value, as: UTF8.self).replacing("\"observed\":", with: "\"observed\":1").utf8)
    }
    #expect(difference?.subject == "signal")
    let slice = try #require(signals.records[3].value)
    let position = try JSONValue(parsing: signals.copy(slice))["position"]
    #expect(difference?.frames.lowerBound == position?["frame"]?.integer)
  }

  /// A status that was changed is found, in its frame.
  @Test func aChangedStatusIsFound() throws {
    let service = try Self.history()
    let statuses = try service.log.committedRecords(in: TopicPartition("source-status", 0))
    let record = statuses.records[statuses.records.count / 2]
    let difference = try Self.difference(in: service) { partition, offset, value in
      guard partition.topic == "source-status", offset == record.offset else { return value }
      return Array(String(decoding: value, as: UTF8.self).replacing("\"folded\":", with: "\"folded\":1").utf8)
    }
    #expect(difference?.subject == "status")
    let position = statuses.header("ce_id", of: record)?.split(separator: "@").last?.split(separator: ".")
    #expect(difference?.frames.lowerBound == position.flatMap { Int64($0[1]) })
  }

  /// Each byte of some frames, turned, is found in its frame.
  @Test func aTurnedByteOfTheJournalIsFound() throws {
    let service = try Self.history()
    let frames = try service.log.committedRecords(in: Self.journal)
    var random = SeededGenerator(seed: 9)
    for _ in 0..<12 {
      let frame = random.below(frames.records.count)
      let record = frames.records[frame]
      guard let value = record.value, value.count > 0 else { continue }
      let place = random.below(value.count)
      let difference = try Self.difference(in: service) { partition, offset, value in
        guard partition == Self.journal, offset == record.offset else { return value }
        var value = value
        value[place] ^= 1
        return value
      }
      #expect(difference?.subject == "checksum")
      #expect(difference?.frames == Int64(frame)...Int64(frame))
    }
  }

  @Test func aChangedCountIsFound() throws {
    let service = try Self.history()
    let projections = try service.log.committedRecords(in: TopicPartition("borough-projections", 0))
    let record = projections.records[projections.records.count / 2]
    let slice = try #require(record.value)
    let position = try JSONValue(parsing: projections.copy(slice))["position"]
    let difference = try Self.difference(in: service) { partition, offset, value in
      guard partition.topic == "borough-projections", offset == record.offset else { return value }
      let text = String(decoding: value, as: UTF8.self)
      return Array(text.replacing("\"total\":0", with: "\"total\":7", maxReplacements: 1).utf8)
    }
    #expect(difference?.subject == "projection")
    #expect(difference?.frames.upperBound == position?["frame"]?.integer)
    #expect(difference?.published.contains("\"total\":7") == true)
  }

  @Test func aChangedDigestIsFoundBetweenItsNeighbours() throws {
    let service = try Self.history()
    let batch = try service.log.committedRecords(in: TopicPartition("progress", 0))
    let marks = batch.records.filter { record in record.key.map { batch.text($0) } == "fold:0" }
    let record = marks[marks.count / 2]
    let slice = try #require(record.value)
    let frame = try #require(try JSONValue(parsing: batch.copy(slice))["frame"]?.integer)
    let difference = try Self.difference(in: service) { partition, offset, value in
      guard partition.topic == "progress", offset == record.offset else { return value }
      let text = String(decoding: value, as: UTF8.self)
      return Array(text.replacing("\"counts\":\"", with: "\"counts\":\"0", maxReplacements: 1).utf8)
    }
    #expect(difference?.subject == "counts")
    #expect(difference?.frames.upperBound == frame - 1)
  }

  /// A take-over meets the same difference, and publishes nothing past it.
  @Test func aTakeOverStopsAtATurnedByte() throws {
    let service = try Self.history()
    service.stop()
    let record = try #require(try service.log.committedRecords(in: Self.journal).records.dropFirst(2).first)
    let before = try service.log.committedRecords(in: TopicPartition("borough-projections", 0)).records.count
    let tampered = TamperedLog(log: MemoryLogFactory(service.log)) { partition, offset, value in
      guard partition == Self.journal, offset == record.offset, !value.isEmpty else { return value }
      return value.dropLast(2) + [0x7D, 0x20]
    }
    let fold = try FoldRole(log: tampered, names: service.names, instance: "a")
    #expect(throws: RoleError.self) { for _ in 0..<20 { try fold.step(waiting: .zero) } }
    let after = try service.log.committedRecords(in: TopicPartition("borough-projections", 0)).records.count
    #expect(after == before)
  }
}
