import Incidents

/// One event of the live stream: what a record of a topic changed.
struct Change: Hashable, Sendable {
  enum Kind: Int64, Sendable {
    case projection, signal

    var name: String { String(describing: self) }
  }

  /// This read model's own count of changes, ascending without a gap as they were applied.
  var sequence: Int64
  var kind: Kind
  /// The record's offset in its topic.
  var offset: Int64
  var area: String
  var measures: MeasureSet
  /// Of a signal.
  var severity: SignalSeverity
  /// JSON on one line.
  var data: [UInt8]
}

/// How far a reader of the stream has come, by the offsets of the two topics: the same in every process that serves them.
struct StreamPosition: Hashable, Sendable, CustomStringConvertible {
  /// The first eight digits of the journal's id: positions in another journal mean nothing here.
  var journal: String
  /// Everything before these offsets is known.
  var projections: Int64
  var signals: Int64

  init(journal: String, projections: Int64, signals: Int64) {
    self.journal = String(journal.prefix(8))
    self.projections = projections
    self.signals = signals
  }

  /// Reads an event's id.
  init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].utf8.count <= 8, let projections = Int64(parts[1]), let signals = Int64(parts[2]),
      projections >= 0, signals >= 0
    else { return nil }
    journal = String(parts[0])
    self.projections = projections
    self.signals = signals
  }

  /// The id of an event after which a reader has come this far.
  var description: String { "\(journal)-\(projections)-\(signals)" }

  subscript(kind: Change.Kind) -> Int64 {
    get { kind == .projection ? projections : signals }
    set { if kind == .projection { projections = newValue } else { signals = newValue } }
  }

  /// Whether a change is known at this position.
  func knows(_ change: Change) -> Bool { change.offset < self[change.kind] }

  mutating func advance(past change: Change) {
    self[change.kind] = max(self[change.kind], change.offset + 1)
  }
}
