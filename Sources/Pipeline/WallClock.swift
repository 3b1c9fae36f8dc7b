import Incidents

/// The clock of the outside world. Only ingest may look at it.
public protocol WallClock: Sendable {
  func now() -> EventTime
}
