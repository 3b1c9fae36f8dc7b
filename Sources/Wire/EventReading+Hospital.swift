import Hotspots
import Incidents

// The hospitals' contract.
extension EventReading {
  mutating func readAttendance(_ document: borrowing JSONDocument, at: EventTime) {
    readName(document)
    requireText(.site, document)
    if !isGiven(.assaultAt), !isGiven(.arrivedAt) { note(.missingInstant, .assaultAt) }
    readAssault(document, at: at)
  }

  /// Everything of a return, each of its assaults included.
  mutating func readReturn(_ document: borrowing JSONDocument, at: EventTime) {
    requireText(.site, document)
    readPeriod(document)
    readRevision(as: .revisionOfReturn, document)
    guard let assaults = node(.assaults) else {
      note(.missing, .assaults)
      return
    }
    guard document.kind(assaults) == .array else {
      noteWrongType(.notArray, .assaults, document, assaults)
      return
    }
    forEachAssault(document, at: at) { _ in }
  }

  /// Reads the assaults of a return one after the other, and calls `body` with the reading turned to each.
  mutating func forEachAssault(
    _ document: borrowing JSONDocument, at: EventTime, _ body: (EventReading) -> Void
  ) {
    guard let assaults = node(.assaults) else { return }
    let count = document.count(of: assaults)
    guard count > 0 else { return }
    var assault = document.first(in: assaults)
    for row in 0..<count {
      collectAssault(document, assault, row: row)
      if document.kind(assault) == .object { readRow(document, at: at) }
      body(self)
      if row < count - 1 { assault = document.next(after: assault) }
    }
  }

  private mutating func readRow(_ document: borrowing JSONDocument, at: EventTime) {
    if !isGiven(.assaultAt) { note(.missing, .assaultAt) }
    readAssault(document, at: at)
    guard let assaultAt, let period else { return }
    if !period.contains(LocalDay(containing: assaultAt)) { note(.outsidePeriod, .assaultAt) }
  }

  /// What an attendance and a row of a return say alike. It counts when the assault was, else when the victim came.
  private mutating func readAssault(_ document: borrowing JSONDocument, at: EventTime) {
    arrivedAt = time(.arrivedAt, document)
    assaultAt = time(.assaultAt, document)
    checkInstant(.arrivedAt, arrivedAt, at: at)
    checkInstant(.assaultAt, assaultAt, at: at)
    occurredFrom = assaultAt ?? arrivedAt
    requireName(.mechanism, AssaultMechanism.self, document)
    checkName(.ageBand, VictimAgeBand.self, document)
    checkText(.locationType, document)
    readLocation(document)
  }

  private mutating func readPeriod(_ document: borrowing JSONDocument) {
    let start = day(.periodStart, document)
    let end = day(.periodEnd, document)
    guard let start, let end else { return }
    if start <= end { period = start...end } else { note(.reversedPeriod, .periodEnd) }
  }

  /// A local day that has to be there.
  private mutating func day(_ member: EventMember, _ document: borrowing JSONDocument) -> LocalDay? {
    guard isGiven(member) else {
      note(.missing, member)
      return nil
    }
    guard let node = textNode(member, document) else { return nil }
    let day = document.withText(of: node) { LocalDay($0.text) }
    if day == nil { note(.badDay, member) }
    return day
  }
}

extension EventMember {
  /// The members that each assault of a return has anew.
  static let ofAssault: [EventMember] = [
    .arrivedAt, .assaultAt, .mechanism, .ageBand, .locationType, .location, .area, .lsoa, .latitude, .longitude,
    .easting, .northing, .precisionMetres, .method, .unknown,
  ]
}
