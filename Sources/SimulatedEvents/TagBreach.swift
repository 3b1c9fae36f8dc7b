import Incidents
import Wire

/// What a tag reported, as one revision tells it.
struct TagBreach: Sendable {
  var reference: String
  var revision = 1
  var device: String
  var wearer: String
  var kind: String
  var state: String
  var occurredFrom: EventTime
  var occurredTo: EventTime
  var detectedAt: EventTime
  var isKnifeRelated: Bool
  /// Nil: the tag said nothing of its place; the responsible area counts.
  var area: AreaIndex?
  var responsible: AreaIndex

  func write(to writer: inout JSONWriter, uploaded: EventTime, _ flaw: Flaw?) {
    writer.member("reference", reference)
    writer.revision(revision, flaw)
    writer.member("device", device)
    writer.member("wearer", wearer)
    writer.member("kind", kind)
    writer.member("state", flaw == .unknownName ? "ignored" : state)
    writer.time("occurredFrom", occurredFrom, flaw)
    writer.time("occurredTo", occurredTo)
    writer.time("detectedAt", detectedAt)
    writer.time("uploadedAt", uploaded)
    writer.member("knifeRelated", isKnifeRelated)
    if area != nil || flaw == .unknownArea { writer.location(area, flaw) }
    writer.member("responsibleArea", AreaTable.code(responsible))
  }
}
