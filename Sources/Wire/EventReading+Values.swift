import Hotspots
import Incidents

// Values of one kind, each with its faults.
extension EventReading {
  /// Notes that a value is not of the kind that it should be.
  mutating func noteWrongType(
    _ fault: EventFault, _ member: EventMember, _ document: borrowing JSONDocument, _ node: JSONDocument.Node
  ) {
    note(document.kind(node) == .null ? .null : fault, member)
  }

  /// A text member's node; notes anything else. Nil when it is not given or no text.
  mutating func textNode(_ member: EventMember, _ document: borrowing JSONDocument) -> JSONDocument.Node? {
    guard let node = node(member) else { return nil }
    guard document.kind(node) == .string else {
      noteWrongType(.notText, member, document, node)
      return nil
    }
    return node
  }

  /// A required text that is not empty and is kept as it is.
  mutating func requireText(_ member: EventMember, _ document: borrowing JSONDocument) {
    guard isGiven(member) else {
      note(.missing, member)
      return
    }
    guard let node = textNode(member, document) else { return }
    if document.withText(of: node, { $0.isEmpty }) { note(.emptyText, member) }
  }

  mutating func time(_ member: EventMember, _ document: borrowing JSONDocument) -> EventTime? {
    guard let node = textNode(member, document) else { return nil }
    return time(member, document.withText(of: node) { RFC3339.parse($0) })
  }

  mutating func time(_ member: EventMember, _ result: Result<EventTime, RFC3339.Failure>) -> EventTime? {
    switch result {
    case .success(let time): return time
    case .failure(.badTime): note(.badTime, member)
    case .failure(.timeWithoutZone): note(.noZone, member)
    }
    return nil
  }

  /// One of the contract's values; notes any other. Only whether it is one is asked here.
  mutating func checkName<Name: ContractName>(
    _ member: EventMember, _ type: Name.Type, _ document: borrowing JSONDocument
  ) {
    guard let node = textNode(member, document) else { return }
    if document.withText(of: node, { Name($0) == nil }) { note(.unlistedName, member) }
  }

  mutating func number(_ member: EventMember, _ document: borrowing JSONDocument) -> Double? {
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
    _ member: EventMember, in range: ClosedRange<Double>, _ document: borrowing JSONDocument
  ) {
    guard let value = number(member, document) else { return }
    if !range.contains(value) { note(.outOfRange, member) }
  }

  /// Notes an instant that cannot be when something happened: ahead of the arrival, or before all history.
  mutating func checkInstant(_ member: EventMember, _ time: EventTime?, at: EventTime) {
    guard let time else { return }
    if time.milliseconds < 0 { note(.beforeHistory, member) }
    // Both are years of four digits, or the clock's: far from overflowing.
    if time.milliseconds - 600_000 > at.milliseconds { note(.inFuture, member) }
  }

  /// `reference` and `revision`, which everything but a return has.
  mutating func readName(_ document: borrowing JSONDocument) {
    requireText(.reference, document)
    readRevision(as: .revision, document)
  }

  /// The revision, whose faults are noted as those of `member`.
  mutating func readRevision(as member: EventMember, _ document: borrowing JSONDocument) {
    guard let node = node(.revision) else {
      note(.missing, member)
      return
    }
    let largest = Int64(1) << 53
    switch document.kind(node) {
    case .integer(let value) where (1...largest).contains(value): revision = UInt64(value)
    case .number(let value) where (1...Double(largest)).contains(value) && value == value.rounded():
      revision = UInt64(value)
    case .integer, .number: note(.badRevision, member)
    default: noteWrongType(.notNumber, member, document, node)
    }
  }

  /// A truth; notes anything else. Nil when it is not given or none.
  mutating func truth(_ member: EventMember, _ document: borrowing JSONDocument) -> Bool? {
    guard let node = node(member) else { return nil }
    if case .bool(let value) = document.kind(node) { return value }
    noteWrongType(.notBool, member, document, node)
    return nil
  }

  /// A text that may be left out, but not be empty.
  mutating func checkText(_ member: EventMember, _ document: borrowing JSONDocument) {
    if isGiven(member) { requireText(member, document) }
  }

  /// One of the contract's values that has to be there.
  mutating func requireName<Name: ContractName>(
    _ member: EventMember, _ type: Name.Type, _ document: borrowing JSONDocument
  ) {
    if isGiven(member) { checkName(member, type, document) } else { note(.missing, member) }
  }
}
