import Foundation
import Incidents
import PipelineTesting
import Testing
import Wire

@Suite struct IncidentGeneratorTests {
  static let now = EventTime(milliseconds: 1_772_399_649_250)  // 2026-03-01T21:14:09.250Z
  static let poisonDirectory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "topics/incidents/rejected").path

  /// The default, made once for all tests.
  static let standard = Result { try records() }

  static func records(seed: UInt64 = 7, count: Int = 20_000, registry: Bool = true) throws -> [GeneratedRecord] {
    var generator = IncidentGenerator(
      seed: seed, now: now, poison: try PoisonRecord.load(directory: poisonDirectory), registry: registry)
    return generator.generate(count: count)
  }

  /// What a reader of the record sees, whichever mode it came in.
  struct Event {
    var source: String
    var type: String
    var data: [String: Any]

    init(_ record: GeneratedRecord) throws {
      let value = try #require(record.value)
      let json = try JSONSerialization.jsonObject(with: Data(value))
      let object = try #require(json as? [String: Any])
      let header = { (name: String) in
        record.headers.first { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
      }
      if let source = header("ce_source") {
        self.source = source
        type = try #require(header("ce_type"))
        data = object
      } else {
        source = try #require(object["source"] as? String)
        type = try #require(object["type"] as? String)
        data = try #require(object["data"] as? [String: Any])
      }
    }

    var identity: String { "\(source)\n\(data["reference"] ?? "")" }
    var revision: Int64 { (data["revision"] as? NSNumber)?.int64Value ?? 0 }
    /// The contract's members as one text.
    var content: String {
      var members = data
      members["beat"] = nil
      let bytes = try? JSONSerialization.data(withJSONObject: members, options: .sortedKeys)
      return type.suffix(9) + (bytes.map { String(decoding: $0, as: UTF8.self) } ?? "")
    }
    func time(_ member: String) -> Int64? {
      guard let text = data[member] as? String else { return nil }
      let plain = Date.ISO8601FormatStyle()
      let date =
        (try? plain.parse(text)) ?? (try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text))
      return date.map { Int64(($0.timeIntervalSince1970 * 1_000).rounded()) }
    }
  }

  @Test func sameSeedSameRecords() throws {
    let first = try Self.records(count: 1_000)
    #expect(try first == Self.records(count: 1_000))
    #expect(try first != Self.records(seed: 8, count: 1_000))
  }

  /// The seed's meaning is part of every test that uses it: a change of the generator shows here.
  @Test func theSeedsMeaningIsFixed() {
    var generator = SeededGenerator(seed: 42)
    #expect(
      (0..<3).map { _ in generator.next() } == [
        1_546_998_764_402_558_742, 6_990_951_692_964_543_102, 12_544_586_762_248_559_009,
      ])
  }

  @Test func nextRecordsAreOfOtherIncidents() throws {
    var generator = IncidentGenerator(seed: 3, now: Self.now)
    let first = Set(try generator.generate(count: 500).map { try Event($0).identity })
    let second = Set(try generator.generate(count: 500).map { try Event($0).identity })
    #expect(first.count == 500 && second.count == 500)
    #expect(first.isDisjoint(with: second))
  }

  @Test func sharesAreAsPromised() throws {
    let records = try Self.standard.get()
    let counts = records.reduce(into: [:]) { $0[$1.role, default: 0] += 1 }
    #expect(counts[.first] == 20_000)
    func expect(_ role: GeneratedRecord.Role, _ range: ClosedRange<Int>) {
      #expect(range.contains(counts[role] ?? 0), "\(role): \(counts[role] ?? 0)")
    }
    expect(.revision, 800...1_400)
    expect(.moveToAnotherForce, 70...180)
    expect(.cancellation, 60...140)
    expect(.transfer, 60...140)
    expect(.revival, 30...100)
    expect(.repetition, 150...280)
    expect(.conflict, 35...100)
    expect(.poison, 200...200)

    var lastSeen: [String: Int64] = [:]
    var superseded = 0
    var gaps = 0
    for record in records where record.role != .poison {
      let event = try Event(record)
      let last = lastSeen[event.identity] ?? event.revision
      if event.revision < last { superseded += 1 }
      if event.revision > last + 1 { gaps += 1 }
      lastSeen[event.identity] = max(last, event.revision)
    }
    #expect(superseded > 50)
    #expect(gaps > 100)
    let binary = records.count { $0.headers.contains { $0.name == "ce_specversion" } }
    #expect((4_000...7_000).contains(binary))
  }

  @Test func timesAreSpreadAsPromised() throws {
    let day: Int64 = 86_400_000
    let records = try Self.standard.get().filter { $0.role == .first }
    var ages: [Int64] = []
    var tooLong = 0
    var imprecise = 0
    for record in records {
      let event = try Event(record)
      let from = try #require(event.time("occurredFrom"), "\(event.data)")
      ages.append(Self.now.milliseconds - from)
      let length = try event.data["occurredTo"].map { _ in try #require(event.time("occurredTo")) - from } ?? 0
      #expect(length >= 0)
      let isImprecise = event.data["imprecise"] as? Bool ?? false
      if isImprecise && length > 12 * 3_600_000 { imprecise += 1 }
      if length > (isImprecise ? 366 * day : 12 * 3_600_000) { tooLong += 1 }
    }
    #expect(tooLong == 0)
    #expect((800...1_500).contains(imprecise))
    #expect(ages.min().map { $0 > -300_000 } == true)
    #expect((20...120).contains(ages.count { $0 < 0 }))
    #expect(ages.count { $0 < 3 * 3_600_000 } > 1_000)
    #expect(ages.count { $0 < 60 * day } > 12_000)
    #expect(ages.count { $0 > 366 * day } > 500)
    #expect(ages.filter { $0 != Self.now.milliseconds }.max().map { (1_400 * day...1_461 * day).contains($0) } == true)
    #expect(ages.contains(Self.now.milliseconds), "the first instant of 1970")
    // 30 March and 26 October 2025, 01:00 UTC, to the millisecond and just before.
    for change: Int64 in [1_743_296_400_000, 1_761_440_400_000] {
      #expect(ages.contains(Self.now.milliseconds - change))
      #expect(ages.contains(Self.now.milliseconds - change + 1))
    }
    // Where the window of 24 hours begins: 2026-02-28T22:00Z.
    let edge: Int64 = 1_772_316_000_000
    #expect(ages.contains(Self.now.milliseconds - edge) && ages.contains(Self.now.milliseconds - edge + 1))
  }

  @Test func everyCodeOccursAndSaysSo() throws {
    let poisoned = try Self.standard.get().filter { $0.role == .poison }
    let codes = Set(poisoned.compactMap(\.expectedCode))
    #expect(codes == Set(RejectionCode.allCases).subtracting([.badPeriod]))
    #expect(poisoned.allSatisfy { $0.expectedMember != nil })
    let withoutRegistry = try Self.records(count: 2_000, registry: false).compactMap(\.expectedCode)
    #expect(Set(withoutRegistry) == codes.subtracting([.unknownSource]))
    let all = try PoisonRecord.load(directory: Self.poisonDirectory)
    // By their beginnings, which is all that a failure would show.
    let beginnings = { (value: [UInt8]?) in value.map { [$0.count] + $0.prefix(1_000).map(Int.init) } }
    #expect(Set(poisoned.map { beginnings($0.value) }) == Set(all.map { beginnings($0.value) }))
    #expect(poisoned.count { ($0.value?.count ?? 0) > 1 << 20 } == 1)
    #expect(try Self.records(count: 300).compactMap(\.expectedCode).count == 3)
  }

  @Test func everythingElseIsAccepted() throws {
    let records = try Self.standard.get()
    #expect(records.allSatisfy { ($0.role == .poison) == ($0.expectedCode != nil) })
    let sources = Set(try records.filter { $0.role != .poison }.map { try Event($0).source })
    #expect(sources == Set(IncidentGenerator.sources))
    let poison = try PoisonRecord.load(directory: Self.poisonDirectory)
    let registry = try #require(poison.first { $0.code == .unknownSource }?.sources)
    #expect(sources == Set(registry))
  }

  @Test func recordsOfOneReferenceShareAPartition() throws {
    let records = try Self.standard.get().filter { $0.role != .poison }
    var partitions: [String: Int32] = [:]
    for record in records {
      let data = try Event(record).data
      let reference = try #require(data["reference"] as? String)
      if let other = partitions.updateValue(record.partition, forKey: reference), other != record.partition {
        Issue.record("\(reference) in partitions \(other) and \(record.partition)")
      }
    }
    #expect(Set(partitions.values) == Set(0..<6))
    #expect(records.contains { $0.key == nil })
    // The same reference at two forces: two incidents.
    #expect(Set(try records.map { try Event($0).identity }).count > partitions.count)
  }

  @Test func repetitionsRepeatAndConflictsDiffer() throws {
    let series = Dictionary(grouping: try Self.standard.get().filter { $0.series != nil }) { $0.series ?? 0 }
    #expect(series.count > 20_000)
    for records in series.values where records.count > 1 {
      let contents = try records.map { try Event($0).content }
      #expect(![.repetition, .conflict, .poison].contains(records[0].role))
      for (record, content) in zip(records, contents).dropFirst() {
        switch record.role {
        case .repetition: #expect(content == contents[0])
        case .conflict: #expect(content != contents[0])
        default: Issue.record("a second \(record.role)")
        }
      }
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func anotherOrderKeepsEachSeries(seed: UInt64) throws {
    let records = try Self.records(count: 1_900)
    let other = records.shuffled(seed: seed)
    #expect(other == records.shuffled(seed: seed))
    #expect(other.count == records.count && Set(other) == Set(records))
    #expect(zip(records, other).count { $0 == $1 } < records.count / 20)
    func series(_ records: [GeneratedRecord]) -> [Int: [GeneratedRecord]] {
      records.filter { $0.series != nil }.reduce(into: [:]) { $0[$1.series ?? 0, default: []].append($1) }
    }
    #expect(series(other) == series(records))
    // Revisions of one incident are free.
    func references(_ records: [GeneratedRecord]) throws -> [String: [Int64]] {
      try records.filter { $0.role != .poison }
        .reduce(into: [:]) { try $0[Event($1).identity, default: []].append(Event($1).revision) }
    }
    #expect(try references(other) != references(records))
  }

  @Test func poisonIsReadAsItStandsInItsFile() throws {
    let all = try PoisonRecord.load(directory: Self.poisonDirectory)
    func record(_ name: String) throws -> PoisonRecord { try #require(all.first { $0.name == name }) }
    func value(_ name: String) throws -> [UInt8] {
      let record = try record(name)
      return try #require(record.value)
    }
    #expect(try record("tombstone").value == nil)
    #expect(try value("notJSON-empty") == [])
    #expect(try value("tooLarge-by-one-byte").count == 262_145)
    #expect(try value("tooLarge").count > 10 << 20)
    #expect(try value("notJSON-broken-utf8").contains(0xFF))
    #expect(try value("notJSON-truncated-utf8").last == 0xC3)
    let nested = try value("notJSON-nesting-of-10000")
    #expect(nested.count { $0 == UInt8(ascii: "[") } == 10_000)
    #expect(nested.count { $0 == UInt8(ascii: "]") } == 10_000)
    let high = String(decoding: try value("badRevision-too-high"), as: UTF8.self)
    #expect(high.contains("9007199254740993") && high.contains("\"/police/metropolitan\""))
    #expect(throws: (any Error).self) { try PoisonRecord.load(directory: Self.poisonDirectory + "/none") }
  }
}
