import Glibc

/// Why nobody can be listened to.
public struct ListenerError: Error, Hashable, Sendable, CustomStringConvertible {
  public var reason: String
  public var advice: String

  init(_ address: ListeningAddress, errno code: Int32) {
    reason = unsafe "cannot listen on \(address): \(String(cString: strerror(code)))"
    advice =
      code == EADDRINUSE ? "another program listens there: choose another port with --listen, or 0 for any" : ""
  }

  public var description: String { advice.isEmpty ? reason : "\(reason) (\(advice))" }
}
