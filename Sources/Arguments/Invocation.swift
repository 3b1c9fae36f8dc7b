/// A command line that was understood.
public struct Invocation<Action: Sendable>: Sendable {
  public let action: Action
  public let operands: [String]
  let values: [String: any Sendable]
  let surroundings: Surroundings

  /// The value of an option: from the command line, else from the environment, else its default. Values were checked
  /// when the line was read, so asking cannot fail.
  public subscript<Value: Sendable>(option: Option<Value>) -> Value {
    values[option.declaration.name] as? Value ?? option.fallback(surroundings)
  }
}

/// What a command line asks for.
public enum Request<Action: Sendable>: Sendable {
  case perform(Invocation<Action>)
  /// Text to print, help or completions: then all is fine.
  case answer(String)
}
