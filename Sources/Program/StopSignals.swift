import Arguments
import Foundation

/// SIGINT and SIGTERM ask for a clean stop, SIGUSR1 for one that leaves the partitions to others; a second signal ends
/// the process where it stands, which loses nothing either.
///
/// They are blocked in every thread and waited for in one of their own: a handler may do next to nothing, and a signal that
/// came before we were ready stays pending instead of being lost.
enum StopSignals {
  /// To be called before any other thread is started: threads inherit what is blocked.
  static func watch(_ stop: StopFlag, onStop manner: StopManner = .stay) {
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM, SIGUSR1] { sigaddset(&signals, signal) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    let waited = signals
    let thread = Thread {
      while true {
        var waited = waited
        var received: Int32 = 0
        guard sigwait(&waited, &received) == 0 else { continue }
        if stop.isSet { _exit(128 + received) }
        stop.set(received == SIGUSR1 ? .leave : manner)
      }
    }
    thread.name = "signals"
    thread.start()
  }

  /// A process may be born with signals blocked, if its parent's thread had them so.
  static func unblock() {
    var signals = sigset_t()
    sigfillset(&signals)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }
}
