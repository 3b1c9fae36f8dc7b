import Hotspots
import Incidents

/// Counts as CONTRACTS words them, one event at a time and nothing remembered: what the fold must equal.
struct NaiveCounts {
  private var newest: [Identity: JournalEvent] = [:]
  var now = EventTime(milliseconds: 0)

  mutating func apply(_ event: JournalEvent) {
    if let known = newest[event.identity], event.revision <= known.revision { return }
    newest[event.identity] = event
  }

  private func counted(in bucket: Bucket, _ measure: Measure) -> [JournalEvent] {
    newest.values.flatMap(Self.counted).filter { $0.measures.contains(measure) && Self.bucket(of: $0) == bucket }
  }

  /// What an event counts for: itself, nothing, or its rows.
  private static func counted(_ event: JournalEvent) -> [JournalEvent] {
    switch event.kind {
    case .fact: [event]
    case .retraction: []
    case .return:
      event.rows.map { row in
        var event = event
        (event.place, event.occurredFrom, event.measures) = (row.place, row.occurredFrom, row.measures)
        return event
      }
    }
  }

  static func bucket(of event: JournalEvent) -> Bucket {
    if case .area(let area) = event.place { return Bucket(area) }
    if event.place != .unplaced(.outOfScope), case .area(let area) = event.responsible { return Bucket(area) }
    return .unattributed(nil)
  }

  /// The events of the hours `back ..< back + hours` before the current hour's end.
  func window(_ bucket: Bucket, _ measure: Measure, hours: Int32, back: Int32) -> Int32 {
    let last = now.hour.index - back
    return count(bucket, measure) { event in
      let hour = event.occurredFrom.hour.index
      let counts = event.precision == .exact || (event.precision == .day && hours >= 168) || hours == 8_760
      return counts && hour <= last && hour > last - hours
    }
  }

  func day(_ bucket: Bucket, _ measure: Measure, _ day: LocalDay) -> Int32 {
    count(bucket, measure) { event in
      event.precision != .longer && LocalDay(containing: event.occurredFrom) == day
        && event.occurredFrom.hour <= now.hour
    }
  }

  func total(_ bucket: Bucket, _ measure: Measure) -> Int32 { count(bucket, measure) { _ in true } }

  private func count(_ bucket: Bucket, _ measure: Measure, _ isIn: (JournalEvent) -> Bool) -> Int32 {
    Int32(counted(in: bucket, measure).count(where: isIn))
  }
}
