import Hotspots
import Incidents

// The attributes of the event, from the document or in binary mode from the headers.
extension EventReading {
  /// Checks the attributes. `source` takes the event's source, and stays empty when it cannot be read.
  mutating func readEvent(
    _ document: borrowing JSONDocument, _ batch: borrowing RecordBatch, listed: SourceTable?, source: inout [UInt8]
  ) {
    if attribute(.specversion, document, batch, { $0.spells("1.0") }) != true {
      note(.notThisVersion, .specversion)
    }
    if attribute(.id, document, batch, { !$0.isEmpty }) != true { note(.notGiven, .id) }
    readSource(document, batch, listed: listed, into: &source)
    readType(document, batch)
    if let result = optionalAttribute(.time, document, batch, { RFC3339.parse($0) }) { _ = time(.time, result) }
    if optionalAttribute(.datacontenttype, document, batch, { $0.isJSONMediaType }) == false {
      note(.notJSONContent, .datacontenttype)
    }
    let schema = topic.schema
    if optionalAttribute(.dataschema, document, batch, { $0.spells(schema) }) == false {
      note(.unknownSchema, .dataschema)
    }
  }

  /// Checks and reads what the type needs of the event's data; `at` is the time of arrival.
  mutating func readData(_ document: borrowing JSONDocument, at: EventTime) {
    guard let type, type.topic == topic else { return }
    switch type {
    case .incidentRecorded, .incidentAmended: readIncident(document, at: at)
    case .incidentCancelled: readCancellation(document)
    case .incidentTransferred: readTransfer(document)
    case .tagBreach: readTagBreach(document, at: at)
    case .hospitalAttendance: readAttendance(document, at: at)
    case .hospitalReturn: readReturn(document, at: at)
    }
  }

  private mutating func readType(_ document: borrowing JSONDocument, _ batch: borrowing RecordBatch) {
    let fault = attribute(.type, document, batch) { text -> EventFault? in
      if text.isEmpty { return .notGiven }
      type = JournalEventType(text)
      return type?.topic == topic ? nil : .unknownType
    }
    if let fault = fault ?? .notGiven { note(fault, .type) }
  }

  private mutating func readSource(
    _ document: borrowing JSONDocument, _ batch: borrowing RecordBatch, listed: SourceTable?, into source: inout [UInt8]
  ) {
    let fault = attribute(.source, document, batch) { text -> EventFault? in
      if text.isEmpty { return .notGiven }
      if text.hasControls || !text.isUTF8 { return .notAName }
      source.append(span: text)
      return listed.map { $0.find(text) == nil } == true ? .unlistedSource : nil
    }
    if let fault = fault ?? .notGiven { note(fault, .source) }
  }

  /// What `body` says of an attribute's text; nil when it is not given or no text. A header without a value is an empty
  /// text.
  private func attribute<Result>(
    _ member: EventMember, _ document: borrowing JSONDocument, _ batch: borrowing RecordBatch,
    _ body: (Span<UInt8>) -> Result
  ) -> Result? {
    if let header = header(member) {
      guard let value = batch.headers[header].value else { return body(batch.bytes.span.extracting(0..<0)) }
      return body(batch.bytes.span.extracting(value.start..<value.start + value.count))
    }
    guard let node = node(member), document.kind(node) == .string else { return nil }
    return document.withText(of: node, body)
  }

  /// The same for an attribute that may be left out: what is given and no text is noted.
  private mutating func optionalAttribute<Result>(
    _ member: EventMember, _ document: borrowing JSONDocument, _ batch: borrowing RecordBatch,
    _ body: (Span<UInt8>) -> Result
  ) -> Result? {
    if header(member) == nil, textNode(member, document) == nil { return nil }
    return attribute(member, document, batch, body)
  }
}

extension InputTopic {
  /// The `dataschema` of the contract's version 1.
  var schema: StaticString {
    switch self {
    case .incidents: "urn:bellwether:incidents:1"
    case .tagBreaches: "urn:bellwether:tag-breaches:1"
    case .hospital: "urn:bellwether:hospital:1"
    }
  }
}

extension Span<UInt8> {
  /// Whether control characters of ASCII are among the bytes.
  fileprivate var hasControls: Bool {
    for index in indices where self[index] < 0x20 || self[index] == 0x7F { return true }
    return false
  }

  /// Whether a media type (RFC 9110 §8.3.1) says JSON: the subtype `json`, or one that ends with `+json`.
  var isJSONMediaType: Bool {
    var end = firstIndex(of: UInt8(ascii: ";"), from: 0) ?? count
    while end > 0, self[end - 1] == UInt8(ascii: " ") { end -= 1 }
    guard end > 5 else { return false }
    let type = extracting(0..<end - 4)
    let last = type[type.count - 1]
    return (last == UInt8(ascii: "/") || last == UInt8(ascii: "+"))
      && extracting(end - 4..<end).spellsLowercased("json")
  }

  /// Whether a media type is CloudEvents' own, in whatever format.
  var isCloudEventsMediaType: Bool {
    let prefix: StaticString = "application/cloudevents"
    let length = prefix.utf8CodeUnitCount
    return count >= length && extracting(0..<length).spellsLowercased(prefix)
  }

  /// Whether these bytes are the literal's, ASCII capitals taken as small letters.
  private func spellsLowercased(_ literal: StaticString) -> Bool {
    guard count == literal.utf8CodeUnitCount else { return false }
    return literal.withUTF8Buffer { expected in
      for index in indices {
        let byte = self[index]
        // Within the literal by the guard.
        let lowercased = byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
        if unsafe lowercased != expected[index] { return false }
      }
      return true
    }
  }
}
