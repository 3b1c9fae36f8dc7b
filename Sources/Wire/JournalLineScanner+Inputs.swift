import Hotspots
import Incidents

// What tag breaches and hospitals say, each in the order of its members.
extension JournalLineScanner {
  static func tagBreach(
    of event: inout JournalEvent, in bytes: Span<UInt8>, at: inout Int
  ) throws(JournalLineError) {
    // However long it lasts, it is known exactly when it began.
    event.precision = .exact
    guard bytes.skip(",\"kind\":\"", at: &at), let name = bytes.name(at: &at),
      let kind = TagBreachKind(bytes.extracting(name))
    else { throw JournalLineError(position: at, expected: .kind) }
    guard bytes.skip(",\"state\":\"", at: &at), let name = bytes.name(at: &at),
      let state = TagBreachState(bytes.extracting(name))
    else { throw JournalLineError(position: at, expected: .state) }
    let isUnrelated = bytes.skip(",\"knifeRelated\":false", at: &at)
    if !isUnrelated { _ = bytes.skip(",\"knifeRelated\":true", at: &at) }
    event.measures = TagBreachRules.measures(kind: kind, state: state, knifeRelated: !isUnrelated)
    guard
      bytes.holds(",\"detectedAt\":", at: at) || bytes.holds(",\"uploadedAt\":", at: at)
        || bytes.holds(",\"reference\":", at: at)
    else { throw JournalLineError(position: at, expected: .rest) }
  }

  static func site(
    of event: inout JournalEvent, in bytes: Span<UInt8>, at: inout Int, sites: inout SiteTable
  ) throws(JournalLineError) {
    guard bytes.skip(",\"site\":", at: &at), let site = bytes.text(at: &at, { sites.index(of: $0) }) else {
      throw JournalLineError(position: at, expected: .site)
    }
    event.site = site
  }

  static func period(
    of event: inout JournalEvent, in bytes: Span<UInt8>, at: inout Int
  ) throws(JournalLineError) {
    guard bytes.skip(",\"periodStart\":\"", at: &at), let start = bytes.day(at: &at),
      bytes.skip(",\"periodEnd\":\"", at: &at), let end = bytes.day(at: &at), start <= end
    else { throw JournalLineError(position: at, expected: .period) }
    event.period = start...end
  }

  /// What an assault counts in; behind it comes what the fold does not need.
  static func assault(in bytes: Span<UInt8>, at: inout Int) throws(JournalLineError) -> MeasureSet {
    guard bytes.skip(",\"mechanism\":\"", at: &at), let name = bytes.name(at: &at),
      let mechanism = AssaultMechanism(bytes.extracting(name))
    else { throw JournalLineError(position: at, expected: .mechanism) }
    let _: VictimAgeBand = try value(",\"ageBand\":\"", .ageBand, .unknown, in: bytes, at: &at)
    guard
      bytes.holds(",\"locationType\":", at: at) || bytes.holds(",\"assaultAt\":", at: at)
        || bytes.holds(",\"arrivedAt\":", at: at) || bytes.holds(",\"sent\":{", at: at)
    else { throw JournalLineError(position: at, expected: .rest) }
    return AssaultRules.measures(mechanism: mechanism)
  }

  /// The assaults of a return. Each is an object that begins with its time.
  static func assaults(
    of event: inout JournalEvent, in bytes: Span<UInt8>, at: inout Int
  ) throws(JournalLineError) {
    guard bytes.skip(",\"assaults\":[", at: &at) else { throw JournalLineError(position: at, expected: .assault) }
    while !bytes.skip("]", at: &at) {
      guard event.rows.isEmpty || bytes.skip(",", at: &at), bytes.skip("{\"occurredFrom\":", at: &at),
        let time = bytes.integer(at: &at), time >= 0
      else { throw JournalLineError(position: at, expected: .assault) }
      let place = try place(in: bytes, at: &at)
      let measures = try assault(in: bytes, at: &at)
      guard bytes.skipRestOfObject(at: &at) else { throw JournalLineError(position: at, expected: .assault) }
      event.rows.append(
        ReturnRow(place: place, occurredFrom: EventTime(milliseconds: time), measures: measures))
    }
    guard bytes.holds(",\"from\":[", at: at) else { throw JournalLineError(position: at, expected: .rest) }
  }
}
