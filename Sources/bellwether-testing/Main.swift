import Foundation
import Pipeline
import Program
import Synchronization

/// The program as tests run it: the same code, with hooks that the environment sets.
///
/// `BELLWETHER_CRASH=ROLE:POINT:N` kills the process, as `kill -9` would, at the N-th pass of that point by that role.
@main
enum Main {
  static func main() {
    var hooks = Hooks()
    if let text = ProcessInfo.processInfo.environment["BELLWETHER_CRASH"] {
      guard let crash = PlannedCrash(text) else {
        FileHandle.standardError.write(Data("BELLWETHER_CRASH is not ROLE:POINT:N\n".utf8))
        exit(2)
      }
      hooks.passing = { role, point in crash.pass(role, point) }
    }
    Bellwether.main(hooks)
  }
}

/// Ends the process at the n-th pass of a point.
final class PlannedCrash: Sendable {
  private let role: Pipeline.Role
  private let point: CrashPoint
  private let passes: Int
  private let count = Atomic(0)

  init?(_ text: String) {
    let parts = text.split(separator: ":")
    guard parts.count == 3, let role = Pipeline.Role(rawValue: String(parts[0])),
      let point = CrashPoint(rawValue: String(parts[1])), let passes = Int(parts[2]), passes > 0
    else { return nil }
    self.role = role
    self.point = point
    self.passes = passes
  }

  func pass(_ role: Pipeline.Role, _ point: CrashPoint) {
    guard role == self.role, point == self.point else { return }
    if count.wrappingAdd(1, ordering: .relaxed).newValue == passes { kill(getpid(), SIGKILL) }
  }
}
