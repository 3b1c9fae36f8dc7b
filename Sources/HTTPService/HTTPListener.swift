import CMicrohttpd
import Foundation
import Synchronization

/// Listens on a loopback address, hands each request to a pure function and sends its answer; one thread of its own does
/// it all, and another looks after what that one cannot see.
///
/// Requests have no bodies. `handler` runs on the listener's thread: what it does must be short.
public final class HTTPListener: Sendable {
  /// What bounds the listener's memory and patience.
  public struct Limits: Sendable {
    public var connections: Int = 2_000
    /// A connection on which nothing moves is closed after this time.
    public var inactivity: Duration = .seconds(10)
    /// A request that is not whole by then is given up, however steadily it drips.
    public var request: Duration = .seconds(20)
    /// So is an answer that was not taken.
    public var answer: Duration = .seconds(60)
    /// A stream that does not take what is there for so long is dropped.
    public var stream: Duration = .seconds(15)
    /// A stream on which nothing came for so long gives a sign of life.
    public var heartbeat: Duration = .seconds(5)

    public init() {}
  }

  public let address: ListeningAddress
  private let core: ListenerCore
  private let daemon: Mutex<DaemonHandle>

  public init(
    on address: ListeningAddress, limits: Limits = Limits(),
    handler: @escaping @Sendable (HTTPRequest) -> HTTPResponse
  ) throws(ListenerError) {
    bw_raise_open_files()
    let core = ListenerCore(limits: limits, handler: handler)
    // Retained until the daemon has stopped: every callback gets it.
    let context = unsafe Unmanaged.passRetained(core)
    let started: DaemonHandle
    do throws(ListenerError) {
      started = try unsafe DaemonHandle(on: address, limits: limits, context: context.toOpaque())
    } catch {
      unsafe context.release()
      throw error
    }
    self.core = core
    self.address = ListeningAddress(host: address.host, port: started.port)
    daemon = Mutex(started)
    let sweeper = Thread { core.sweepUntilStopped() }
    sweeper.name = "http-sweeper"
    sweeper.start()
  }

  deinit { stop() }

  /// There is something new for the streams: all that wait are asked again.
  public func wake() { core.wake() }

  /// How many connections there are, and how many of them are streams.
  public var load: (connections: Int, streams: Int) { core.load }

  /// Takes no more connections, ends the streams, gives answers under way three seconds, and stops. Once.
  public func stop() {
    daemon.withLock { daemon in
      guard daemon.isRunning else { return }
      daemon.quiesce()
      core.beginStop()
      let patience = ContinuousClock.now + .seconds(3)
      while core.isBusy, ContinuousClock.now < patience { Thread.sleep(forTimeInterval: 0.01) }
      core.finishStop()
      daemon.stop()
    }
  }
}

/// The library's daemon, and the reference that its callbacks use.
@safe struct DaemonHandle: ~Copyable {
  private var daemon: OpaquePointer?
  private let context: UnsafeMutableRawPointer

  /// Keeps `context`, a retained `ListenerCore`, until it has stopped.
  init(
    on address: ListeningAddress, limits: HTTPListener.Limits, context: UnsafeMutableRawPointer
  ) throws(ListenerError) {
    unsafe self.context = unsafe context
    var ipv4 = sockaddr_in()
    var ipv6 = sockaddr_in6()
    var settings = unsafe bw_http_settings()
    unsafe settings.connections = UInt32(clamping: limits.connections)
    unsafe settings.timeout_seconds = UInt32(clamping: limits.inactivity.components.seconds)
    // Twice what we take ourselves, so that it is we who refuse what is too long, in words.
    unsafe settings.connection_memory = 32_768
    var code: Int32 = 0
    switch address.host {
    case .ipv4(let host):
      ipv4.sin_family = sa_family_t(AF_INET)
      ipv4.sin_port = address.port.bigEndian
      ipv4.sin_addr.s_addr = host.bigEndian
      // The address is copied by the call.
      unsafe daemon = unsafe withUnsafePointer(to: &ipv4) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
          unsafe settings.address = unsafe pointer
          return unsafe Self.start(settings, context)
        }
      }
      code = errno
    case .ipv6:
      ipv6.sin6_family = sa_family_t(AF_INET6)
      ipv6.sin6_port = address.port.bigEndian
      ipv6.sin6_addr = in6addr_loopback
      unsafe settings.is_ipv6 = 1
      unsafe daemon = unsafe withUnsafePointer(to: &ipv6) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
          unsafe settings.address = unsafe pointer
          return unsafe Self.start(settings, context)
        }
      }
      code = errno
    }
    guard unsafe daemon != nil else { throw ListenerError(address, errno: code) }
  }

  private static func start(_ settings: bw_http_settings, _ context: UnsafeMutableRawPointer) -> OpaquePointer? {
    unsafe bw_http_start(
      settings, ListenerCallbacks.answer, ListenerCallbacks.completed, ListenerCallbacks.connection,
      ListenerCallbacks.target, context)
  }

  var isRunning: Bool { unsafe daemon != nil }

  var port: UInt16 { unsafe UInt16(clamping: daemon.map { unsafe bw_http_port($0) } ?? 0) }

  /// Closes the listening socket; connections go on.
  func quiesce() {
    guard let daemon = unsafe daemon else { return }
    let socket = unsafe MHD_quiesce_daemon(daemon)
    if socket >= 0 { close(socket) }
  }

  /// Ends the thread. No callback comes afterwards, so the reference they used is given back.
  mutating func stop() {
    guard let daemon = unsafe daemon else { return }
    unsafe MHD_stop_daemon(daemon)
    unsafe self.daemon = nil
    unsafe Unmanaged<ListenerCore>.fromOpaque(context).release()
  }
}
