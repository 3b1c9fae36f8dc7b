import Incidents

/// How fresh the records of a source are.
public enum Freshness: UInt8, Comparable, Sendable, BitwiseCopyable {
  /// No cadence is promised.
  case unknown
  case current
  /// Nothing for more than one and a half times the cadence.
  case late
  /// Nothing for more than three times the cadence.
  case silent

  public static func < (a: Freshness, b: Freshness) -> Bool { a.rawValue < b.rawValue }

  /// The name in outputs.
  public var name: String { String(describing: self) }
}

/// What came last from the sources of one topic that concern an area.
public struct TopicFreshness: Hashable, Sendable {
  /// The newest arrival in the journal; nil when nothing came.
  public var received: EventTime?
  /// The newest occurrence among what came.
  public var occurred: EventTime?
  public var state: Freshness

  public init(received: EventTime?, occurred: EventTime?, state: Freshness) {
    self.received = received
    self.occurred = occurred
    self.state = state
  }
}
