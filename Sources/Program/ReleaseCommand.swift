import Arguments
import Pipeline

/// `bellwether release apply`.
struct ReleaseCommand {
  private let deployment: Deployment

  init(_ deployment: Deployment) { self.deployment = deployment }

  func apply() throws -> ExitCode {
    let change = ReleaseChange(names: deployment.names, log: deployment.log)
    if let old = try change.apply(at: deployment.hooks.clock.now()) {
      Output.line("release \(Release.current.number) publishes from here on; release \(old) publishes what lies before")
    } else {
      Output.line("nothing to do")
    }
    return .fine
  }
}
