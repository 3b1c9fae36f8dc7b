import Incidents

/// The clock of the outside world. Only ingest may look at it.
public protocol WallClock: Sendable {
  func now() -> EventTime

  /// What the log's clock should tell at this moment. Differs from `now` only where a test moves the time that the journal
  /// is told: the log's clock cannot be moved with it.
  func nowOnTheLog() -> EventTime
}

extension WallClock {
  public func nowOnTheLog() -> EventTime { now() }
}
