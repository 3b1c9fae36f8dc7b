import Foundation
import Testing

/// The program under test, as its users run it: a process of its own against a real broker.
struct Program {
  struct Answer {
    var exitCode: Int32
    var output: String
    var complaints: String
  }

  let bootstrapServers: String
  let prefix: String
  let stateDirectory: URL
  private let executable: URL

  /// Where the tests find a broker and the program; nil when `ops/test` did not say.
  static let surroundings: (broker: String, executable: String)? = {
    let environment = ProcessInfo.processInfo.environment
    guard let broker = environment["BELLWETHER_TEST_BOOTSTRAP"], !broker.isEmpty,
      let executable = environment["BELLWETHER_TEST_PROGRAM"], !executable.isEmpty
    else { return nil }
    return (broker, executable)
  }()

  /// Whether the tests that take longer run, too.
  static let isLong = ProcessInfo.processInfo.environment["BELLWETHER_LONG"] == "1"

  /// A deployment of its own: a fresh prefix and state directory.
  init() throws {
    let surroundings = try #require(Self.surroundings)
    bootstrapServers = surroundings.broker
    executable = URL(filePath: surroundings.executable)
    let name = "t\(UInt32.random(in: .min ... .max))."
    prefix = name
    stateDirectory = FileManager.default.temporaryDirectory.appending(path: "bellwether-\(name)state")
  }

  func callAsFunction(_ arguments: String...) throws -> Answer { try run(arguments) }

  /// `limits`: what the shell is told before it becomes the program.
  func run(_ arguments: [String], limits: String? = nil) throws -> Answer {
    let process = try start(arguments, limits: limits)
    let output = try process.output.readToEnd() ?? Data()
    let complaints = try process.complaints.readToEnd() ?? Data()
    process.process.waitUntilExit()
    return Answer(
      exitCode: process.process.terminationStatus, output: String(decoding: output, as: UTF8.self),
      complaints: String(decoding: complaints, as: UTF8.self))
  }

  /// Starts the program and leaves it running.
  func launch(_ arguments: String...) throws -> Process { try launch(arguments) }

  func launch(_ arguments: [String]) throws -> Process { try start(arguments).process }

  private func start(
    _ arguments: [String], limits: String? = nil
  ) throws -> (process: Process, output: FileHandle, complaints: FileHandle) {
    let process = Process()
    process.executableURL = limits == nil ? executable : URL(filePath: "/bin/sh")
    process.arguments =
      (limits.map { ["-c", "\($0); exec \"$0\" \"$@\"", executable.path] } ?? []) + arguments + [
        "--bootstrap-servers", bootstrapServers, "--prefix", prefix, "--state-dir", stateDirectory.path,
      ] + (arguments.contains("--instance") ? [] : ["--instance", "test"])
    let output = Pipe()
    let complaints = Pipe()
    process.standardOutput = output
    process.standardError = complaints
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return (process, output.fileHandleForReading, complaints.fileHandleForReading)
  }

  func removeFiles() { try? FileManager.default.removeItem(at: stateDirectory) }
}

extension Trait where Self == ConditionTrait {
  /// Runs where there are a real broker and a built program; `ops/test` provides both, and says why when it cannot.
  static var needsBrokerAndProgram: Self {
    .enabled(
      if: Program.surroundings != nil, "no broker: BELLWETHER_TEST_BOOTSTRAP and BELLWETHER_TEST_PROGRAM are not set")
  }
}

/// A file of the public data beside the project.
func publicData(_ path: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "../shared/data/\(path)").standardizedFileURL.path
}
