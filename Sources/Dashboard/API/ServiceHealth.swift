/// How this process is, as it says to a probe.
public struct ServiceHealth: Hashable, Sendable {
  /// What keeps it from answering as it should, in words; empty when it is ready.
  public var obstacles: [String]
  /// Prometheus text, by whoever measures.
  public var metrics: [UInt8]

  public init(obstacles: [String], metrics: [UInt8]) {
    self.obstacles = obstacles
    self.metrics = metrics
  }
}
