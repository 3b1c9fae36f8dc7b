import Incidents

/// What a reader of the stream wants to hear of.
struct StreamFilter: Hashable, Sendable {
  /// Nil: all.
  var areas: Set<String>?
  var measures: MeasureSet = .all
  /// Of signals: this severe or more.
  var severity: SignalSeverity = .low
  var kinds: Set<Change.Kind> = [.projection, .signal]

  func takes(_ change: Change) -> Bool {
    guard kinds.contains(change.kind), areas?.contains(change.area) ?? true else { return false }
    guard measures != .all else { return change.kind == .projection || change.severity >= severity }
    guard !change.measures.intersection(measures).isEmpty else { return false }
    return change.kind == .projection || change.severity >= severity
  }
}
