import Hotspots
import Incidents
import Wire

/// Frames of made-up incidents, as a fold reads them from the log.
struct BenchJournal {
  static let birth = EventTime(milliseconds: 1_735_689_600_000)
  private static let eventsPerFrame = 1_000
  private static let day: Int64 = 86_400_000

  let frames: RecordBatch
  let events: Int

  init(_ request: BenchRequest) {
    var random = BenchRandom(state: 1)
    var batch = RecordBatch()
    let partition = batch.index(of: TopicPartition("journal", 0))
    let span = Int64(request.events) * Self.day / Int64(request.perDay)
    var lines: [UInt8] = []
    for index in 0..<request.events {
      let now = Self.birth.milliseconds + span * Int64(index) / Int64(request.events)
      var identity = index
      var occurred = now - Int64(random.below(3_600_000))
      if !request.isLived {
        occurred = Self.birth.milliseconds + Int64(random.below(Int(span)))
      } else if random.below(100) < 5 {
        occurred = now - Int64(random.below(Int(30 * Self.day)))
      }
      let isRevision = random.below(100) < 3 && index > 0
      if isRevision { identity = random.below(index) }
      Self.append(
        to: &lines, identity: identity, revision: isRevision ? 2 + index : 1, occurred: occurred, offset: index, &random
      )
      guard (index + 1) % Self.eventsPerFrame == 0 || index + 1 == request.events else { continue }
      let at = EventTime(milliseconds: request.isLived ? now : Self.birth.milliseconds + span)
      let count = index % Self.eventsPerFrame + 1
      Self.append(lines, count: count, at: at, offset: index / Self.eventsPerFrame, source: partition, to: &batch)
      lines.removeAll(keepingCapacity: true)
    }
    frames = batch
    events = request.events
  }

  private static let words: (codes: [String], weapons: [String], uses: [String], injuries: [String]) = (
    ["34B", "8N", "5D", "104", "105A", "10D", "3B", "36"], ["knife", "knife", "other", "none"],
    ["used", "threatened", "possessed"], ["none", "none", "minor", "serious"]
  )

  private static func append(
    to lines: inout [UInt8], identity: Int, revision: Int, occurred: Int64, offset: Int, _ random: inout BenchRandom
  ) {
    let mixed = BenchRandom.mix(UInt64(identity))
    let area = AreaTable.code(AreaIndex(UInt8(random.below(AreaTable.count))))
    func hex(_ value: UInt64) -> String {
      let digits = String(value, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
    lines +=
      """
      {"identity":"\(hex(mixed))\(hex(BenchRandom.mix(mixed)))","content":"\(hex(UInt64(offset)))","revision":\(revision),\
      "type":"incident.recorded","source":"/police/metropolitan","area":"\(area)","occurredFrom":\(occurred),\
      "occurredTo":\(occurred + 600_000),"offenceCode":"\(words.codes[random.below(8)])",\
      "weapon":"\(words.weapons[random.below(4)])","weaponUse":"\(words.uses[random.below(3)])",\
      "injury":"\(words.injuries[random.below(4)])","victimAgeBand":"18-24","recordedAt":\(occurred + 700_000),\
      "reference":"MPS-\(identity)-26","sent":{"area":"\(area)"},"from":["incidents",0,\(offset)]}

      """.utf8
  }

  private static func append(
    _ lines: [UInt8], count: Int, at: EventTime, offset: Int, source: Int, to batch: inout RecordBatch
  ) {
    let frame = JournalFrame(kind: .events, at: at, count: count, value: lines)
    let first = batch.headers.count
    for header in frame.headers {
      let name = Array(header.name.utf8).withUnsafeBytes { batch.append($0) }
      let value = header.value.map { bytes in bytes.withUnsafeBytes { batch.append($0) } }
      batch.append(header: RecordBatch.Header(name: name, value: value))
    }
    let value = lines.withUnsafeBytes { batch.append($0) }
    batch.append(
      record: RecordBatch.Record(
        source: source, offset: Int64(offset), timestamp: at.milliseconds, key: nil, value: value, firstHeader: first,
        headerCount: frame.headers.count))
  }
}

/// SplitMix64, so that a journal is the same each time.
struct BenchRandom {
  var state: UInt64

  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Int(Self.mix(state).multipliedFullWidth(by: UInt64(bound)).high)
  }

  static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
