import Hotspots
import Incidents

// The members of the event's data.
extension IncidentReading {
  /// Checks and reads what the type needs; `at` is the time of arrival.
  mutating func readData(_ document: borrowing JSONDocument, at: EventTime) {
    switch type {
    case .incidentRecorded, .incidentAmended:
      readName(document)
      readTimes(document, at: at)
      readOffence(document)
      readPlaces(document)
    case .incidentCancelled:
      readName(document)
      if isGiven(.reason) {
        checkName(.reason, CancellationReason.self, document)
      } else {
        faults.note(.missing, .reason)
      }
    case .incidentTransferred:
      readName(document)
      requireText(.toForce, document)
    case nil: break
    }
  }

  private mutating func readName(_ document: borrowing JSONDocument) {
    requireText(.reference, document)
    guard let node = node(.revision) else {
      faults.note(.missing, .revision)
      return
    }
    let largest = Int64(1) << 53
    switch document.kind(node) {
    case .integer(let value) where (1...largest).contains(value): revision = UInt64(value)
    case .number(let value) where (1...Double(largest)).contains(value) && value == value.rounded():
      revision = UInt64(value)
    case .integer, .number: faults.note(.badRevision, .revision)
    default: noteWrongType(.notNumber, .revision, document, node)
    }
  }

  private mutating func readTimes(_ document: borrowing JSONDocument, at: EventTime) {
    if !isGiven(.occurredFrom) { faults.note(.missing, .occurredFrom) }
    occurredFrom = time(.occurredFrom, document)
    occurredTo = time(.occurredTo, document)
    recordedAt = time(.recordedAt, document)
    if let node = node(.imprecise) {
      if case .bool(let value) = document.kind(node) {
        isImprecise = value
      } else {
        noteWrongType(.notBool, .imprecise, document, node)
      }
    }
    guard let from = occurredFrom else { return }
    if from.milliseconds < 0 { faults.note(.beforeHistory, .occurredFrom) }
    // Both are years of four digits, or the clock's: far from overflowing.
    if from.milliseconds - 600_000 > at.milliseconds { faults.note(.inFuture, .occurredFrom) }
    guard let to = occurredTo else { return }
    let hour: Int64 = 3_600_000
    switch to.milliseconds - from.milliseconds {
    case ..<0: faults.note(.reversed, .occurredTo)
    case ...(12 * hour): break
    case ...(366 * 24 * hour): if !isImprecise { faults.note(.tooLongForExact, .occurredTo) }
    default: faults.note(.tooLong, .occurredTo)
    }
  }

  private mutating func readOffence(_ document: borrowing JSONDocument) {
    if !isGiven(.offenceCode), !isGiven(.offenceClass) { faults.note(.missingOffence, .offenceCode) }
    if let node = textNode(.offenceCode, document),
      !document.withText(of: node, { OffenceTable.isWellFormed(code: $0) })
    {
      faults.note(.malformedCode, .offenceCode)
    }
    if let node = textNode(.offenceClass, document),
      !document.withText(of: node, { OffenceTable.isWellFormed(class: $0) })
    {
      faults.note(.malformedClass, .offenceClass)
    }
    checkName(.weapon, Weapon.self, document)
    checkName(.weaponUse, WeaponUse.self, document)
    checkName(.injury, Injury.self, document)
    checkName(.victimAgeBand, VictimAgeBand.self, document)
  }
}

// MARK: - Where

extension IncidentReading {
  private mutating func readPlaces(_ document: borrowing JSONDocument) {
    if let location = node(.location) {
      if document.kind(location) == .object {
        readLocation(document)
      } else {
        noteWrongType(.notObject, .location, document, location)
      }
    } else if !isGiven(.responsibleArea) {
      faults.note(.noLocation, .location)
    }
    responsible = area(.responsibleArea, document)
  }

  private mutating func readLocation(_ document: borrowing JSONDocument) {
    let hasDegrees = isGiven(.latitude) || isGiven(.longitude)
    let hasMetres = isGiven(.easting) || isGiven(.northing)
    var ways = isGiven(.area) ? 1 : 0
    if isGiven(.lsoa) { ways += 1 }
    if hasDegrees { ways += 1 }
    if hasMetres { ways += 1 }
    if isGiven(.unknown) { ways += 1 }
    if ways == 0 { faults.note(.emptyLocation, .location) }
    if ways > 1 { faults.note(.severalLocations, .location) }

    if let area = area(.area, document) { place = area }
    if let node = textNode(.lsoa, document) {
      if document.withText(of: node, { $0.isLSOA }) {
        place = .unplaced(.lsoaNotPlaced)
      } else {
        faults.note(.malformedLSOA, .lsoa)
      }
    }
    if hasDegrees { readCoordinates((.latitude, 49.5...61.5), (.longitude, -8.5...2.6), document) }
    if hasMetres { readCoordinates((.easting, 0...600_000), (.northing, 0...1_300_000), document) }
    checkNumber(.precisionMetres, in: 0 ... .infinity, document)
    if let node = node(.unknown) {
      if document.kind(node) == .bool(true) {
        place = .unplaced(.unknown)
      } else {
        noteWrongType(.notTrue, .unknown, document, node)
      }
    }
  }

  private typealias Axis = (member: IncidentMember, range: ClosedRange<Double>)

  private mutating func readCoordinates(_ first: Axis, _ second: Axis, _ document: borrowing JSONDocument) {
    for axis in [first, second] {
      if !isGiven(axis.member) { faults.note(.missingHalf, axis.member) }
      checkNumber(axis.member, in: axis.range, document)
    }
    faults.note(.placesNotLoaded, .location)
  }

  private mutating func area(_ member: IncidentMember, _ document: borrowing JSONDocument) -> Place? {
    guard let node = textNode(member, document) else { return nil }
    switch document.withText(of: node, { AreaTable.lookup($0) }) {
    case .current(let area), .former(successor: let area): return .area(area)
    case .outOfScope: return .unplaced(.outOfScope)
    case .never:
      faults.note(.neverAnArea, member)
      return nil
    }
  }
}

extension Span<UInt8> {
  /// Whether these bytes have the form of a lower-layer super output area's code, English or Welsh.
  fileprivate var isLSOA: Bool {
    guard count == 9, holds("E01", at: 0) || holds("W01", at: 0) else { return false }
    for index in 3..<9 where self[index] &- UInt8(ascii: "0") >= 10 { return false }
    return true
  }
}
