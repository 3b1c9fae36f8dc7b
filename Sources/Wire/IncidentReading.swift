import Hotspots
import Incidents

/// What one record says, while it is being read: where its members stand, what they mean, and the first fault.
///
/// The record's bytes and the parsed document are passed in and never kept.
struct IncidentReading {
  /// What is wrong; nothing of the rest counts when there is something.
  var faults = FirstFault()

  /// For each member the place of its value in the document, 0 where it is not given. (No member's value is the first
  /// value of a document; `data` of binary mode, which is, has no place of its own.)
  private var places = InlineArray<33, UInt32>(repeating: 0)
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

  /// The value of a member of the document; nil when it is not given.
  func node(_ member: IncidentMember) -> JSONDocument.Node? {
    let place = places[Int(member.rawValue)]
    return place == 0 ? nil : JSONDocument.Node(place)
  }

  func isGiven(_ member: IncidentMember) -> Bool { places[Int(member.rawValue)] != 0 }

  /// The place of an attribute's header in the batch.
  func header(_ member: IncidentMember) -> Int? {
    let place = headers[Int(member.rawValue)]
    return place == 0 ? nil : place - 1
  }

  /// Notes where a member stands.
  private mutating func give(_ member: IncidentMember, _ node: JSONDocument.Node) {
    if isGiven(member) {
      faults.note(.givenTwice, member)
    } else {
      places[Int(member.rawValue)] = node.place
    }
  }
}

// MARK: - Where the members stand

extension IncidentReading {
  /// Finds the attributes in the headers of a record in binary mode; how many bytes their values have.
  mutating func collectHeaders(of record: RecordBatch.Record, of batch: borrowing RecordBatch) -> Int {
    var size = 0
    for index in record.firstHeader..<record.firstHeader + record.headerCount {
      let name = batch.headers[index].name
      guard let member = IncidentMember(header: batch.bytes.span.extracting(name.start..<name.start + name.count))
      else { continue }
      if headers[Int(member.rawValue)] != 0 { faults.note(.headerTwice, member) }
      headers[Int(member.rawValue)] = index + 1
      size += batch.headers[index].value?.count ?? 0
    }
    return size
  }

  /// Finds the members of an event in structured form.
  mutating func collectEvent(_ document: borrowing JSONDocument) {
    guard let root = document.root, document.kind(root) == .object else {
      faults.note(.notAnEvent, .record)
      return
    }
    var name = document.first(in: root)
    for _ in 0..<document.count(of: root) {
      let value = document.value(ofName: name)
      if let member = document.withText(of: name, { IncidentMember(inEvent: $0) }) { give(member, value) }
      name = document.next(after: value)
    }
    guard let data = node(.data) else {
      faults.note(.missing, .data)
      return
    }
    collectData(document, data)
  }

  /// Finds the members of the event's data.
  mutating func collectData(_ document: borrowing JSONDocument, _ data: JSONDocument.Node) {
    guard document.kind(data) == .object else {
      faults.note(.notObject, .data)
      return
    }
    hasData = true
    var name = document.first(in: data)
    for _ in 0..<document.count(of: data) {
      let value = document.value(ofName: name)
      if let member = document.withText(of: name, { IncidentMember(inData: $0) }) { give(member, value) }
      name = document.next(after: value)
    }
    guard let location = node(.location), document.kind(location) == .object else { return }
    name = document.first(in: location)
    for _ in 0..<document.count(of: location) {
      let value = document.value(ofName: name)
      if let member = document.withText(of: name, { IncidentMember(inLocation: $0) }) { give(member, value) }
      name = document.next(after: value)
    }
  }
}

// MARK: - Values of one kind, each with its faults

extension IncidentReading {
  /// Notes that a value is not of the kind that it should be.
  mutating func noteWrongType(
    _ fault: IncidentFault, _ member: IncidentMember, _ document: borrowing JSONDocument, _ node: JSONDocument.Node
  ) {
    faults.note(document.kind(node) == .null ? .null : fault, member)
  }

  /// A text member's node; notes anything else. Nil when it is not given or no text.
  mutating func textNode(_ member: IncidentMember, _ document: borrowing JSONDocument) -> JSONDocument.Node? {
    guard let node = node(member) else { return nil }
    guard document.kind(node) == .string else {
      noteWrongType(.notText, member, document, node)
      return nil
    }
    return node
  }

  /// A required text that is not empty and is kept as it is.
  mutating func requireText(_ member: IncidentMember, _ document: borrowing JSONDocument) {
    guard isGiven(member) else {
      faults.note(.missing, member)
      return
    }
    guard let node = textNode(member, document) else { return }
    if document.withText(of: node, { $0.isEmpty }) { faults.note(.emptyText, member) }
  }

  mutating func time(_ member: IncidentMember, _ document: borrowing JSONDocument) -> EventTime? {
    guard let node = textNode(member, document) else { return nil }
    return time(member, document.withText(of: node) { RFC3339.parse($0) })
  }

  mutating func time(_ member: IncidentMember, _ result: Result<EventTime, RFC3339.Failure>) -> EventTime? {
    switch result {
    case .success(let time): return time
    case .failure(.badTime): faults.note(.badTime, member)
    case .failure(.timeWithoutZone): faults.note(.noZone, member)
    }
    return nil
  }

  /// One of the contract's values; notes any other. Only whether it is one is asked here.
  mutating func checkName<Name: ContractName>(
    _ member: IncidentMember, _ type: Name.Type, _ document: borrowing JSONDocument
  ) {
    guard let node = textNode(member, document) else { return }
    if document.withText(of: node, { Name($0) == nil }) { faults.note(.unlistedName, member) }
  }

  mutating func number(_ member: IncidentMember, _ document: borrowing JSONDocument) -> Double? {
    guard let node = node(member) else { return nil }
    switch document.kind(node) {
    case .integer(let value): return Double(value)
    case .number(let value): return value
    default:
      noteWrongType(.notNumber, member, document, node)
      return nil
    }
  }

  /// Notes a number outside the range, half-open or closed as the range is.
  mutating func checkNumber(
    _ member: IncidentMember, in range: ClosedRange<Double>, _ document: borrowing JSONDocument
  ) {
    guard let value = number(member, document) else { return }
    if !range.contains(value) { faults.note(.outOfRange, member) }
  }
}
