import Incidents

/// The content of an incident as one text of bytes, so that two records say the same exactly when their bytes are equal:
/// the contract's members as sent, normalised, without what names the record.
///
/// One byte for the class of the type (0 recorded or amended, 1 cancelled, 2 transferred), then the members that are given
/// in the contract's order, each a byte for the member and its value: a time as milliseconds, a number as the bits of its
/// `Double`, both eight bytes, low byte first; a truth as one byte; a text as its length in four bytes, low byte first,
/// and its UTF-8. What the contract says of absent members is filled in: `occurredTo` is `occurredFrom`, `imprecise`
/// false, the closed lists `unknown`.
struct IncidentContent: ~Copyable {
  private(set) var bytes: [UInt8] = []

  /// Starts anew and keeps the memory.
  mutating func encode(_ reading: IncidentReading, _ document: borrowing JSONDocument) {
    bytes.removeAll(keepingCapacity: true)
    switch reading.type {
    case .incidentCancelled:
      bytes.append(1)
      text(.reason, reading, document)
    case .incidentTransferred:
      bytes.append(2)
      text(.toForce, reading, document)
    case .incidentRecorded, .incidentAmended, nil:
      bytes.append(0)
      time(.occurredFrom, reading.occurredFrom)
      time(.occurredTo, reading.occurredTo ?? reading.occurredFrom)
      time(.recordedAt, reading.recordedAt)
      text(.offenceCode, reading, document)
      text(.offenceClass, reading, document)
      name(.weapon, reading, document)
      name(.weaponUse, reading, document)
      name(.injury, reading, document)
      name(.victimAgeBand, reading, document)
      truth(.imprecise, reading.isImprecise)
      text(.area, reading, document)
      text(.lsoa, reading, document)
      number(.latitude, reading, document)
      number(.longitude, reading, document)
      number(.easting, reading, document)
      number(.northing, reading, document)
      number(.precisionMetres, reading, document)
      if reading.isGiven(.unknown) { truth(.unknown, true) }
      text(.responsibleArea, reading, document)
    }
  }

  private mutating func time(_ member: IncidentMember, _ time: EventTime?) {
    guard let time else { return }
    bytes.append(member.rawValue)
    bytes.append(word: UInt64(bitPattern: time.milliseconds))
  }

  private mutating func name(
    _ member: IncidentMember, _ reading: IncidentReading, _ document: borrowing JSONDocument
  ) {
    if reading.isGiven(member) { text(member, reading, document) } else { text(member, "unknown".utf8.span) }
  }

  private mutating func truth(_ member: IncidentMember, _ value: Bool) {
    bytes.append(member.rawValue)
    bytes.append(value ? 1 : 0)
  }

  private mutating func number(
    _ member: IncidentMember, _ reading: IncidentReading, _ document: borrowing JSONDocument
  ) {
    guard let node = reading.node(member) else { return }
    let value: Double
    switch document.kind(node) {
    case .integer(let whole): value = Double(whole)
    case .number(let number): value = number
    default: return
    }
    bytes.append(member.rawValue)
    // Minus zero is zero.
    bytes.append(word: (value == 0 ? 0 : value).bitPattern)
  }

  private mutating func text(
    _ member: IncidentMember, _ reading: IncidentReading, _ document: borrowing JSONDocument
  ) {
    guard let node = reading.node(member) else { return }
    document.withText(of: node) { text(member, $0) }
  }

  private mutating func text(_ member: IncidentMember, _ value: Span<UInt8>) {
    bytes.append(member.rawValue)
    var count = UInt32(truncatingIfNeeded: value.count)
    for _ in 0..<4 {
      bytes.append(UInt8(truncatingIfNeeded: count))
      count >>= 8
    }
    bytes.append(span: value)
  }
}
