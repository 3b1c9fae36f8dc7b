import Hotspots
import Incidents
import Wire

/// A change of the settings that counts depend on: a control frame in every partition of the journal, so that a replay has
/// it where it was.
public struct Reconfiguration {
  private let names: Names
  private let log: any LogFactory

  public init(names: Names, log: any LogFactory) {
    self.names = names
    self.log = log
  }

  /// Makes these the journal's settings from here on. Days of observation that are not given stay as they are. Returns
  /// false when that changes nothing: then the journal stays as it is.
  public func apply(_ configuration: Configuration, at: EventTime) throws -> Bool {
    let writer = try ControlWriter(names: names, log: log)
    var birth = try writer.knownBirth()
    let old = birth.configuration
    birth.configuration = configuration.completed { old.observedFrom[$0] }
    guard birth.configuration != old else { return false }
    try writer.write(birth, as: .config, at: at)
    return true
  }
}
