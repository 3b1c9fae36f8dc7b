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

  /// The events, without what links those of an hour and the free slots: that is found again.
  public var words: [UInt64] {
    var words: [UInt64] = []
    words.reserveCapacity(events.count * Self.wordsPerEvent)
    for event in events {
      words.append(event.role == .row ? 0 : event.identity.high)
      words.append(event.role == .row ? UInt64(event.rows) : event.identity.low)
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
  /// Hour (of a return the link to its rows), measures, bucket, precision and role, from the highest bits down. The link
  /// of a row stands where others have their identity.
  fileprivate var rest: UInt64 {
    UInt64(role == .return ? rows : UInt32(bitPattern: hour.index)) << 32 | UInt64(measures.rawValue) << 16
      | UInt64(bucket.index) << 8 | UInt64(precision.rawValue) << 3 | UInt64(role.rawValue)
  }

  fileprivate init?(identity: Identity, content: UInt64, revision: UInt64, line: LinePlace, rest: UInt64) {
    let bucket = Int(rest >> 8 & 0xFF)
    guard let role = Role(rawValue: UInt8(truncatingIfNeeded: rest & 7)), bucket < Bucket.count,
      rest >> 16 & 0xFFFF < 1 << UInt64(Measure.allCases.count),
      let precision = Precision(rawValue: UInt8(truncatingIfNeeded: rest >> 3 & 0x1F))
    else { return nil }
    let high = UInt32(truncatingIfNeeded: rest >> 32)
    guard role == .return || high <= UInt32(Int32.max) else { return nil }
    self.init(
      identity: identity, content: content, revision: revision, line: line,
      hour: Hour(index: role == .return ? 0 : Int32(high)),
      measures: MeasureSet(rawValue: UInt16(truncatingIfNeeded: rest >> 16)), bucket: Bucket(index: bucket),
      precision: precision, role: role)
    switch role {
    case .return: rows = high
    case .row:
      guard identity.high == 0, let next = UInt32(exactly: identity.low) else { return nil }
      rows = next
      self.identity = Identity(high: 0, low: 0)
    case .retraction, .event, .free: break
    }
  }
}
