import Hotspots
import Incidents
import Pipeline
import Wire

/// Reads what any consumer may read, all along a run, and computes everything again by itself. Whatever it sees must be
/// right at the moment it sees it.
final class SimulationObserver {
  struct Frame {
    var at: EventTime
    var events: [JournalEvent]
    var kind: JournalFrame.Kind
  }

  /// An input record's place.
  struct Origin: Hashable {
    var partition: Int32
    var offset: Int64
  }

  private struct Published {
    var frame: Int64
    var hour: Hour
    var measures: [UInt8]
  }

  private let names: Names
  private let projections: TopicReader
  private let rejections: TopicReader
  private let progress: TopicReader
  private let journal: TopicReader
  private(set) var naive: NaiveFold
  /// Frames that the naive fold has applied.
  private var applied = 0
  private(set) var frames: [Frame] = []
  /// Behind each frame the chained digest; the first is before all.
  private(set) var digests = [Digest256.zero]
  private(set) var lines: [Origin: (line: [UInt8], at: EventTime)] = [:]
  private(set) var refused: [Origin: String] = [:]
  private var newestLine: [Int32: Int64] = [:]
  private var newestRefusal: [Int32: Int64] = [:]
  private var newestTick: Hour?
  private var published: [Bucket: Published] = [:]
  private var newestFrame: Int64 = -1
  private var newestProgress: [String: Int64] = [:]
  private(set) var projectionsSeen = 0

  init(log: MemoryLog, names: Names, registry: [RegisteredSource]) throws {
    self.names = names
    let factory = MemoryLogFactory(log)
    projections = try TopicReader(factory, names(.boroughProjections))
    rejections = try TopicReader(factory, names(.incidentsRejections))
    progress = try TopicReader(factory, names(.progress))
    journal = try TopicReader(factory, names(.journal))
    naive = NaiveFold(registry: registry)
  }

  /// Looks at everything new. Effects are read before their causes, so a cause that is missing was not there.
  func look() throws {
    let marks = try progress.readOn()
    let projections = try projections.readOn()
    let rejections = try rejections.readOn()
    let journal = try journal.readOn()
    for record in journal.records { try note(frame: record, of: journal) }
    for record in rejections.records { try note(rejection: record, of: rejections) }
    for record in projections.records { try note(projection: record, of: projections) }
    for record in marks.records { try note(progress: record, of: marks) }
  }

  // MARK: The journal

  private func note(frame record: RecordBatch.Record, of batch: RecordBatch) throws {
    let frame = try JournalFrame(record, of: batch)
    let value = record.value.map { batch.copy($0) } ?? []
    var events: [JournalEvent] = []
    switch frame.kind {
    case .events:
      events = try naive.scan(value)
      for line in value.split(separator: UInt8(ascii: "\n")) { try note(line: Array(line), at: frame.at) }
    case .tick:
      if let newestTick, frame.at.hour <= newestTick {
        throw SimulationFinding(.duplicated, "frame \(frames.count) ticks hour \(frame.at.hour.index) again")
      }
      newestTick = frame.at.hour
    case .birth: break
    case .config, .release: throw SimulationFinding(.divergent, "frame \(frames.count) is a \(frame.kind)")
    }
    guard events.count == frame.count || frame.kind == .birth else {
      throw SimulationFinding(.divergent, "frame \(frames.count) has \(events.count) lines, not \(frame.count)")
    }
    frames.append(Frame(at: frame.at, events: events, kind: frame.kind))
    digests.append((digests.last ?? .zero).chained(frame.checksum))
  }

  private func note(line: [UInt8], at: EventTime) throws {
    guard let origin = Origin(endOf: line) else {
      throw SimulationFinding(.divergent, "a line says of no record that it came from it")
    }
    guard lines.updateValue((line, at), forKey: origin) == nil, refused[origin] == nil else {
      throw SimulationFinding(.duplicated, "\(origin) is in the journal twice, or was refused too")
    }
    guard origin.offset > newestLine[origin.partition, default: -1] else {
      throw SimulationFinding(.reordered, "\(origin) comes behind \(newestLine[origin.partition] ?? -1) in the journal")
    }
    newestLine[origin.partition] = origin.offset
  }

  private func note(rejection record: RecordBatch.Record, of batch: RecordBatch) throws {
    func header(_ name: String) -> String { batch.header(name, of: record) ?? "" }
    guard let partition = Int32(header("partition")), let offset = Int64(header("offset")) else {
      throw SimulationFinding(.divergent, "a rejection does not say what it refuses")
    }
    let origin = Origin(partition: partition, offset: offset)
    guard refused.updateValue(header("code"), forKey: origin) == nil, lines[origin] == nil else {
      throw SimulationFinding(.duplicated, "\(origin) is refused twice, or journaled too")
    }
    guard offset > newestRefusal[partition, default: -1] else {
      throw SimulationFinding(.reordered, "\(origin) is refused after \(newestRefusal[partition] ?? -1)")
    }
    newestRefusal[partition] = offset
  }

  // MARK: Outputs

  private func advance(toFrame frame: Int64) {
    while applied <= frame {
      naive.begin(at: frames[applied].at)
      for event in frames[applied].events { naive.apply(event) }
      applied += 1
    }
  }

  private func note(projection record: RecordBatch.Record, of batch: RecordBatch) throws {
    projectionsSeen += 1
    guard let key = record.key.map(batch.text), let bucket = Self.buckets[key], let value = record.value,
      let seen = ProjectionText(batch.bytes[value.start..<value.start + value.count])
    else { throw SimulationFinding(.divergent, "the projection at offset \(record.offset) cannot be read") }
    guard seen.frame < frames.count else {
      throw SimulationFinding(.abortedRead, "\(key) speaks of frame \(seen.frame), and \(frames.count) are to be seen")
    }
    let before = published[bucket]
    guard seen.frame >= newestFrame, seen.frame > before?.frame ?? -1 else {
      throw SimulationFinding(
        .reordered, "\(key) goes to frame \(seen.frame) after \(before?.frame ?? -1), others \(newestFrame)")
    }
    newestFrame = seen.frame
    advance(toFrame: seen.frame)
    guard seen.now == naive.now, seen.index == frames[Int(seen.frame)].events.count - 1 else {
      throw SimulationFinding(.divergent, "\(key) at frame \(seen.frame): now or position are not the frame's")
    }
    let expected = naive.measures(of: bucket)
    guard seen.measures.elementsEqual(expected) else {
      throw SimulationFinding(
        .divergent,
        "\(key) at frame \(seen.frame): \(Self.difference(expected, Array(seen.measures)))")
    }
    if let before, before.hour == seen.now.hour, before.measures == expected {
      throw SimulationFinding(
        .duplicated, "\(key) was published at frame \(before.frame) and again, the same, at \(seen.frame)")
    }
    published[bucket] = Published(frame: seen.frame, hour: seen.now.hour, measures: expected)
  }

  private func note(progress record: RecordBatch.Record, of batch: RecordBatch) throws {
    guard let key = record.key.map(batch.text), let value = record.value else { return }
    let text = batch.bytes[value.start..<value.start + value.count]
    guard key != "journal", let offset = text.integer(after: "\"offset\":") else { return }
    guard offset >= newestProgress[key, default: 0] else {
      throw SimulationFinding(.reordered, "progress of \(key) falls from \(newestProgress[key] ?? 0) to \(offset)")
    }
    newestProgress[key] = offset
    guard key.hasPrefix("fold:") else { return }
    guard let frame = text.integer(after: "\"frame\":"), frame < digests.count else {
      throw SimulationFinding(.abortedRead, "progress of \(key) has frames that are not there")
    }
    guard let digest = text.index(behind: "\"digest\":\""),
      text[digest...].starts(with: "\(digests[Int(frame)])\"".utf8)
    else {
      throw SimulationFinding(.divergent, "progress of \(key): the digest at frame \(frame) is not the chain's")
    }
  }

  /// Everything is done: what was published last is what stands.
  func finish() throws {
    try look()
    advance(toFrame: Int64(frames.count) - 1)
    guard let last = frames.indices.last else { throw SimulationFinding(.stuck, "the journal is empty") }
    for bucket in naive.known.sorted() {
      guard let newest = published[bucket] else {
        throw SimulationFinding(.unseen, "\(bucket.key) had events and was never published")
      }
      guard newest.hour == naive.now.hour, newest.measures == naive.measures(of: bucket) else {
        throw SimulationFinding(
          .unseen, "\(bucket.key): the last frame, \(last), changed it; published is \(newest.frame)")
      }
    }
  }

  private static let buckets = Dictionary(
    uniqueKeysWithValues: (0..<Bucket.count).map { (Bucket(index: $0).key, Bucket(index: $0)) })

  /// Where two texts part, with what stands before.
  private static func difference(_ expected: [UInt8], _ found: [UInt8]) -> String {
    let place = zip(expected, found).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? 0
    func part(_ text: [UInt8]) -> String {
      String(decoding: text[max(0, min(place, text.count) - 40)..<min(text.count, place + 8)], as: UTF8.self)
    }
    return "expected …\(part(expected))…, found …\(part(found))…"
  }
}

/// Reads one partition of a topic on and on.
private final class TopicReader {
  private let consumer: any LogConsumer

  init(_ log: MemoryLogFactory, _ topic: String) throws {
    consumer = try log.makeReader()
    try consumer.assign([TopicPartition(topic, 0): 0])
  }

  func readOn() throws -> RecordBatch {
    var batch = RecordBatch()
    _ = try consumer.poll(into: &batch, limit: PollLimit(records: .max, bytes: .max), waiting: .zero)
    return batch
  }
}

/// The members of a projection that are looked at.
private struct ProjectionText {
  var now: EventTime
  var frame: Int64
  var index: Int
  var measures: ArraySlice<UInt8>

  init?(_ text: ArraySlice<UInt8>) {
    guard let frame = text.integer(after: "\"frame\":"), let index = text.integer(after: "\"index\":"),
      let clock = text.index(behind: "\"now\":\""), let quote = text[clock...].firstIndex(of: UInt8(ascii: "\"")),
      case .success(let now) = RFC3339.parse(Array(text[clock..<quote]).span),
      let opening = text.index(behind: "\"measures\":"),
      let closing = text.index(behind: "}},\"sources\":", from: opening)
    else { return nil }
    self.now = now
    self.frame = frame
    self.index = Int(index)
    measures = text[opening..<(closing - ",\"sources\":".utf8.count)]
  }
}

extension SimulationObserver.Origin {
  /// Reads the member `from` at the end of a journal line.
  init?(endOf line: [UInt8]) {
    guard let opening = line.lastIndex(of: UInt8(ascii: "[")) else { return nil }
    let parts = line[(opening + 1)...].split(separator: UInt8(ascii: ","))
    guard parts.count == 3, parts[2].suffix(2) == Array("]}".utf8)[...],
      let partition = Int32(String(decoding: parts[1], as: UTF8.self)),
      let offset = Int64(String(decoding: parts[2].dropLast(2), as: UTF8.self))
    else { return nil }
    self.init(partition: partition, offset: offset)
  }
}

extension ArraySlice<UInt8> {
  /// The place behind the first occurrence of a text at or after `start`.
  fileprivate func index(behind name: StaticString, from start: Int? = nil) -> Int? {
    let name = Array("\(name)".utf8)
    let (text, name0, length) = (span, name[0], name.count)
    var place = (start ?? startIndex) - startIndex
    while place + length <= text.count {
      if text[place] == name0 {
        var matched = 1
        while matched < length, text[place + matched] == name[matched] { matched += 1 }
        if matched == length { return startIndex + place + length }
      }
      place += 1
    }
    return nil
  }

  /// The whole number that follows a text.
  fileprivate func integer(after name: StaticString) -> Int64? {
    guard let start = index(behind: name) else { return nil }
    let digits = self[start...].prefix { $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) }
    return Int64(String(decoding: digits, as: UTF8.self))
  }
}
