import Arguments
import Foundation
import Pipeline
import Wire

/// The program: reads the command line, wires the parts, runs the command, and ends with its exit code.
public enum Bellwether {
  /// Never returns. `hooks`: what a test build may reach into; none in service.
  public static func main(_ hooks: Hooks = Hooks()) -> Never {
    StopSignals.unblock()
    // A file that may not grow any more is an error to be told, not an end: a checkpoint can be done without.
    signal(SIGXFSZ, SIG_IGN)
    let surroundings = Surroundings.current(environment: ProcessInfo.processInfo.environment)
    let table = CommandTable<Arguments.Action>.bellwether
    do {
      let request = try table.parse(
        Array(CommandLine.arguments.dropFirst()), in: surroundings, columns: Terminal.standardOutput.columns)
      switch request {
      case .answer(let text):
        Output.write(text)
        end(.fine)
      case .perform(let invocation): end(perform(invocation, hooks))
      }
    } catch {
      Output.complain("\(error)")
      end(.usage)
    }
  }

  private static func end(_ code: ExitCode) -> Never { exit(code.rawValue) }

  private static func perform(_ invocation: Invocation<Arguments.Action>, _ hooks: Hooks) -> ExitCode {
    do {
      // It works on no deployment, and leaves nothing behind.
      if invocation.action == .demo { return try DemoCommand(invocation).perform() }
      let deployment = try Deployment(invocation, hooks)
      return switch invocation.action {
      case .run: try RunCommand(invocation, deployment).perform()
      case .topicsPlan: try TopicsCommand(invocation, deployment).plan()
      case .topicsApply: try TopicsCommand(invocation, deployment).apply()
      case .topicsCheck: try TopicsCommand(invocation, deployment).check()
      case .configurationCheck: try ConfigurationCommand(deployment).check()
      case .configurationApply: try ConfigurationCommand(deployment).apply()
      case .releaseApply: try ReleaseCommand(deployment).apply()
      case .status:
        if let source = invocation[Options.source] {
          try SourceStatusCommand(source: source, invocation, deployment).perform()
        } else {
          try StatusCommand(invocation, deployment).perform()
        }
      case .doctor: try DoctorCommand(invocation, deployment).perform()
      case .verify: try VerifyCommand(invocation, deployment).perform()
      case .importPoliceUK: try ImportPoliceUKCommand(invocation, deployment).perform()
      case .simulate: try SimulateCommand(invocation, deployment).perform()
      case .demo: .fine
      case .validate: try ValidateCommand(invocation, deployment).perform()
      case .send: try SendCommand(invocation, deployment).perform()
      case .rejectionsList: try RejectionsCommand(invocation, deployment).list()
      case .rejectionsRetry: try RejectionsCommand(invocation, deployment).retry()
      }
    } catch {
      Output.complain("\(error)")
      return exitCode(of: error)
    }
  }

  private static func exitCode(of error: any Error) -> ExitCode {
    switch error {
    case let error as StopReason: ExitCode(rawValue: error.kind.rawValue) ?? .no
    case let error as LogError: error.code == .offsetOutOfRange ? .divergence : .unreachable
    case is CommandFailure, is ConfigurationError: .usage
    default: .no
    }
  }
}

/// Something in what the user gave that a command cannot work with.
struct CommandFailure: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}

extension String {
  /// The same for a terminal: what came from outside may hold anything, and nothing of it may steer the terminal or turn its
  /// text round.
  var harmless: String {
    String(
      UnicodeScalarView(
        unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator: "·"
          default: scalar
          }
        }))
  }
}

/// The program's two streams.
enum Output {
  static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

  static func line(_ text: String) { write(text + "\n") }

  static func complain(_ text: String) { FileHandle.standardError.write(Data("bellwether: \(text)\n".utf8)) }
}
