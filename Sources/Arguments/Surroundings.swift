import Glibc

/// What a command line is read in: the environment and the machine, as a value so that tests can choose it.
public struct Surroundings: Sendable {
  public var environment: [String: String]
  public var hostName: String

  public init(environment: [String: String], hostName: String) {
    self.environment = environment
    self.hostName = hostName
  }

  /// This process's own environment and machine.
  public static func current(environment: [String: String]) -> Surroundings {
    Surroundings(environment: environment, hostName: machineName())
  }

  /// `${XDG_STATE_HOME:-~/.local/state}/bellwether`; a service without a home gets `/var/lib/bellwether`. A relative
  /// XDG_STATE_HOME is ignored, as the XDG base directory specification asks.
  public var stateDirectory: String {
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return "\(state)/bellwether" }
    if let home = environment["HOME"], home.hasPrefix("/") { return "\(home)/.local/state/bellwether" }
    return "/var/lib/bellwether"
  }

  private static func machineName() -> String {
    // POSIX: at most HOST_NAME_MAX (64 on Linux) bytes and a zero, which may be missing when the name was cut.
    var bytes = [CChar](repeating: 0, count: 256)
    guard gethostname(&bytes, bytes.count - 1) == 0 else { return "localhost" }
    let name = String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return name.isEmpty ? "localhost" : name
  }
}
