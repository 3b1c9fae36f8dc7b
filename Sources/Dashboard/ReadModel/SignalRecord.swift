import Incidents
import Wire

/// A revision of a signal as it was published: its bytes, and what it is looked for by.
struct SignalRecord: Hashable, Sendable {
  let id: String
  let revision: Int64
  let status: String
  let area: String
  let force: String
  let measure: String
  let severity: SignalSeverity
  /// Days; the longer, the rarer. 0 where a detector has none.
  let interval: Int64
  let judged: EventTime
  let bytes: [UInt8]

  var isStanding: Bool { status == "raised" || status == "updated" }

  /// Nil when the bytes are no signal of this contract.
  init?(_ bytes: [UInt8]) {
    guard let value = try? JSONValue(parsing: bytes), let id = value["id"]?.string,
      let revision = value["revision"]?.integer, let status = value["status"]?.string,
      let area = value["area"]?.string, let measure = value["measure"]?.string,
      let severity = value["severity"]?.string.flatMap(SignalSeverity.init(name:)),
      let text = value["judgedAt"]?.string, case .success(let judged) = RFC3339.parse(text.utf8.span)
    else { return nil }
    self.id = id
    self.revision = revision
    self.status = status
    self.area = area
    force = value["force"]?.string ?? ""
    self.measure = measure
    self.severity = severity
    interval = value["recurrenceIntervalDays"]?.integer ?? 0
    self.judged = judged
    self.bytes = bytes
  }
}

/// How rare, in the contract's three steps.
enum SignalSeverity: Int64, CaseIterable, Comparable, Sendable {
  case low, medium, high

  init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  var name: String { String(describing: self) }

  static func < (a: SignalSeverity, b: SignalSeverity) -> Bool { a.rawValue < b.rawValue }
}
