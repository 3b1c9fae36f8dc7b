import Hotspots
import Incidents

// The journal's line of an accepted record.
extension EventTranslator {
  mutating func write(
    _ reading: inout EventReading, _ record: RecordBatch.Record, of batch: borrowing RecordBatch, at: EventTime,
    into lines: inout [UInt8]
  ) {
    guard let type = reading.type else { return }
    Self.encodeContent(&reading, document, at: at, into: &content)
    Self.encodeName(reading, document, source, into: &name)
    let identity = BLAKE2b.digest128(name.span)
    var line = JournalLineEncoder(
      identity: Identity(high: identity.high, low: identity.low), content: BLAKE2b.digest64(content.bytes.span),
      revision: reading.revision, type: type, source: source.span, in: &lines)
    switch type {
    case .incidentRecorded, .incidentAmended: Self.writeIncident(reading, document, &line, into: &lines)
    case .incidentCancelled: Self.copy(.reason, .reason, reading, document, &line, into: &lines)
    case .incidentTransferred: Self.copy(.toForce, .toForce, reading, document, &line, into: &lines)
    case .tagBreach: Self.writeTagBreach(reading, document, &line, into: &lines)
    case .hospitalAttendance: Self.writeAttendance(reading, document, &line, into: &lines)
    case .hospitalReturn: Self.writeReturn(reading, document, &line, into: &lines)
    }
    if type != .hospitalReturn { Self.copy(.reference, .reference, reading, document, &line, into: &lines) }
    if type.kind == .fact { Self.writeSent(reading, document, &line, into: &lines) }
    if type == .hospitalReturn { Self.writeAssaults(&reading, document, at: at, &line, into: &lines) }
    line.end(
      topic: topic.name, partition: batch.sources[record.source].partition, offset: record.offset, in: &lines)
  }

  private static func encodeContent(
    _ reading: inout EventReading, _ document: borrowing JSONDocument, at: EventTime, into content: inout EventContent
  ) {
    content.encode(reading, document)
    guard reading.type == .hospitalReturn else { return }
    reading.forEachAssault(document, at: at) { content.appendAssault($0, document) }
  }

  /// What an identity is the digest of: topic, zero, source, zero, reference; of a return `hospital.return`, which is no
  /// topic, zero, source, zero, the two days, site. No source has a zero in it, and a day always ten bytes.
  private static func encodeName(
    _ reading: EventReading, _ document: borrowing JSONDocument, _ source: [UInt8], into name: inout [UInt8]
  ) {
    let isReturn = reading.type == .hospitalReturn
    name.removeAll(keepingCapacity: true)
    name.append(span: (isReturn ? "hospital.return" : reading.topic.name).utf8.span)
    name.append(0)
    name.append(span: source.span)
    name.append(0)
    if let period = reading.period, isReturn {
      period.lowerBound.append(to: &name)
      period.upperBound.append(to: &name)
    }
    if let node = reading.node(isReturn ? .site : .reference) { document.withText(of: node) { name.append(span: $0) } }
  }

  private static func writeIncident(
    _ reading: EventReading, _ document: borrowing JSONDocument, _ line: inout JournalLineEncoder,
    into lines: inout [UInt8]
  ) {
    writeOccurrence(reading, &line, into: &lines)
    if reading.isImprecise { line.truth(.imprecise, true, in: &lines) }
    copy(.offenceCode, .offenceCode, reading, document, &line, into: &lines)
    copy(.offenceClass, .offenceClass, reading, document, &line, into: &lines)
    copy(.weapon, .weapon, reading, document, &line, into: &lines)
    copy(.weaponUse, .weaponUse, reading, document, &line, into: &lines)
    copy(.injury, .injury, reading, document, &line, into: &lines)
    copy(.victimAgeBand, .victimAgeBand, reading, document, &line, into: &lines)
    if let time = reading.recordedAt { line.time(.recordedAt, time, in: &lines) }
  }

  /// Device and wearer end here: no line holds them.
  private static func writeTagBreach(
    _ reading: EventReading, _ document: borrowing JSONDocument, _ line: inout JournalLineEncoder,
    into lines: inout [UInt8]
  ) {
    writeOccurrence(reading, &line, into: &lines)
    copy(.kind, .kind, reading, document, &line, into: &lines)
    copy(.state, .state, reading, document, &line, into: &lines)
    if let related = reading.knifeRelated { line.truth(.knifeRelated, related, in: &lines) }
    if let time = reading.detectedAt { line.time(.detectedAt, time, in: &lines) }
    if let time = reading.uploadedAt { line.time(.uploadedAt, time, in: &lines) }
  }

  private static func writeAttendance(
    _ reading: EventReading, _ document: borrowing JSONDocument, _ line: inout JournalLineEncoder,
    into lines: inout [UInt8]
  ) {
    copy(.site, .site, reading, document, &line, into: &lines)
    writeOccurrence(reading, &line, into: &lines)
    writeAssault(reading, document, &line, into: &lines)
    if let time = reading.assaultAt { line.time(.assaultAt, time, in: &lines) }
    if let time = reading.arrivedAt { line.time(.arrivedAt, time, in: &lines) }
  }

  private static func writeReturn(
    _ reading: EventReading, _ document: borrowing JSONDocument, _ line: inout JournalLineEncoder,
    into lines: inout [UInt8]
  ) {
    copy(.site, .site, reading, document, &line, into: &lines)
    copy(.periodStart, .periodStart, reading, document, &line, into: &lines)
    copy(.periodEnd, .periodEnd, reading, document, &line, into: &lines)
  }

  private static func writeAssaults(
    _ reading: inout EventReading, _ document: borrowing JSONDocument, at: EventTime,
    _ line: inout JournalLineEncoder, into lines: inout [UInt8]
  ) {
    line.beginAssaults(in: &lines)
    reading.forEachAssault(document, at: at) { assault in
      guard let time = assault.occurredFrom else { return }
      line.beginAssault(time, in: &lines)
      line.place(assault.place, in: &lines)
      writeAssault(assault, document, &line, into: &lines)
      if let time = assault.arrivedAt { line.time(.arrivedAt, time, in: &lines) }
      writeSent(assault, document, &line, into: &lines)
      line.endAssault(in: &lines)
    }
    line.endAssaults(in: &lines)
  }

  private static func writeAssault(
    _ reading: EventReading, _ document: borrowing JSONDocument, _ line: inout JournalLineEncoder,
    into lines: inout [UInt8]
  ) {
    copy(.mechanism, .mechanism, reading, document, &line, into: &lines)
    copy(.ageBand, .ageBand, reading, document, &line, into: &lines)
    copy(.locationType, .locationType, reading, document, &line, into: &lines)
  }

  private static func writeOccurrence(
    _ reading: EventReading, _ line: inout JournalLineEncoder, into lines: inout [UInt8]
  ) {
    line.place(reading.place, in: &lines)
    if let responsible = reading.responsible { line.responsible(responsible, in: &lines) }
    if let time = reading.occurredFrom { line.time(.occurredFrom, time, in: &lines) }
    if let time = reading.occurredTo { line.time(.occurredTo, time, in: &lines) }
  }

  /// Copies a text member when it is given.
  private static func copy(
    _ member: EventMember, _ target: JournalLineEncoder.Member, _ reading: EventReading,
    _ document: borrowing JSONDocument, _ line: inout JournalLineEncoder, into lines: inout [UInt8]
  ) {
    guard let node = reading.node(member) else { return }
    document.withText(of: node) { line.text(target, $0, in: &lines) }
  }

  private static func writeSent(
    _ reading: EventReading, _ document: borrowing JSONDocument, _ line: inout JournalLineEncoder,
    into lines: inout [UInt8]
  ) {
    line.beginSent(in: &lines)
    sent(.area, "area", reading, document, line, into: &lines)
    sent(.lsoa, "lsoa", reading, document, line, into: &lines)
    sent(.latitude, "latitude", reading, document, line, into: &lines)
    sent(.longitude, "longitude", reading, document, line, into: &lines)
    sent(.easting, "easting", reading, document, line, into: &lines)
    sent(.northing, "northing", reading, document, line, into: &lines)
    sent(.precisionMetres, "precisionMetres", reading, document, line, into: &lines)
    sent(.method, "method", reading, document, line, into: &lines)
    sent(.unknown, "unknown", reading, document, line, into: &lines)
    sent(.responsibleArea, "responsibleArea", reading, document, line, into: &lines)
    line.endSent(in: &lines)
  }

  /// Copies a member of `location`, or `responsibleArea`, as it was sent, when it is given.
  private static func sent(
    _ member: EventMember, _ name: StaticString, _ reading: EventReading,
    _ document: borrowing JSONDocument, _ line: JournalLineEncoder, into lines: inout [UInt8]
  ) {
    guard let node = reading.node(member) else { return }
    line.sent(name, in: &lines)
    switch document.kind(node) {
    case .string: document.withText(of: node) { lines.appendJSON($0) }
    case .integer(let value): lines.append(decimal: value)
    case .number(let value): lines.append(span: value.description.utf8.span)
    case .bool(let value): lines.append(literal: value ? "true" : "false")
    case .null, .array, .object: lines.append(literal: "null")
    }
  }
}
