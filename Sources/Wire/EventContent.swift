import Incidents

/// The content of an event as one text of bytes, so that two records say the same exactly when their bytes are equal:
/// the contract's members as sent, normalised, without what names the record.
///
/// One byte for the class of the type (0 an incident recorded or amended, 1 cancelled, 2 transferred, 3 a tag breach, 4 an
/// attendance, 5 a return), then the members that are given in an order of their own, each a byte for the member and its value: a time as milliseconds, a number as the bits of its
/// `Double`, both eight bytes, low byte first; a truth as one byte; a text as its length in four bytes, low byte first,
/// and its UTF-8. What the contract says of absent members is filled in: `occurredTo` is `occurredFrom`, `imprecise`
/// false, `knifeRelated` true, the closed lists `unknown`. An assault of a return begins with the byte of `assaults`.
struct EventContent: ~Copyable {
  private(set) var bytes: [UInt8] = []

  /// Starts anew and keeps the memory. The assaults of a return are the caller's to add.
  mutating func encode(_ reading: EventReading, _ document: borrowing JSONDocument) {
    bytes.removeAll(keepingCapacity: true)
    switch reading.type {
    case .incidentRecorded, .incidentAmended, nil: incident(reading, document)
    case .incidentCancelled:
      bytes.append(1)
      text(.reason, reading, document)
    case .incidentTransferred:
      bytes.append(2)
      text(.toForce, reading, document)
    case .tagBreach: tagBreach(reading, document)
    case .hospitalAttendance:
      bytes.append(4)
      text(.site, reading, document)
      assault(reading, document)
    case .hospitalReturn: bytes.append(5)
    }
  }

  /// Adds an assault of a return, to which the reading is turned.
  mutating func appendAssault(_ reading: EventReading, _ document: borrowing JSONDocument) {
    bytes.append(EventMember.assaults.rawValue)
    assault(reading, document)
  }

  private mutating func incident(_ reading: EventReading, _ document: borrowing JSONDocument) {
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
    location(reading, document)
    text(.responsibleArea, reading, document)
  }

  /// Without device and wearer: they are checked, and then nobody may know them.
  private mutating func tagBreach(_ reading: EventReading, _ document: borrowing JSONDocument) {
    bytes.append(3)
    text(.kind, reading, document)
    text(.state, reading, document)
    time(.occurredFrom, reading.occurredFrom)
    time(.occurredTo, reading.occurredTo ?? reading.occurredFrom)
    time(.detectedAt, reading.detectedAt)
    time(.uploadedAt, reading.uploadedAt)
    truth(.knifeRelated, reading.knifeRelated ?? true)
    location(reading, document)
    text(.responsibleArea, reading, document)
  }

  private mutating func assault(_ reading: EventReading, _ document: borrowing JSONDocument) {
    time(.assaultAt, reading.assaultAt)
    time(.arrivedAt, reading.arrivedAt)
    text(.mechanism, reading, document)
    name(.ageBand, reading, document)
    text(.locationType, reading, document)
    location(reading, document)
  }

  private mutating func location(_ reading: EventReading, _ document: borrowing JSONDocument) {
    text(.area, reading, document)
    text(.lsoa, reading, document)
    number(.latitude, reading, document)
    number(.longitude, reading, document)
    number(.easting, reading, document)
    number(.northing, reading, document)
    number(.precisionMetres, reading, document)
    text(.method, reading, document)
    if reading.isGiven(.unknown) { truth(.unknown, true) }
  }

  private mutating func time(_ member: EventMember, _ time: EventTime?) {
    guard let time else { return }
    bytes.append(member.rawValue)
    bytes.append(word: UInt64(bitPattern: time.milliseconds))
  }

  private mutating func name(
    _ member: EventMember, _ reading: EventReading, _ document: borrowing JSONDocument
  ) {
    if reading.isGiven(member) { text(member, reading, document) } else { text(member, "unknown".utf8.span) }
  }

  private mutating func truth(_ member: EventMember, _ value: Bool) {
    bytes.append(member.rawValue)
    bytes.append(value ? 1 : 0)
  }

  private mutating func number(
    _ member: EventMember, _ reading: EventReading, _ document: borrowing JSONDocument
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
    _ member: EventMember, _ reading: EventReading, _ document: borrowing JSONDocument
  ) {
    guard let node = reading.node(member) else { return }
    document.withText(of: node) { text(member, $0) }
  }

  private mutating func text(_ member: EventMember, _ value: Span<UInt8>) {
    bytes.append(member.rawValue)
    var count = UInt32(truncatingIfNeeded: value.count)
    for _ in 0..<4 {
      bytes.append(UInt8(truncatingIfNeeded: count))
      count >>= 8
    }
    bytes.append(span: value)
  }
}
