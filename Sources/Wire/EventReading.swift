import Hotspots
import Incidents

/// What one record says, while it is being read: where its members stand, what they mean, and the first fault.
///
/// The record's bytes and the parsed document are passed in and never kept.
struct EventReading {
  /// The topic whose contract the record is read by.
  let topic: InputTopic

  /// What is wrong; nothing of the rest counts when there is something.
  private(set) var faults = FirstFault()
  /// The place of the assault that is being read, of a return.
  private var row: Int?

  /// For each member the place of its value in the document, 0 where it is not given. (No member's value is the first
  /// value of a document; `data` of binary mode, which is, has no place of its own.)
  private var places = InlineArray<51, UInt32>(repeating: 0)
  /// In binary mode, for each attribute the place of its header in the batch and one more, 0 where it is not given.
  private var headers = InlineArray<8, Int>(repeating: 0)

  /// Whether `data` is there and an object, so that its members can be asked for.
  private(set) var hasData = false

  // The event, as far as it could be read.
  var type: JournalEventType?
  var revision: UInt64 = 0
  var occurredFrom: EventTime?
  var occurredTo: EventTime?
  var recordedAt: EventTime?
  var isImprecise = false
  var place = Place.unplaced(.notGiven)
  var responsible: Place?
  // Of tag breaches.
  var detectedAt: EventTime?
  var uploadedAt: EventTime?
  /// As sent.
  var knifeRelated: Bool?
  // Of hospitals. An assault counts at `occurredFrom`.
  var assaultAt: EventTime?
  var arrivedAt: EventTime?
  var period: ClosedRange<LocalDay>?

  init(topic: InputTopic) { self.topic = topic }

  mutating func note(_ fault: EventFault, _ member: EventMember) { faults.note(fault, member, row: row) }

  /// The value of a member of the document; nil when it is not given.
  func node(_ member: EventMember) -> JSONDocument.Node? {
    let place = places[Int(member.rawValue)]
    return place == 0 ? nil : JSONDocument.Node(place)
  }

  func isGiven(_ member: EventMember) -> Bool { places[Int(member.rawValue)] != 0 }

  /// The place of an attribute's header in the batch.
  func header(_ member: EventMember) -> Int? {
    let place = headers[Int(member.rawValue)]
    return place == 0 ? nil : place - 1
  }

  /// Notes where a member stands.
  private mutating func give(_ member: EventMember, _ node: JSONDocument.Node) {
    if isGiven(member) {
      note(.givenTwice, member)
    } else {
      places[Int(member.rawValue)] = node.place
    }
  }
}

// MARK: - Where the members stand

extension EventReading {
  /// Finds the attributes in the headers of a record in binary mode; how many bytes their values have.
  mutating func collectHeaders(of record: RecordBatch.Record, of batch: borrowing RecordBatch) -> Int {
    var size = 0
    for index in record.firstHeader..<record.firstHeader + record.headerCount {
      let name = batch.headers[index].name
      guard let member = EventMember(header: batch.bytes.span.extracting(name.start..<name.start + name.count))
      else { continue }
      if headers[Int(member.rawValue)] != 0 { note(.headerTwice, member) }
      headers[Int(member.rawValue)] = index + 1
      size += batch.headers[index].value?.count ?? 0
    }
    return size
  }

  /// Notes where the members of an object stand, those that `named` knows.
  @inline(__always)
  private mutating func collect(
    _ document: borrowing JSONDocument, _ object: JSONDocument.Node, _ named: (Span<UInt8>) -> EventMember?
  ) {
    var name = document.first(in: object)
    for _ in 0..<document.count(of: object) {
      let value = document.value(ofName: name)
      if let member = document.withText(of: name, named) { give(member, value) }
      name = document.next(after: value)
    }
  }

  /// Finds the members of an event in structured form.
  mutating func collectEvent(_ document: borrowing JSONDocument) {
    guard let root = document.root, document.kind(root) == .object else {
      note(.notAnEvent, .record)
      return
    }
    collect(document, root) { EventMember(inEvent: $0) }
    guard let data = node(.data) else {
      note(.missing, .data)
      return
    }
    collectData(document, data)
  }

  /// Finds the members of the event's data.
  mutating func collectData(_ document: borrowing JSONDocument, _ data: JSONDocument.Node) {
    guard document.kind(data) == .object else {
      note(.notObject, .data)
      return
    }
    hasData = true
    let topic = topic
    collect(document, data) { EventMember(inData: $0, of: topic) }
    collectLocation(document)
  }

  /// Turns to an assault of a return, and finds its members. Those of the one before it are forgotten.
  mutating func collectAssault(_ document: borrowing JSONDocument, _ assault: JSONDocument.Node, row: Int) {
    self.row = row
    for member in EventMember.ofAssault { places[Int(member.rawValue)] = 0 }
    guard document.kind(assault) == .object else {
      noteWrongType(.notObject, .assaults, document, assault)
      return
    }
    collect(document, assault) { EventMember(inAssault: $0) }
    collectLocation(document)
  }

  private mutating func collectLocation(_ document: borrowing JSONDocument) {
    guard let location = node(.location), document.kind(location) == .object else { return }
    var name = document.first(in: location)
    for _ in 0..<document.count(of: location) {
      let value = document.value(ofName: name)
      if let member = document.withText(of: name, { EventMember(inLocation: $0, of: topic) }) { give(member, value) }
      name = document.next(after: value)
    }
  }
}
