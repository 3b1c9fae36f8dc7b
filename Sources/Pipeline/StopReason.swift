import Wire

/// Why a role cannot go on: something that only a person can change, with the exit code that says of what kind.
public struct StopReason: Error, Sendable, CustomStringConvertible {
  public enum Kind: Int32, Sendable {
    /// Nothing is wrong: the work is another program's from here on.
    case released = 0
    /// The broker cannot be reached, or refuses.
    case broker = 3
    /// Code and history disagree, or an offset is missing.
    case divergence = 4
  }

  public var kind: Kind
  public var reason: String
  /// What a person can do about it.
  public var advice: String

  public init(_ kind: Kind, reason: String, advice: String) {
    self.kind = kind
    self.reason = reason
    self.advice = advice
  }

  public var description: String { advice.isEmpty ? reason : "\(reason)\n  \(advice)" }
}

/// What ends a step of a role.
public enum RoleError: Error, Sendable {
  /// The handles are spent: make new ones and take over anew.
  case restart(LogError)
  case stop(StopReason)

  /// What any error that a role's work can throw means for it.
  init(anyOf error: any Error) {
    switch error {
    case let error as RoleError: self = error
    case let error as LogError: self = RoleError(error)
    case let error as StopReason: self = .stop(error)
    default: self = .stop(StopReason(.divergence, reason: "\(error)", advice: ""))
    }
  }

  /// What an error of the log means for a role.
  init(_ error: LogError) {
    switch error.remedy {
    case .restart, .retry, .abort: self = .restart(error)
    case .stop:
      let kind: StopReason.Kind = error.code == .offsetOutOfRange ? .divergence : .broker
      self = .stop(StopReason(kind, reason: error.description, advice: error.advice))
    }
  }
}
