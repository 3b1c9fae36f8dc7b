import Pipeline

/// The calls of consumers and producers that a test can make fail.
public enum LogCall: String, CaseIterable, Sendable {
  case poll, committed, assign, unassign, bounds, membership
  case initialise, begin, produce, flush, sendOffsets, commit, abort
}

/// A failure that a call of a `MemoryLog`'s handle is told to have.
public struct MemoryLogFault: Sendable {
  public enum Moment: Sendable {
    /// The call does nothing but fail.
    case before
    /// The call does its work and its answer gets lost. Only where a broker is asked to change something: `initialise`,
    /// `sendOffsets`, `commit`, `abort`.
    case after
  }

  public var call: LogCall
  /// A transactional id or an instance id; any handle where nil. A reader without a group has the name "".
  public var handle: String?
  public var error: LogError
  public var moment: Moment

  public init(call: LogCall, handle: String?, error: LogError, moment: Moment) {
    precondition(
      moment == .before || [.initialise, .sendOffsets, .commit, .abort].contains(call),
      "the answer of \(call) cannot get lost")
    precondition(
      moment == .before || error.remedy != .abort, "a transaction that was decided does not ask to be aborted")
    self.call = call
    self.handle = handle
    self.error = error
    self.moment = moment
  }
}
