/// An answer.
public struct HTTPResponse: Sendable {
  public enum Body: Sendable {
    case bytes([UInt8])
    /// Goes on until the stream ends or the reader leaves.
    case stream(any ResponseStream)
  }

  public var status: Int
  public var headers: [NamedText]
  public var body: Body

  public init(status: Int, headers: [NamedText] = [], body: Body = .bytes([])) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The value of the first header of that name.
  public func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}

/// What an answer without an end is read from. Called by the listener's thread alone, which it must not block.
public protocol ResponseStream: AnyObject, Sendable {
  /// What comes next, about `limit` bytes or less. `isIdle`: nothing was sent for some seconds, so that a sign of life is
  /// due, which also finds out whether the reader is still there.
  func next(limit: Int, isIdle: Bool) -> StreamStep
}

public enum StreamStep: Sendable {
  case bytes([UInt8])
  /// Nothing for now: asked again after `HTTPListener.wake`.
  case wait
  case end
}
