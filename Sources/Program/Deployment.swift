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
  /// Where all instances of this machine keep theirs.
  let stateDirectories: URL
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
    stateDirectories = URL(filePath: invocation[Options.stateDirectory], directoryHint: .isDirectory)
    stateDirectory = stateDirectories.appending(path: names.prefix + instance, directoryHint: .isDirectory)
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
    if !Self.worksOnFilesAlone(invocation) { try makeStateDirectory() }
  }

  /// What asks no broker keeps nothing of its own either, so that it runs where nothing may be written.
  private static func worksOnFilesAlone(_ invocation: Invocation<Arguments.Action>) -> Bool {
    switch invocation.action {
    case .validate, .configurationCheck: true
    case .simulate, .importPoliceUK: invocation[Options.to] != nil
    default: false
    }
  }

  private func makeStateDirectory() throws {
    do {
      try FileManager.default.createDirectory(at: stateDirectory, withIntermediateDirectories: true)
    } catch {
      throw CommandFailure(
        "the state directory \(stateDirectory.path) cannot be made: \(error.localizedDescription)"
          + "\n  choose another one with --state-dir")
    }
  }

  private static let checkpointFileName = "checkpoints.sqlite"

  /// Where this instance keeps the checkpoints of the partitions that it folds.
  var checkpointFile: String { stateDirectory.appending(path: Self.checkpointFileName).path }

  /// The checkpoints of all instances of this deployment that keep their files on this machine, by instance.
  func knownCheckpoints() -> [(instance: String, path: String)] {
    let directories = (try? FileManager.default.contentsOfDirectory(atPath: stateDirectories.path)) ?? []
    return directories.filter { $0.hasPrefix(names.prefix) }.sorted().compactMap { directory in
      let path = stateDirectories.appending(path: directory).appending(path: Self.checkpointFileName).path
      guard FileManager.default.fileExists(atPath: path) else { return nil }
      return (String(directory.dropFirst(names.prefix.count)), path)
    }
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
