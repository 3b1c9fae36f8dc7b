import Hotspots
import Incidents
import Wire

/// What the fold must come to, as the contract words it: every event that stands is kept and all are counted anew each time.
/// No window rolls, nothing is taken back.
struct NaiveFold {
  private struct Standing {
    var event: JournalEvent
    var bucket: Bucket
    var day: LocalDay
  }

  private(set) var now = EventTime(milliseconds: 0)
  private(set) var verdicts = Verdicts()
  /// Whatever ever had an event.
  private(set) var known: Set<Bucket> = []
  private var sources = SourceTable()
  private var sites = SiteTable()
  private var newest: [Identity: Standing] = [:]
  private let registry: [String: Force]

  init(registry: [RegisteredSource]) {
    self.registry = Dictionary(registry.compactMap { source in source.force.map { (source.name, $0) } }) { $1 }
  }

  /// Time never falls.
  mutating func begin(at: EventTime) { now = max(now, at) }

  /// The events of a frame's lines.
  mutating func scan(_ lines: [UInt8]) throws -> [JournalEvent] {
    var scanner = JournalLineScanner()
    var events: [JournalEvent] = []
    while let event = try scanner.next(in: lines.span, sources: &sources, sites: &sites) { events.append(event) }
    return events
  }

  mutating func apply(_ event: JournalEvent) {
    if let standing = newest[event.identity]?.event, event.revision <= standing.revision {
      if event.revision < standing.revision {
        verdicts.superseded += 1
      } else if event.content == standing.content {
        verdicts.duplicate += 1
      } else {
        verdicts.conflict += 1
      }
      return
    }
    verdicts.folded += 1
    let (bucket, reason) = attribution(of: event)
    newest[event.identity] = Standing(event: event, bucket: bucket, day: LocalDay(containing: event.occurredFrom))
    guard event.kind == .fact else { return }
    known.insert(bucket)
    if event.isUnmapped { verdicts.unmappedOffence += 1 }
    if let reason { verdicts.unplaced[reason] += 1 }
  }

  private func attribution(of event: JournalEvent) -> (Bucket, Unplaced?) {
    let force = registry[sources.name(of: event.source)]
    switch (event.place, event.responsible) {
    case (.area(let area), _): return (Bucket(area), nil)
    case (.unplaced(.outOfScope), _): return (.unattributed(force), .outOfScope)
    case (_, .area(let area)): return (Bucket(area), nil)
    case (_, .unplaced): return (.unattributed(force), .outOfScope)
    case (.unplaced(let reason), nil): return (.unattributed(force), reason)
    }
  }

  /// The value of a projection's member `measures`.
  func measures(of bucket: Bucket) -> [UInt8] {
    let width = Self.names.count
    var counts = [Int32](repeating: 0, count: Measure.allCases.count * width)
    let today = LocalDay(containing: now)
    for standing in newest.values where standing.bucket == bucket && standing.event.kind == .fact {
      let age = now.hour.index - standing.event.occurredFrom.hour.index
      let precision = standing.event.precision
      for measure in Measure.allCases where standing.event.measures.contains(measure) {
        let row = Int(measure.rawValue) * width
        counts[row + 10] += 1
        guard age >= 0 else { continue }
        for (window, hours) in Self.hours.enumerated() {
          guard precision == .exact || hours == 8_760 || (precision == .day && hours >= 168) else { continue }
          if age < hours {
            counts[row + window] += 1
          } else if age < 2 * hours {
            counts[row + 4 + window] += 1
          }
        }
        guard precision != .longer else { continue }
        if standing.day == today { counts[row + 8] += 1 }
        if standing.day.index == today.index - 1 { counts[row + 9] += 1 }
      }
    }
    return Self.written(counts)
  }

  private static let hours: [Int32] = [24, 168, 672, 8_760]
  private static let names = [
    "24h", "7d", "28d", "365d", "previous24h", "previous7d", "previous28d", "previous365d", "today", "yesterday",
    "total",
  ]
  /// What stands before each number.
  private static let keys: [[UInt8]] = Measure.allCases.flatMap { measure in
    names.enumerated().map { place, name in
      let opening = place > 0 ? "," : measure.rawValue == 0 ? "{\"\(measure.name)\":{" : "},\"\(measure.name)\":{"
      return Array("\(opening)\"\(name)\":".utf8)
    }
  }

  private static func written(_ counts: [Int32]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(4_096)
    for (key, count) in zip(keys, counts) {
      text += key
      if (0..<10).contains(count) {
        text.append(UInt8(ascii: "0") + UInt8(count))
      } else {
        text += String(count).utf8
      }
    }
    return text + Array("}}".utf8)
  }
}
