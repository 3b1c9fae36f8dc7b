import Hotspots
import Incidents
import Wire

/// A release frame in every partition of the journal, in one transaction: from there on this release publishes, and no
/// earlier one.
public struct ReleaseChange {
  private let names: Names
  private let log: any LogFactory
  private let release: Release

  public init(names: Names, log: any LogFactory, release: Release = .current) {
    self.names = names
    self.log = log
    self.release = release
  }

  /// Returns the release that published until then; nil when the journal is at this release already: then the
  /// journal stays as it is. An earlier release than the journal's is refused.
  public func apply(at: EventTime) throws -> Int? {
    let writer = try ControlWriter(names: names, log: log)
    var birth = try writer.knownBirth()
    let old = birth.release
    guard old != release.number else { return nil }
    guard old < release.number else { throw StopReason.outdated(release, journal: old) }
    birth.release = release.number
    birth.areas = Birth.digest(of: AreaTable.canonicalText)
    birth.rules = Birth.digest(of: OffenceTable.canonicalText)
    try writer.write(birth, as: .release, at: at)
    return old
  }
}

extension StopReason {
  /// A program of an earlier release than the one that publishes.
  static func outdated(_ release: Release, journal: Int) -> StopReason {
    StopReason(
      .divergence,
      reason: "this program is release \(release.number) of the fold, and the journal is at release \(journal)",
      advice: "run the program of release \(journal), or a newer one and its `bellwether release apply`")
  }
}
