import Pipeline
import Wire

/// A consumer group of a `MemoryLogState`: Kafka's classic coordinator with static members, the range assignor and
/// eager rebalancing, where time is what its callers do.
///
/// A rebalance begins when a member joins, leaves or expires. Each member that owns partitions is asked for them at its
/// next poll; when all have answered (or expired) the next generation begins. Until then the old generation stands, and
/// its members may commit.
struct MemoryGroup: Sendable {
  /// How far a member has come in the present generation, or in the change to the next.
  enum Standing: Sendable {
    /// Owns nothing and waits for the next generation.
    case joined
    /// Has an assignment it does not know of yet.
    case given
    case owning
    /// Was asked for its partitions and has not answered.
    case asked
  }

  struct Member: Sendable {
    /// Kafka's member id: of one handle's membership, never used again.
    let id: Int
    var topics: [String]
    var assignment: [TopicPartition] = []
    var standing = Standing.joined
  }

  /// What a poll has to tell a member.
  enum Event: Sendable {
    case nothing
    case assigned([TopicPartition], generation: Int)
    case revoked([TopicPartition])
    /// The group knows the instance no more: its session expired.
    case expelled
    /// Another handle of the same instance has joined.
    case fenced
  }

  struct StoredOffset: Sendable {
    var offset: CommittedOffset
    /// When it was sent, in the order of all sent offsets: the later sent wins, not the later committed.
    var sequence: Int
  }

  private(set) var generation = 0
  private(set) var isRebalancing = false
  /// By instance id.
  private(set) var members: [String: Member] = [:]
  var offsets: [TopicPartition: StoredOffset] = [:]

  /// Takes in a member. One whose instance the group knows takes its predecessor's place and assignment without a
  /// rebalance, unless one is under way or it wants other topics. `layout`: how many partitions each topic has.
  mutating func join(_ id: Int, as instance: String, topics: [String], layout: [String: Int]) {
    let predecessor = members[instance]
    var member = Member(id: id, topics: topics.sorted())
    if let predecessor, !isRebalancing, predecessor.topics == member.topics {
      member.assignment = predecessor.assignment
      member.standing = .given
      members[instance] = member
      return
    }
    members[instance] = member
    rebalance(layout: layout)
  }

  /// What the member is to be told now; told once.
  mutating func nextEvent(for id: Int, of instance: String, layout: [String: Int]) -> Event {
    guard let member = members[instance] else { return .expelled }
    guard member.id == id else { return .fenced }
    if isRebalancing, member.standing == .owning {
      if member.assignment.isEmpty {
        members[instance]?.standing = .joined
        completeWhenAllJoined(layout: layout)
      } else {
        members[instance]?.standing = .asked
        return .revoked(member.assignment)
      }
    }
    guard let member = members[instance], member.standing == .given else { return .nothing }
    members[instance]?.standing = .owning
    return .assigned(member.assignment, generation: generation)
  }

  /// The member gives up its partitions, if it was asked for them. `.expelled` or `.fenced` when it is no member.
  mutating func giveUp(_ id: Int, of instance: String, layout: [String: Int]) -> Event {
    guard let member = members[instance] else { return .expelled }
    guard member.id == id else { return .fenced }
    if member.standing == .asked {
      members[instance]?.standing = .joined
      members[instance]?.assignment = []
      completeWhenAllJoined(layout: layout)
    }
    return .nothing
  }

  /// Removes an instance: it leaves, or its session expires. With an id, only that handle's membership.
  mutating func remove(_ instance: String, id: Int? = nil, layout: [String: Int]) {
    guard let member = members[instance], id == nil || member.id == id else { return }
    members[instance] = nil
    if members.isEmpty {
      generation += 1
      isRebalancing = false
    } else {
      rebalance(layout: layout)
    }
  }

  /// Whether offsets that this member sends under that generation are taken.
  func accepts(_ id: Int, of instance: String, generation: Int) -> Bool {
    members[instance]?.id == id && generation == self.generation
  }

  /// Begins a rebalance. Who has not yet heard of its assignment has nothing to give back.
  mutating func rebalance(layout: [String: Int]) {
    isRebalancing = true
    for (instance, member) in members where member.standing == .given {
      members[instance]?.standing = .joined
      members[instance]?.assignment = []
    }
    completeWhenAllJoined(layout: layout)
  }

  private mutating func completeWhenAllJoined(layout: [String: Int]) {
    guard isRebalancing, members.values.allSatisfy({ $0.standing == .joined }) else { return }
    generation += 1
    isRebalancing = false
    let shares = rangeAssignment(layout: layout)
    for instance in members.keys {
      members[instance]?.assignment = shares[instance] ?? []
      members[instance]?.standing = .given
    }
  }

  /// Each topic's partitions in runs over its subscribers in the order of their instance ids, the first ones getting
  /// one more where it does not come out even.
  private func rangeAssignment(layout: [String: Int]) -> [String: [TopicPartition]] {
    var shares: [String: [TopicPartition]] = [:]
    for (topic, count) in layout.sorted(by: { $0.key < $1.key }) {
      let subscribers = members.filter { $0.value.topics.contains(topic) }.keys.sorted()
      guard !subscribers.isEmpty else { continue }
      let (share, more) = count.quotientAndRemainder(dividingBy: subscribers.count)
      var next: Int32 = 0
      for (place, instance) in subscribers.enumerated() {
        for _ in 0..<(share + (place < more ? 1 : 0)) {
          shares[instance, default: []].append(TopicPartition(topic, next))
          next += 1
        }
      }
    }
    return shares
  }
}
