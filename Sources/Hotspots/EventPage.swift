import Incidents

/// A page of a fold's events, as a checkpoint keeps it: up to 1,024 of them, as words of 64 bits.
public struct EventPage: Sendable {
  /// Its place among the pages, from 0.
  public let index: Int
  let events: [LiveEvent]

  init(index: Int, events: [LiveEvent]) {
    self.index = index
    self.events = events
  }

  /// How many words an event takes.
  static let wordsPerEvent = 6

  /// The events, without what links them: that is found again from their hours.
  public var words: [UInt64] {
    var words: [UInt64] = []
    words.reserveCapacity(events.count * Self.wordsPerEvent)
    for event in events {
      words.append(event.identity.high)
      words.append(event.identity.low)
      words.append(event.content)
      words.append(event.revision)
      words.append(event.line.packed)
      words.append(event.rest)
    }
    return words
  }

  /// Reads words back; nil when they are no whole number of events, at most a page of them, or one that cannot be.
  public init?(index: Int, words: Span<UInt64>) {
    let (count, remainder) = words.count.quotientAndRemainder(dividingBy: Self.wordsPerEvent)
    guard remainder == 0, count <= EventStore.slotsPerPage else { return nil }
    var events: [LiveEvent] = []
    events.reserveCapacity(EventStore.slotsPerPage)
    for place in 0..<count {
      let first = place * Self.wordsPerEvent
      guard
        let event = LiveEvent(
          identity: Identity(high: words[first], low: words[first + 1]), content: words[first + 2],
          revision: words[first + 3], line: LinePlace(packed: words[first + 4]), rest: words[first + 5])
      else { return nil }
      events.append(event)
    }
    self.init(index: index, events: events)
  }
}

extension LiveEvent {
  /// Hour, measures, bucket, precision and whether it is counted, from the highest bits down.
  fileprivate var rest: UInt64 {
    UInt64(UInt32(bitPattern: hour.index)) << 32 | UInt64(measures.rawValue) << 16 | UInt64(bucket.index) << 8
      | UInt64(precision.rawValue) << 1 | (isCounted ? 1 : 0)
  }

  fileprivate init?(identity: Identity, content: UInt64, revision: UInt64, line: LinePlace, rest: UInt64) {
    let hour = Int32(truncatingIfNeeded: rest >> 32)
    let bucket = Int(rest >> 8 & 0xFF)
    guard hour >= 0, bucket < Bucket.count, rest >> 16 & 0xFFFF < 1 << UInt64(Measure.allCases.count),
      let precision = Precision(rawValue: UInt8(truncatingIfNeeded: rest >> 1 & 0x7F))
    else { return nil }
    self.init(
      identity: identity, content: content, revision: revision, line: line, hour: Hour(index: hour),
      measures: MeasureSet(rawValue: UInt16(truncatingIfNeeded: rest >> 16)), bucket: Bucket(index: bucket),
      precision: precision, isCounted: rest & 1 == 1)
  }
}
