import Foundation
import Program

/// The program as tests run it: the same code, with hooks that the environment sets.
///
/// - `BELLWETHER_CRASH=ROLE:POINT:N` kills the process, as `kill -9` would, at the N-th pass of that point by that role.
/// - `BELLWETHER_FREEZE=ROLE:POINT:N` stops it there, as SIGSTOP would, until somebody sends it SIGCONT.
/// - `BELLWETHER_CLOCK_FILE=FILE`: the journal is told the machine's time and as many milliseconds more as the file says
///   at each moment; none while it is not there.
@main
enum Main {
  static func main() {
    let environment = ProcessInfo.processInfo.environment
    let planned = [("BELLWETHER_CRASH", SIGKILL), ("BELLWETHER_FREEZE", SIGSTOP)].compactMap { name, signal in
      environment[name].map { text -> PlannedSignal in
        guard let planned = PlannedSignal(text, signal: signal) else {
          FileHandle.standardError.write(Data("\(name) is not ROLE:POINT:N\n".utf8))
          exit(2)
        }
        return planned
      }
    }
    var hooks = Hooks()
    if !planned.isEmpty {
      hooks.passing = { role, point in
        for planned in planned { planned.pass(role, point) }
      }
    }
    if let file = environment["BELLWETHER_CLOCK_FILE"] { hooks.clock = MovedClock(file: file) }
    Bellwether.main(hooks)
  }
}
