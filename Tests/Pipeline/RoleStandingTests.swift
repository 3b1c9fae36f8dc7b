import Pipeline
import Testing
import Wire

/// When a member has done all that can be done.
@Suite struct RoleStandingTests {
  private static let (first, second) = (TopicPartition("journal", 0), TopicPartition("journal", 1))
  private static let targets: [TopicPartition: Int64] = [first: 7, second: 9]

  @Test func everythingOwnedHasToBeReached() {
    var standing = RoleStanding(owned: [Self.first, Self.second], caughtUp: [Self.first: 7])
    #expect(!standing.hasReached(Self.targets))
    standing.caughtUp[Self.second] = 8
    #expect(!standing.hasReached(Self.targets))
    standing.caughtUp[Self.second] = 9
    #expect(standing.hasReached(Self.targets) && standing.hindrance == nil)
  }

  /// The others are still waited for.
  @Test func whatIsParkedIsNotWaitedFor() {
    let reason = StopReason(.divergence, reason: "code and history disagree", advice: "")
    var standing = RoleStanding(owned: [Self.first, Self.second], caughtUp: [:], parked: [Self.second: reason])
    #expect(!standing.hasReached(Self.targets))
    standing.caughtUp[Self.first] = 7
    #expect(standing.hasReached(Self.targets))
    #expect(standing.hindrance?.kind == .divergence && standing.hindrance?.reason == reason.reason)
  }
}
