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

  /// Every signal is found again.
  @Test func signalsAreFoundAgain() throws {
    let service = try OutputContractTests.serviceWithASignal()
    let extent = try Verification(Self.journal, names: service.names, log: MemoryLogFactory(service.log)).run()
    let signals = try service.log.committedRecords(in: TopicPartition("hotspot-signals", 0))
    // Raised for crime, and by three detectors for injury, in one area; withdrawn there, and raised in the other.
    #expect(extent.signals == 12 && signals.records.count == 12)
    #expect(extent.days > 0)
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

/// What anybody may have done to what was published is found, at the first place that it changes.
@Suite struct TamperingTests {
  private static let journal = TopicPartition("journal", 0)

  /// The difference that is found after one topic's records were changed; nil where none is.
  private static func difference(
    _ service: MemoryService, _ topic: Topic, _ edit: (inout [OutgoingRecord]) throws -> Void
  ) throws -> Verification.Difference? {
    let copy = MemoryLog()
    let factory = MemoryLogFactory(copy)
    let administration = try factory.makeAdministration()
    try administration.create(TopicPlan(names: service.names, administration: administration).missing)
    let producer = try factory.makeProducer(transactionalID: "copy")
    try producer.initialise()
    for name in [Topic.journal, .progress, .hotspotSignals, .boroughProjections, .boroughDays] {
      var records = try records(service, name)
      if name == topic { try edit(&records) }
      try producer.begin()
      for record in records { try producer.produce(record) }
      _ = try producer.flush()
      try producer.commit()
    }
    do {
      _ = try Verification(journal, names: service.names, log: factory).run()
      return nil
    } catch let difference as Verification.Difference {
      return difference
    }
  }

  private static func records(_ service: MemoryService, _ topic: Topic) throws -> [OutgoingRecord] {
    let batch = try service.log.committedRecords(in: TopicPartition(topic.rawValue, 0))
    return batch.records.map { record in
      OutgoingRecord(
        topic: topic.rawValue, partition: 0, key: record.key.map { batch.copy($0) },
        value: record.value.map { batch.copy($0) },
        headers: batch.headers[record.firstHeader..<record.firstHeader + record.headerCount].map { header in
          RecordHeader(batch.text(header.name), header.value.map { batch.copy($0) } ?? [])
        })
    }
  }

  private static func frame(_ record: OutgoingRecord) throws -> Int64 {
    try #require(try JSONValue(parsing: record.value ?? [])["position"]?["frame"]?.integer)
  }

  private static func service() throws -> MemoryService {
    let service = try SeededHistoryTests.service()
    let history = try GeneratedHistory(seed: 12, count: 500, now: SeededHistoryTests.now(service))
    try SeededHistoryTests.run(history.records, through: service)
    return service
  }

  @Test func aSignalChangedDroppedSwappedOrDoubledIsFound() throws {
    let service = try OutputContractTests.serviceWithASignal()
    let signals = try Self.records(service, .hotspotSignals)
    try #require(signals.count == 12)
    #expect(try Self.difference(service, .hotspotSignals) { _ in } == nil)
    for place in [0, signals.count / 2, signals.count - 1] {
      let frame = try Self.frame(signals[place])
      let value = String(decoding: signals[place].value ?? [], as: UTF8.self)
      for edit: (inout [OutgoingRecord]) throws -> Void in [
        { $0[place].value = Array(value.replacing("Counts of", with: "counts of").utf8) },
        { $0[place].value?.removeLast() },
        { $0[place].value = Array(value.replacing("\"partition\":0", with: "\"partition\":7").utf8) },
        { $0[place].key = Array("E09000099".utf8) },
        { $0[place].headers[$0[place].headers.count - 1].value.append(0x20) },
        { $0[place].headers.removeLast() },
        { $0.remove(at: place) },
        { $0.insert($0[place], at: place) },
        { $0.append($0[place]) },
      ] {
        let difference = try Self.difference(service, .hotspotSignals, edit)
        #expect(
          difference?.subject == "signal" && difference?.frames == frame...frame, "\(place): \(difference as Any)")
      }
    }
    for place in 1..<signals.count {
      let difference = try Self.difference(service, .hotspotSignals) { $0.swapAt(place - 1, place) }
      let frame = try Self.frame(signals[place - 1])
      #expect(difference?.subject == "signal" && difference?.frames == frame...frame, "\(place): \(difference as Any)")
    }
  }

  /// A number of a projection or of a day.
  @Test(arguments: [(Topic.boroughProjections, "projection"), (.boroughDays, "day")])
  func anythingElsePublishedIsFound(_ topic: Topic, _ subject: String) throws {
    let service = try Self.service()
    let records = try Self.records(service, topic)
    for place in [0, records.count / 2, records.count - 1] {
      let frame = try Self.frame(records[place])
      let difference = try Self.difference(service, topic) { records in
        let value = String(decoding: records[place].value ?? [], as: UTF8.self)
        records[place].value = Array(
          value.replacing("\"total\":", with: "\"total\":1").replacing("\"count\":", with: "\"count\":1").utf8)
      }
      #expect(difference?.subject == subject && difference?.frames.upperBound == frame, "\(difference as Any)")
      let later = try Self.difference(service, topic) { records in
        let value = String(decoding: records[place].value ?? [], as: UTF8.self)
        records[place].value = Array(
          value.replacing("\"frame\":\(frame),", with: "\"frame\":\(frame + 9_000),").utf8)
      }
      #expect(later?.subject == subject || place == records.count - 1, "\(later as Any)")
    }
  }

  /// Written anew with a checksum that fits: only what was published can tell.
  @Test func aForgedFrameIsFoundInItsRange() throws {
    let service = try Self.service()
    let frames = try Self.records(service, .journal)
    let place = try #require(frames.indices.dropFirst(3).first { frames[$0].value?.isEmpty == false })
    let difference = try Self.difference(service, .journal) { records in
      let lines = (records[place].value ?? []).split(separator: 0x0A).dropFirst()
      let value = lines.flatMap { line -> [UInt8] in line + [0x0A] }
      let at = try #require(records[place].headers.first { $0.name == "at" }?.value)
      let time = try #require(Int64(String(decoding: at, as: UTF8.self)))
      records[place].headers =
        JournalFrame(
          kind: .events, at: EventTime(milliseconds: time), count: lines.count, value: value
        ).headers
      records[place].value = value
    }
    #expect(difference?.frames.contains(Int64(place)) == true, "\(difference as Any)")
  }

  /// One rule counts otherwise: the range of the difference holds the first frame that it touches.
  @Test func anotherRuleIsFoundInItsRange() throws {
    let service = try Self.service()
    let journal = try service.log.committedRecords(in: Self.journal)
    var fold = Fold(partition: 0)
    var touched = false
    var first: Int?
    for (place, record) in journal.records.enumerated() where first == nil {
      let frame = try JournalFrame(record, of: journal)
      fold.begin(at: frame.at)
      if frame.kind == .events {
        try frame.apply(record, of: journal, to: &fold) { touched = touched || $0.measures.contains(.robbery) }
      }
      if touched { first = place }
    }
    let cause = Int64(try #require(first))
    let other = Release(number: Release.current.number, event: { $0.measures.remove(.init(.robbery)) })
    #expect {
      try Verification(
        Self.journal, names: service.names, log: MemoryLogFactory(service.log), release: other
      ).run()
    } throws: { error in
      (error as? Verification.Difference)?.frames.contains(cause) == true
    }
  }
}
