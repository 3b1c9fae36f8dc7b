import Hotspots
import Incidents

/// A journal line that is not as `JournalLineEncoder` writes it: the journal was damaged, or another version of this
/// program wrote it.
public struct JournalLineError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What should have stood there.
  public enum Part: String, Sendable {
    case identity, content, revision, type, source, place, responsibleArea, occurredFrom, occurredTo, offence, weapon
    case weaponUse, injury, victimAgeBand, kind, state, site, period, mechanism, ageBand, assault
    /// The members that the fold does not need, the first of which names it.
    case rest
    case endOfLine
  }

  /// Bytes before it in the frame.
  public var position: Int
  public var expected: Part

  public var description: String { "at byte \(position) of the frame there is no \(expected.rawValue) as it should be" }
}

/// Reads the lines of a frame as the fold sees them. It takes the members in their order and nothing else, allocates
/// nothing but the assaults of a return, and steps over what the fold does not need.
public struct JournalLineScanner: Sendable {
  /// Where the next line begins.
  public private(set) var position = 0

  public init() {}

  /// The next line; nil behind the last one. Give the same bytes each time. Sources are numbered in `sources`, and
  /// treatment sites in `sites`.
  public mutating func next(
    in bytes: Span<UInt8>, sources: inout SourceTable, sites: inout SiteTable
  ) throws(JournalLineError) -> JournalEvent? {
    guard position < bytes.count else { return nil }
    var at = position
    let event = try Self.event(in: bytes, at: &at, sources: &sources, sites: &sites)
    position = try Self.endOfLine(in: bytes, from: at)
    return event
  }
}

extension JournalLineScanner {
  private static func event(
    in bytes: Span<UInt8>, at: inout Int, sources: inout SourceTable, sites: inout SiteTable
  ) throws(JournalLineError) -> JournalEvent {
    guard bytes.skip("{\"identity\":\"", at: &at), let high = bytes.hex(at: &at), let low = bytes.hex(at: &at) else {
      throw JournalLineError(position: at, expected: .identity)
    }
    guard bytes.skip("\",\"content\":\"", at: &at), let content = bytes.hex(at: &at) else {
      throw JournalLineError(position: at, expected: .content)
    }
    guard bytes.skip("\",\"revision\":", at: &at), let revision = bytes.integer(at: &at),
      (1...1 << 53).contains(revision)
    else { throw JournalLineError(position: at, expected: .revision) }
    guard bytes.skip(",\"type\":\"", at: &at), let type = bytes.eventType(at: &at) else {
      throw JournalLineError(position: at, expected: .type)
    }
    guard bytes.skip(",\"source\":", at: &at), let source = bytes.text(at: &at, { sources.index(of: $0) }) else {
      throw JournalLineError(position: at, expected: .source)
    }
    var event = JournalEvent(
      topic: type.topic, kind: type.kind, identity: Identity(high: high, low: low),
      revision: UInt64(truncatingIfNeeded: revision), content: content, source: source, place: .unplaced(.notGiven),
      responsible: nil, occurredFrom: EventTime(milliseconds: 0), precision: .exact, measures: [], isUnmapped: false)
    switch type {
    case .incidentRecorded, .incidentAmended:
      try place(of: &event, in: bytes, at: &at)
      try time(of: &event, in: bytes, at: &at)
      _ = bytes.skip(",\"imprecise\":true", at: &at)
      try offence(of: &event, in: bytes, at: &at)
      try expectRest(",\"recordedAt\":", in: bytes, at: at)
    case .incidentCancelled:
      guard bytes.holds(",\"reason\":", at: at) else { throw JournalLineError(position: at, expected: .rest) }
    case .incidentTransferred:
      guard bytes.holds(",\"toForce\":", at: at) else { throw JournalLineError(position: at, expected: .rest) }
    case .tagBreach:
      try place(of: &event, in: bytes, at: &at)
      try time(of: &event, in: bytes, at: &at)
      try tagBreach(of: &event, in: bytes, at: &at)
    case .hospitalAttendance:
      try site(of: &event, in: bytes, at: &at, sites: &sites)
      event.place = try place(in: bytes, at: &at)
      event.occurredFrom = try occurredFrom(in: bytes, at: &at)
      event.measures = try assault(in: bytes, at: &at)
    case .hospitalReturn:
      try site(of: &event, in: bytes, at: &at, sites: &sites)
      try period(of: &event, in: bytes, at: &at)
      try assaults(of: &event, in: bytes, at: &at)
    }
    return event
  }

  static func place(
    of event: inout JournalEvent, in bytes: Span<UInt8>, at: inout Int
  ) throws(JournalLineError) {
    event.place = try place(in: bytes, at: &at)
    guard bytes.skip(",\"responsibleArea\":\"", at: &at) else { return }
    if bytes.skip("outOfScope\"", at: &at) {
      event.responsible = .unplaced(.outOfScope)
    } else {
      guard let area = bytes.area(at: &at) else { throw JournalLineError(position: at, expected: .responsibleArea) }
      event.responsible = .area(area)
    }
  }

  @inline(__always)
  static func place(in bytes: Span<UInt8>, at: inout Int) throws(JournalLineError) -> Place {
    if bytes.skip(",\"area\":\"", at: &at) {
      guard let area = bytes.area(at: &at) else { throw JournalLineError(position: at, expected: .place) }
      return .area(area)
    }
    guard bytes.skip(",\"unplaced\":\"", at: &at), let reason = bytes.unplaced(at: &at) else {
      throw JournalLineError(position: at, expected: .place)
    }
    return .unplaced(reason)
  }

  static func time(
    of event: inout JournalEvent, in bytes: Span<UInt8>, at: inout Int
  ) throws(JournalLineError) {
    event.occurredFrom = try occurredFrom(in: bytes, at: &at)
    if bytes.skip(",\"occurredTo\":", at: &at) {
      guard let to = bytes.integer(at: &at),
        to >= event.occurredFrom.milliseconds
      else {
        throw JournalLineError(position: at, expected: .occurredTo)
      }
      event.precision = Precision(lasting: to - event.occurredFrom.milliseconds)
    }
  }

  @inline(__always)
  private static func occurredFrom(in bytes: Span<UInt8>, at: inout Int) throws(JournalLineError) -> EventTime {
    guard bytes.skip(",\"occurredFrom\":", at: &at), let from = bytes.integer(at: &at), from >= 0 else {
      throw JournalLineError(position: at, expected: .occurredFrom)
    }
    return EventTime(milliseconds: from)
  }

  private static func offence(
    of event: inout JournalEvent, in bytes: Span<UInt8>, at: inout Int
  ) throws(JournalLineError) {
    var offence: Offence?
    if bytes.skip(",\"offenceCode\":\"", at: &at) {
      guard let name = bytes.name(at: &at) else { throw JournalLineError(position: at, expected: .offence) }
      offence = OffenceTable.offence(code: bytes.extracting(name))
    }
    if bytes.skip(",\"offenceClass\":\"", at: &at) {
      guard let name = bytes.name(at: &at) else { throw JournalLineError(position: at, expected: .offence) }
      offence = offence ?? OffenceTable.offence(class: bytes.extracting(name))
    }
    guard let offence else { throw JournalLineError(position: at, expected: .offence) }
    let weapon: Weapon = try value(",\"weapon\":\"", .weapon, .unknown, in: bytes, at: &at)
    let use: WeaponUse = try value(",\"weaponUse\":\"", .weaponUse, .unknown, in: bytes, at: &at)
    let injury: Injury = try value(",\"injury\":\"", .injury, .unknown, in: bytes, at: &at)
    let age: VictimAgeBand = try value(",\"victimAgeBand\":\"", .victimAgeBand, .unknown, in: bytes, at: &at)
    event.measures = offence.measures(weapon: weapon, use: use, injury: injury, victimAge: age)
    event.isUnmapped = offence == .unmapped
  }

  @inline(__always)
  static func value<Name: ContractName>(
    _ key: StaticString, _ part: JournalLineError.Part, _ absent: Name, in bytes: Span<UInt8>, at: inout Int
  ) throws(JournalLineError) -> Name {
    guard bytes.skip(key, at: &at) else { return absent }
    guard let name = bytes.name(at: &at), let value = Name(bytes.extracting(name)) else {
      throw JournalLineError(position: at, expected: part)
    }
    return value
  }

  /// Behind what the fold needs of a fact comes the member that begins like this, or the reference.
  @inline(__always)
  static func expectRest(_ key: StaticString, in bytes: Span<UInt8>, at: Int) throws(JournalLineError) {
    guard bytes.holds(",\"reference\":", at: at) || bytes.holds(key, at: at) else {
      throw JournalLineError(position: at, expected: .rest)
    }
  }

  /// The beginning of the next line.
  private static func endOfLine(in bytes: Span<UInt8>, from at: Int) throws(JournalLineError) -> Int {
    guard let lineFeed = bytes.firstIndex(of: UInt8(ascii: "\n"), from: at), bytes.holds("]}\n", at: lineFeed - 2)
    else {
      throw JournalLineError(position: at, expected: .endOfLine)
    }
    return lineFeed + 1
  }
}

extension Precision {
  /// By how long the event may have lasted, in milliseconds.
  init(lasting milliseconds: Int64) {
    switch milliseconds {
    case ...(12 * 3_600_000): self = .exact
    case ...(25 * 3_600_000): self = .day
    default: self = .longer
    }
  }
}
