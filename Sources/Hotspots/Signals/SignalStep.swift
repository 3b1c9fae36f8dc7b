import Incidents

/// A signal at one of its revisions: what is to be published of it, and afterwards what its ledger remembers.
public struct SignalStep: Hashable, Sendable {
  /// The day on which its episode begins, which names it within its series.
  public var firstDay: LocalDay
  public var revision: Int
  public var status: SignalStatus
  /// When it was raised, the last time.
  public var raisedAt: EventTime
  /// What was last said.
  public var statement: SignalStatement

  public init(
    firstDay: LocalDay, revision: Int, status: SignalStatus, raisedAt: EventTime, statement: SignalStatement
  ) {
    self.firstDay = firstDay
    self.revision = revision
    self.status = status
    self.raisedAt = raisedAt
    self.statement = statement
  }

  var lastDay: LocalDay { statement.days.last ?? firstDay }
}
