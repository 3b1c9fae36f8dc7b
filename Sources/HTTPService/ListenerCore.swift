import CMicrohttpd
import Foundation
import Synchronization

/// What the listener's thread, the publishers of streams and the sweeper share. Everything that touches a connection from
/// outside the listener's thread does so under the lock, and only while the connection is in the table: the library says
/// that one has ended before it frees it.
final class ListenerCore: Sendable {
  private struct Connection {
    var socket: Int32
    /// Since when a request is awaited or coming in; nil while one is answered.
    var waitingSince: ContinuousClock.Instant?
    var answeringSince: ContinuousClock.Instant?
    var stream: Stream?
  }

  private struct Stream {
    var isSuspended = false
    /// When the reader was last asked or found nothing to send.
    var lastSign: ContinuousClock.Instant
    /// When bytes last went out.
    var lastBytes: ContinuousClock.Instant
    /// It was resumed to be ended.
    var isOver = false
  }

  private struct State {
    /// By the address of the library's connection.
    var connections: [UInt: Connection] = [:]
    /// Raised by each `wake`.
    var wakes: UInt64 = 0
    var isStopping = false
    var isStopped = false
  }

  let handler: @Sendable (HTTPRequest) -> HTTPResponse
  private let limits: HTTPListener.Limits
  private let state = Mutex(State())

  init(limits: HTTPListener.Limits, handler: @escaping @Sendable (HTTPRequest) -> HTTPResponse) {
    self.limits = limits
    self.handler = handler
  }

  var load: (connections: Int, streams: Int) {
    state.withLock { state in
      (state.connections.count, state.connections.values.count { $0.stream != nil })
    }
  }

  // MARK: Called by the library's thread

  func opened(_ connection: UInt, socket: Int32) {
    state.withLock {
      $0.connections[connection] = Connection(socket: socket, waitingSince: .now, answeringSince: nil, stream: nil)
    }
  }

  func closed(_ connection: UInt) { state.withLock { $0.connections[connection] = nil } }

  func answering(_ connection: UInt) {
    state.withLock {
      $0.connections[connection]?.waitingSince = nil
      $0.connections[connection]?.answeringSince = .now
    }
  }

  func completed(_ connection: UInt) {
    state.withLock {
      $0.connections[connection]?.waitingSince = .now
      $0.connections[connection]?.answeringSince = nil
      $0.connections[connection]?.stream = nil
    }
  }

  func beganStream(_ connection: UInt) {
    state.withLock {
      $0.connections[connection]?.answeringSince = nil
      $0.connections[connection]?.stream = Stream(lastSign: .now, lastBytes: .now)
    }
  }

  /// What a stream's reader is to do next.
  struct StreamTurn {
    var wakes: UInt64
    var isIdle: Bool
    var isOver: Bool
  }

  func beginTurn(_ connection: UInt) -> StreamTurn {
    state.withLock { state in
      let now = ContinuousClock.now
      let stream = state.connections[connection]?.stream
      state.connections[connection]?.stream?.lastSign = now
      return StreamTurn(
        wakes: state.wakes, isIdle: stream.map { now - $0.lastBytes >= limits.heartbeat } ?? false,
        isOver: state.isStopping || stream?.isOver ?? true)
    }
  }

  func sent(_ connection: UInt) {
    state.withLock { $0.connections[connection]?.stream?.lastBytes = .now }
  }

  /// Suspends a stream that found nothing to send; false when something may have come since its turn began. Under the
  /// lock that publishers use: no wake can fall between the look and the suspension.
  func suspend(_ connection: UInt, since turn: StreamTurn) -> Bool {
    state.withLock { state in
      guard state.wakes == turn.wakes, !state.isStopping, state.connections[connection]?.stream?.isOver == false else {
        return false
      }
      state.connections[connection]?.stream?.isSuspended = true
      unsafe MHD_suspend_connection(OpaquePointer(bitPattern: connection))
      return true
    }
  }

  // MARK: Called from elsewhere

  func wake() {
    state.withLock { state in
      state.wakes &+= 1
      for connection in state.connections.keys { Self.resume(connection, &state) }
    }
  }

  private static func resume(_ connection: UInt, _ state: inout State) {
    guard state.connections[connection]?.stream?.isSuspended == true else { return }
    state.connections[connection]?.stream?.isSuspended = false
    unsafe MHD_resume_connection(OpaquePointer(bitPattern: connection))
  }

  /// Once a second: gives idle streams their turn, and drops whoever takes too long. The library's own time-out sees
  /// inactivity only, and none of a suspended connection.
  func sweepUntilStopped() {
    while !state.withLock(\.isStopped) {
      Thread.sleep(forTimeInterval: 1)
      sweep(at: .now)
    }
  }

  private func sweep(at now: ContinuousClock.Instant) {
    state.withLock { state in
      guard !state.isStopped else { return }
      for (key, connection) in state.connections {
        let isLate =
          connection.waitingSince.map { now - $0 > limits.request } ?? false
          || connection.answeringSince.map { now - $0 > limits.answer } ?? false
        if isLate { shutdown(connection.socket, Int32(SHUT_RDWR)) }
        guard let stream = connection.stream else { continue }
        if stream.isSuspended {
          if now - stream.lastBytes >= limits.heartbeat { Self.resume(key, &state) }
        } else if now - stream.lastSign > limits.stream {
          // The socket is blocked: the reader is not even asked. The library closes it when it sees the end.
          shutdown(connection.socket, Int32(SHUT_RDWR))
        }
      }
    }
  }

  // MARK: Stopping

  func beginStop() {
    state.withLock { state in
      state.isStopping = true
      for connection in state.connections.keys { Self.resume(connection, &state) }
    }
  }

  /// Whether an answer is under way.
  var isBusy: Bool {
    state.withLock { $0.connections.values.contains { $0.answeringSince != nil || $0.stream != nil } }
  }

  func finishStop() { state.withLock { $0.isStopped = true } }
}
