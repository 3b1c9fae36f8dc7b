/// A command line that was not understood: exit code 2.
public struct UsageError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, in one sentence without a full stop.
  public var reason: String
  /// What to do about it; empty when the reason says it.
  public var advice: String

  public init(_ reason: String, advice: String = "") {
    self.reason = reason
    self.advice = advice
  }

  public var exitCode: ExitCode { .usage }

  public var description: String { advice.isEmpty ? reason : "\(reason)\n\(advice)" }
}

/// Why a value does not do; the parser adds which option or variable it was given to.
public struct ValueError: Error, Hashable, Sendable {
  public var reason: String

  public init(_ reason: String) { self.reason = reason }
}
