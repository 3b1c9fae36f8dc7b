import Hotspots
import Incidents

// The incidents' contract.
extension EventReading {
  mutating func readIncident(_ document: borrowing JSONDocument, at: EventTime) {
    readName(document)
    readTimes(document, at: at)
    readOffence(document)
    readPlaces(document)
  }

  mutating func readCancellation(_ document: borrowing JSONDocument) {
    readName(document)
    requireName(.reason, CancellationReason.self, document)
  }

  mutating func readTransfer(_ document: borrowing JSONDocument) {
    readName(document)
    requireText(.toForce, document)
  }

  private mutating func readTimes(_ document: borrowing JSONDocument, at: EventTime) {
    readOccurrence(document, at: at)
    recordedAt = time(.recordedAt, document)
    isImprecise = truth(.imprecise, document) ?? false
    guard let from = occurredFrom, let to = occurredTo else { return }
    let hour: Int64 = 3_600_000
    switch to.milliseconds - from.milliseconds {
    case ...(12 * hour): break
    case ...(366 * 24 * hour): if !isImprecise { note(.tooLongForExact, .occurredTo) }
    default: note(.tooLong, .occurredTo)
    }
  }

  private mutating func readOffence(_ document: borrowing JSONDocument) {
    if !isGiven(.offenceCode), !isGiven(.offenceClass) { note(.missingOffence, .offenceCode) }
    if let node = textNode(.offenceCode, document),
      !document.withText(of: node, { OffenceTable.isWellFormed(code: $0) })
    {
      note(.malformedCode, .offenceCode)
    }
    if let node = textNode(.offenceClass, document),
      !document.withText(of: node, { OffenceTable.isWellFormed(class: $0) })
    {
      note(.malformedClass, .offenceClass)
    }
    checkName(.weapon, Weapon.self, document)
    checkName(.weaponUse, WeaponUse.self, document)
    checkName(.injury, Injury.self, document)
    checkName(.victimAgeBand, VictimAgeBand.self, document)
  }
}
