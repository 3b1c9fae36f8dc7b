import Wire

/// What went wrong at the log, and what is to be done about it.
public struct LogError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// No broker answers.
    case unreachable
    /// The broker refuses: credentials or rights.
    case refused
    case unknownTopic
    /// A position that the log does not hold (any more).
    case offsetOutOfRange
    /// Another producer with this transactional id has started.
    case producerFenced
    /// The group has moved on without this member: its offsets are refused.
    case memberFenced
    /// A record is larger than the topic takes.
    case recordTooLarge
    /// A call was made out of order; our own fault.
    case invalidState
    /// What the library says, unclassified.
    case other
  }

  /// The least that helps, in this order of precedence.
  public enum Remedy: String, Sendable {
    /// Abort the transaction; then, the assignment unchanged, the same outputs and offsets may be sent again.
    case abort
    /// The same call again.
    case retry
    /// Close the handles and take over anew with new ones.
    case restart
    /// Only a person can help.
    case stop
  }

  public var code: Code
  public var remedy: Remedy
  /// What happened, in the words of whoever knew; no secret and no byte of a record.
  public var reason: String
  public var partition: TopicPartition?
  /// What a person can do about it; empty when the program does it itself.
  public var advice: String

  public init(
    _ code: Code, _ remedy: Remedy, reason: String, partition: TopicPartition? = nil, advice: String = ""
  ) {
    self.code = code
    self.remedy = remedy
    self.reason = reason
    self.partition = partition
    self.advice = advice
  }

  public var description: String {
    let place = partition.map { " at \($0)" } ?? ""
    return "\(code.rawValue)\(place): \(reason)" + (advice.isEmpty ? "" : " (\(advice))")
  }
}
