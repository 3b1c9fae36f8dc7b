import Pipeline

/// What a test build may reach into. The program itself is started with none.
public struct Hooks: Sendable {
  /// The clock that ingest tells the journal's time by.
  public var clock: any WallClock
  /// Called at each pass of a named point, on the role's own thread.
  public var passing: (@Sendable (Pipeline.Role, CrashPoint) -> Void)?

  public init(
    clock: any WallClock = MachineClock(), passing: (@Sendable (Pipeline.Role, CrashPoint) -> Void)? = nil
  ) {
    self.clock = clock
    self.passing = passing
  }

  /// The hook of one role; nil when there is none.
  func passing(_ role: Pipeline.Role) -> CrashPoint.Hook? {
    guard let passing else { return nil }
    return { point in passing(role, point) }
  }
}
