import Hotspots
import Incidents

// Where something happened, and when: what incidents and tag breaches say alike.
extension EventReading {
  /// `occurredFrom` and `occurredTo`; how long it may have lasted is the caller's to say.
  mutating func readOccurrence(_ document: borrowing JSONDocument, at: EventTime) {
    if !isGiven(.occurredFrom) { note(.missing, .occurredFrom) }
    occurredFrom = time(.occurredFrom, document)
    occurredTo = time(.occurredTo, document)
    checkInstant(.occurredFrom, occurredFrom, at: at)
    if let from = occurredFrom, let to = occurredTo, to < from { note(.reversed, .occurredTo) }
  }

  /// `location` and `responsibleArea`, one of which has to be there.
  mutating func readPlaces(_ document: borrowing JSONDocument) {
    if !isGiven(.location), !isGiven(.responsibleArea) { note(.noLocation, .location) }
    readLocation(document)
    responsible = area(.responsibleArea, document)
  }

  /// `location`, when it is given.
  mutating func readLocation(_ document: borrowing JSONDocument) {
    place = .unplaced(.notGiven)
    guard let location = node(.location) else { return }
    if document.kind(location) == .object {
      readWays(document)
    } else {
      noteWrongType(.notObject, .location, document, location)
    }
  }

  private mutating func readWays(_ document: borrowing JSONDocument) {
    let hasDegrees = isGiven(.latitude) || isGiven(.longitude)
    let hasMetres = isGiven(.easting) || isGiven(.northing)
    var ways = isGiven(.area) ? 1 : 0
    if isGiven(.lsoa) { ways += 1 }
    if hasDegrees { ways += 1 }
    if hasMetres { ways += 1 }
    if isGiven(.unknown) { ways += 1 }
    if ways == 0 { note(.emptyLocation, .location) }
    if ways > 1 { note(.severalLocations, .location) }

    if let area = area(.area, document) { place = area }
    if let node = textNode(.lsoa, document) {
      if let area = document.withText(of: node, { LSOATable.area(of: $0) }) {
        place = .area(area)
      } else {
        place = .unplaced(.lsoaNotPlaced)
        if !document.withText(of: node, { LSOATable.isWellFormed($0) }) { note(.malformedLSOA, .lsoa) }
      }
    }
    if hasDegrees { readCoordinates((.latitude, 49.5...61.5), (.longitude, -8.5...2.6), document) }
    if hasMetres { readCoordinates((.easting, 0...600_000), (.northing, 0...1_300_000), document) }
    checkNumber(.precisionMetres, in: 0 ... .infinity, document)
    checkName(.method, FixMethod.self, document)
    if let node = node(.unknown) {
      if document.kind(node) == .bool(true) {
        place = .unplaced(.unknown)
      } else {
        noteWrongType(.notTrue, .unknown, document, node)
      }
    }
  }

  private typealias Axis = (member: EventMember, range: ClosedRange<Double>)

  private mutating func readCoordinates(_ first: Axis, _ second: Axis, _ document: borrowing JSONDocument) {
    for axis in [first, second] {
      if !isGiven(axis.member) { note(.missingHalf, axis.member) }
      checkNumber(axis.member, in: axis.range, document)
    }
    note(.placesNotLoaded, .location)
  }

  private mutating func area(_ member: EventMember, _ document: borrowing JSONDocument) -> Place? {
    guard let node = textNode(member, document) else { return nil }
    switch document.withText(of: node, { AreaTable.lookup($0) }) {
    case .current(let area), .former(successor: let area): return .area(area)
    case .outOfScope: return .unplaced(.outOfScope)
    case .never:
      note(.neverAnArea, member)
      return nil
    }
  }
}
