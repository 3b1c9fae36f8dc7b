import Arguments
import Foundation
import Hotspots
import Incidents
import KafkaLog
import Pipeline
import Wire

/// Where a command works: the broker, the names on it, this instance and its files.
struct Deployment {
  let names: Names
  let instance: String
  let stateDirectory: URL
  let bootstrapServers: String
  let log: KafkaLogFactory
  /// The same, for what only reads along: little is fetched ahead.
  let readingLog: KafkaLogFactory
  let hooks: Hooks
  private let configurationFile: String?

  init(_ invocation: Invocation<Arguments.Action>, _ hooks: Hooks) throws {
    self.hooks = hooks
    names = Names(prefix: invocation[Options.prefix])
    instance = invocation[Options.instance]
    configurationFile = invocation[Options.configuration]
    stateDirectory = URL(filePath: invocation[Options.stateDirectory], directoryHint: .isDirectory)
      .appending(path: names.prefix + instance, directoryHint: .isDirectory)
    do {
      try FileManager.default.createDirectory(at: stateDirectory, withIntermediateDirectories: true)
    } catch {
      throw CommandFailure(
        "the state directory \(stateDirectory.path) cannot be made: \(error.localizedDescription)"
          + "\n  choose another one with --state-dir")
    }
    bootstrapServers = invocation[Options.bootstrapServers]
    let (servers, directory, instance) = (bootstrapServers, stateDirectory, instance)
    func factory(_ readAhead: Int) -> KafkaLogFactory {
      KafkaLogFactory(
        bootstrapServers: servers,
        properties: Dictionary(invocation[Options.properties].map { ($0.name, $0.value) }) { _, last in last },
        logFile: directory.appending(path: "librdkafka.log").path, clientID: "bellwether-\(instance)",
        readAhead: readAhead)
    }
    // More than a second of input at full speed: with less, librdkafka 2.0.2 lets a fast reader wait. Live, the queue
    // is all but empty.
    log = factory(262_144)
    readingLog = factory(8_192)
  }

  /// The configuration of `--config`; nil without one.
  func configuration() throws -> Configuration? {
    guard let configurationFile else { return nil }
    let file = URL(filePath: configurationFile)
    let bytes: Data
    do {
      bytes = try Data(contentsOf: file)
    } catch {
      throw CommandFailure("\(configurationFile) cannot be read: \(error.localizedDescription)")
    }
    do {
      return try Configuration(file: Array(bytes)) { name throws(ConfigurationError) in
        // Beside the file that names it, unless it says otherwise.
        do {
          return try Array(Data(contentsOf: URL(filePath: name, relativeTo: file.deletingLastPathComponent())))
        } catch {
          throw ConfigurationError("/sources", "\(name) cannot be read: \(error.localizedDescription)")
        }
      }
    } catch {
      throw CommandFailure("\(configurationFile): \(error)")
    }
  }

  /// The journal's birth, which everything but `topics` needs.
  func birth() throws -> Birth {
    try Founding(names: names, log: log).knownBirth()
  }
}
