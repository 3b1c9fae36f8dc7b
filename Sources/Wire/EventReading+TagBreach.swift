import Hotspots
import Incidents

// The tag breaches' contract.
extension EventReading {
  mutating func readTagBreach(_ document: borrowing JSONDocument, at: EventTime) {
    readName(document)
    // Checked, and never kept: nothing behind this needs them.
    checkText(.device, document)
    checkText(.wearer, document)
    requireName(.kind, TagBreachKind.self, document)
    requireName(.state, TagBreachState.self, document)
    readOccurrence(document, at: at)
    detectedAt = time(.detectedAt, document)
    uploadedAt = time(.uploadedAt, document)
    knifeRelated = truth(.knifeRelated, document)
    readPlaces(document)
  }
}
