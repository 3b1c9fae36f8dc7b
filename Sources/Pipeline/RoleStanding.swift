import Wire

/// Where a member of a group stands: what it owns, and how far it has come there.
public struct RoleStanding: Sendable {
  public var owned: Set<TopicPartition>
  /// The offset up to which everything is done and was seen to be all there is; partitions still being read are missing.
  public var caughtUp: [TopicPartition: Int64]
  /// What is owned and not read, and why.
  public var parked: [TopicPartition: StopReason]

  public init(
    owned: Set<TopicPartition>, caughtUp: [TopicPartition: Int64], parked: [TopicPartition: StopReason] = [:]
  ) {
    self.owned = owned
    self.caughtUp = caughtUp
    self.parked = parked
  }

  /// Whether everything that is read here has come to the targets. What is parked never will, and is waited for by nobody.
  public func hasReached(_ targets: [TopicPartition: Int64]) -> Bool {
    owned.allSatisfy { partition in
      guard let target = targets[partition], parked[partition] == nil else { return true }
      return caughtUp[partition].map { $0 >= target } ?? false
    }
  }

  /// Whether everything that is owned has been seen to its end.
  public var isCaughtUp: Bool { owned.allSatisfy { caughtUp[$0] != nil } }

  /// Why not everything that is owned can be done; nil when it can.
  public var hindrance: StopReason? { parked.min { $0.key < $1.key }?.value }
}
