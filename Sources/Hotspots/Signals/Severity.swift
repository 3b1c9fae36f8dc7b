/// How much attention a signal asks for.
public enum Severity: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  case low, medium, high

  /// The name in outputs.
  public var name: String { String(describing: self) }
}
