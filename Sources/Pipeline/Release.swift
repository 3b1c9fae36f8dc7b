import Hotspots
import Incidents

/// A version of the fold's rules. Its number stands in the journal from the frame on from which it may publish, and in
/// every offset that it commits.
public struct Release: Sendable {
  /// The one that this program is.
  public static let current = Release(number: FoldMark.release)

  public var number: Int
  /// How its rules read the settings of a control frame, and an event: as they are, but for tests, which play two
  /// releases in one program.
  public var configuration: (@Sendable (inout Configuration) -> Void)?
  public var event: (@Sendable (inout JournalEvent) -> Void)?

  public init(
    number: Int, configuration: (@Sendable (inout Configuration) -> Void)? = nil,
    event: (@Sendable (inout JournalEvent) -> Void)? = nil
  ) {
    self.number = number
    self.configuration = configuration
    self.event = event
  }

  /// The settings as these rules take them.
  func reading(_ configuration: Configuration) -> Configuration {
    var settings = configuration
    self.configuration?(&settings)
    return settings
  }
}
