import Arguments
import Hotspots
import Pipeline

/// `bellwether config check|apply`.
struct ConfigurationCommand {
  private let deployment: Deployment

  init(_ deployment: Deployment) { self.deployment = deployment }

  /// Reads the file; what is wrong with it is named and ends the program with the exit code of a usage error.
  func check() throws -> ExitCode {
    _ = try given()
    Output.line("the configuration is well-formed")
    return .fine
  }

  func apply() throws -> ExitCode {
    let change = Reconfiguration(names: deployment.names, log: deployment.log)
    let isChanged = try change.apply(try given(), at: deployment.hooks.clock.now())
    Output.line(isChanged ? "the journal has the new settings from here on" : "nothing to do")
    return .fine
  }

  private func given() throws -> Configuration {
    guard let configuration = try deployment.configuration() else {
      throw CommandFailure("name the file with --config")
    }
    return configuration
  }
}
