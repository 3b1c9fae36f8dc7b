import Hotspots
import Incidents

/// Translates records of the topic `incidents` into lines of the journal: CloudEvents 1.0 in JSON, in structured mode
/// (`content-type: application/cloudevents+json`, or no header `ce_specversion`) or in binary mode (the attributes in
/// `ce_…` headers).
///
/// What an event says decides the line, and nothing else but the arrival's time does: the same record gives the same line
/// on every machine. An accepted record allocates nothing once the buffers have grown.
public struct IncidentTranslator: ~Copyable {
  /// The largest value that is taken, in bytes; in binary mode together with the attributes.
  public static let largestSize = 262_144

  private let topicName: String
  private let listed: SourceTable?
  private var document = JSONDocument()
  private var content = IncidentContent()
  /// Topic, zero, source; and for an identity another zero and the reference. No source has a zero in it.
  private var name: [UInt8] = []
  private var source: [UInt8] = []

  /// A translator that notes `topicName` as the place that lines were read from, and that refuses sources other than
  /// `sources` (nil: none is refused).
  public init(topicName: String, sources: Set<String>?) {
    self.topicName = topicName
    listed = sources.map { names in
      names.sorted().reduce(into: SourceTable()) { _ = $0.index(of: $1.utf8.span) }
    }
  }

  /// Appends the line of an accepted record to `lines`, or answers why it is refused and leaves them as they were. `at`
  /// is the time of arrival.
  public mutating func translate(
    _ record: RecordBatch.Record, of batch: borrowing RecordBatch, at: EventTime, into lines: inout [UInt8]
  ) -> Rejection? {
    guard let slice = record.value else { return Rejection(.tombstone, .record, source: nil) }
    guard slice.count <= Self.largestSize else { return Rejection(.tooLarge, .record, source: nil) }
    source.removeAll(keepingCapacity: true)
    var reading = IncidentReading()
    let value = batch.bytes.span.extracting(slice.start..<slice.start + slice.count)
    if Self.isBinary(record, batch) {
      guard reading.collectHeaders(of: record, of: batch) + slice.count <= Self.largestSize else {
        return Rejection(.tooLarge, .record, source: nil)
      }
      if parse(value), let root = document.root {
        reading.collectData(document, root)
      } else {
        reading.faults.note(.notJSON, .data)
      }
    } else if parse(value) {
      reading.collectEvent(document)
    } else {
      return Rejection(.notJSON, .record, source: nil)
    }
    reading.readEvent(document, batch, listed: listed, source: &source)
    if reading.hasData { reading.readData(document, at: at) }
    if let (fault, member) = reading.faults.first {
      return Rejection(fault, member, source: source.isEmpty ? nil : String(decoding: source, as: UTF8.self))
    }
    write(reading, record, of: batch, into: &lines)
    return nil
  }

  private mutating func parse(_ text: Span<UInt8>) -> Bool {
    do {
      try document.parse(text)
      return true
    } catch {
      return false
    }
  }

  private static func isBinary(_ record: RecordBatch.Record, _ batch: borrowing RecordBatch) -> Bool {
    var hasVersion = false
    for index in record.firstHeader..<record.firstHeader + record.headerCount {
      let header = batch.headers[index]
      switch IncidentMember(
        header: batch.bytes.span.extracting(header.name.start..<header.name.start + header.name.count))
      {
      case .specversion: hasVersion = true
      case .datacontenttype:
        guard let value = header.value else { continue }
        if batch.bytes.span.extracting(value.start..<value.start + value.count).isCloudEventsMediaType { return false }
      default: continue
      }
    }
    return hasVersion
  }
}

// MARK: - The line

extension IncidentTranslator {
  private mutating func write(
    _ reading: IncidentReading, _ record: RecordBatch.Record, of batch: borrowing RecordBatch,
    into lines: inout [UInt8]
  ) {
    guard let type = reading.type else { return }
    content.encode(reading, document)
    Self.encodeName(reading, document, source, into: &name)
    let identity = BLAKE2b.digest128(name.span)
    var line = JournalLineEncoder(
      identity: Identity(high: identity.high, low: identity.low), content: BLAKE2b.digest64(content.bytes.span),
      revision: reading.revision, type: type, source: source.span, in: &lines)
    switch type {
    case .incidentRecorded, .incidentAmended: Self.writeFact(reading, document, &line, into: &lines)
    case .incidentCancelled: Self.copy(.reason, .reason, reading, document, &line, into: &lines)
    case .incidentTransferred: Self.copy(.toForce, .toForce, reading, document, &line, into: &lines)
    }
    Self.copy(.reference, .reference, reading, document, &line, into: &lines)
    if type.kind == .fact { Self.writeSent(reading, document, &line, into: &lines) }
    line.end(topic: topicName, partition: batch.sources[record.source].partition, offset: record.offset, in: &lines)
  }

  /// What an identity is the digest of: topic, zero, source, zero, reference. No source has a zero in it.
  private static func encodeName(
    _ reading: IncidentReading, _ document: borrowing JSONDocument, _ source: [UInt8],
    into name: inout [UInt8]
  ) {
    name.removeAll(keepingCapacity: true)
    name.append(span: InputTopic.incidents.name.utf8.span)
    name.append(0)
    name.append(span: source.span)
    name.append(0)
    if let node = reading.node(.reference) { document.withText(of: node) { name.append(span: $0) } }
  }

  private static func writeFact(
    _ reading: IncidentReading, _ document: borrowing JSONDocument, _ line: inout JournalLineEncoder,
    into lines: inout [UInt8]
  ) {
    line.place(reading.place, in: &lines)
    if let responsible = reading.responsible { line.responsible(responsible, in: &lines) }
    if let time = reading.occurredFrom { line.time(.occurredFrom, time, in: &lines) }
    if let time = reading.occurredTo { line.time(.occurredTo, time, in: &lines) }
    if reading.isImprecise { line.yes(.imprecise, in: &lines) }
    copy(.offenceCode, .offenceCode, reading, document, &line, into: &lines)
    copy(.offenceClass, .offenceClass, reading, document, &line, into: &lines)
    copy(.weapon, .weapon, reading, document, &line, into: &lines)
    copy(.weaponUse, .weaponUse, reading, document, &line, into: &lines)
    copy(.injury, .injury, reading, document, &line, into: &lines)
    copy(.victimAgeBand, .victimAgeBand, reading, document, &line, into: &lines)
    if let time = reading.recordedAt { line.time(.recordedAt, time, in: &lines) }
  }

  /// Copies a text member when it is given.
  private static func copy(
    _ member: IncidentMember, _ target: JournalLineEncoder.Member, _ reading: IncidentReading,
    _ document: borrowing JSONDocument, _ line: inout JournalLineEncoder, into lines: inout [UInt8]
  ) {
    guard let node = reading.node(member) else { return }
    document.withText(of: node) { line.text(target, $0, in: &lines) }
  }

  private static func writeSent(
    _ reading: IncidentReading, _ document: borrowing JSONDocument, _ line: inout JournalLineEncoder,
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
    sent(.unknown, "unknown", reading, document, line, into: &lines)
    sent(.responsibleArea, "responsibleArea", reading, document, line, into: &lines)
    line.endSent(in: &lines)
  }

  /// Copies a member of `location`, or `responsibleArea`, as it was sent, when it is given.
  private static func sent(
    _ member: IncidentMember, _ name: StaticString, _ reading: IncidentReading,
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
