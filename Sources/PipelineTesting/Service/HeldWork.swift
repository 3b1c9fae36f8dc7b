import Synchronization

/// Work that another thread would do, done by hand.
public final class HeldWork: Sendable {
  private struct State {
    var work: [@Sendable () -> Void] = []
    var isHeld = false
  }

  private let state = Mutex(State())

  public init() {}

  /// Whether it waits to be told; else whoever drives the service finishes it after each step.
  public var isHeld: Bool {
    get { state.withLock(\.isHeld) }
    set { state.withLock { $0.isHeld = newValue } }
  }

  public var isEmpty: Bool { state.withLock(\.work.isEmpty) }

  public func add(_ work: @escaping @Sendable () -> Void) { state.withLock { $0.work.append(work) } }

  /// Does it all, in order.
  public func finish() {
    let work = state.withLock { state in
      defer { state.work = [] }
      return state.work
    }
    for piece in work { piece() }
  }

  /// It will never be done.
  public func drop() { state.withLock { $0.work = [] } }
}

/// What a part of the service had to say, in its order.
public final class Notices: Sendable {
  private let texts = Mutex<[String]>([])

  public init() {}

  public var all: [String] { texts.withLock(\.self) }

  public var add: @Sendable (String) -> Void {
    { [self] text in texts.withLock { $0.append(text) } }
  }
}
