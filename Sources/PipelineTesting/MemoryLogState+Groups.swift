import Pipeline
import Wire

/// One membership of a group: which handle it was and in which generation it last had an assignment. Travels inside
/// `GroupMembership.member`.
struct MemoryMembership: Hashable, Sendable {
  struct Owner: Hashable, Sendable {
    var group: String
    var instance: String
  }

  var id: Int
  /// -1 before the first assignment.
  var generation: Int

  init(id: Int, generation: Int) {
    self.id = id
    self.generation = generation
  }

  init?(_ bytes: [UInt8]) {
    let numbers = String(decoding: bytes, as: UTF8.self).split(separator: " ").compactMap { Int($0) }
    guard numbers.count == 2 else { return nil }
    self.init(id: numbers[0], generation: numbers[1])
  }

  var bytes: [UInt8] { Array("\(id) \(generation)".utf8) }
}

extension MemoryLogState {
  /// Makes the instance a member, in the place of an older handle if there is one; answers its member id.
  mutating func join(_ owner: MemoryMembership.Owner, topics: [String]) -> Int {
    let id = nextNumber()
    memberships[id] = owner
    let layout = layout
    groups[owner.group, default: MemoryGroup()].join(id, as: owner.instance, topics: topics, layout: layout)
    return id
  }

  /// What a member is told at its poll.
  mutating func nextEvent(for id: Int, of owner: MemoryMembership.Owner) throws(LogError) -> MemoryGroup.Event {
    for topic in groups[owner.group]?.members[owner.instance]?.topics ?? [] where topics[topic] == nil {
      throw LogError(.unknownTopic, .stop, reason: "no topic \(topic)")
    }
    let layout = layout
    return groups[owner.group]?.nextEvent(for: id, of: owner.instance, layout: layout) ?? .expelled
  }

  /// The member answers that it no longer reads.
  mutating func giveUp(_ id: Int, of owner: MemoryMembership.Owner) -> MemoryGroup.Event {
    let layout = layout
    return groups[owner.group]?.giveUp(id, of: owner.instance, layout: layout) ?? .expelled
  }

  mutating func leave(_ id: Int, of owner: MemoryMembership.Owner) {
    let layout = layout
    groups[owner.group]?.remove(owner.instance, id: id, layout: layout)
  }

  /// The session of an instance expires: the group gives its partitions to others.
  public mutating func expire(group: String, instance: String) {
    let layout = layout
    groups[group]?.remove(instance, layout: layout)
  }

  /// The group's generation, 0 before its first.
  public func generation(of group: String) -> Int { groups[group]?.generation ?? 0 }

  /// What each instance of the group has been given, by instance id, told of it or not.
  public func assignments(of group: String) -> [String: [TopicPartition]] {
    groups[group]?.members.mapValues(\.assignment) ?? [:]
  }

  /// The offsets that stand. Throws a retriable error while an open transaction is about to move one of them.
  public func committed(
    group: String, _ partitions: [TopicPartition]
  ) throws(LogError) -> [TopicPartition: CommittedOffset] {
    var found: [TopicPartition: CommittedOffset] = [:]
    for partition in partitions {
      guard !producers.values.contains(where: { $0.open?.offsets[group]?[partition] != nil }) else {
        throw LogError(.other, .retry, reason: "unstable offset", partition: partition)
      }
      found[partition] = groups[group]?.offsets[partition]?.offset
    }
    return found
  }

  /// The group that takes offsets from this sender now.
  func groupTakingOffsets(of membership: GroupMembership) throws(LogError) -> String {
    switch membership {
    case .administrator(let group):
      guard groups[group]?.members.isEmpty ?? true else {
        throw LogError(.invalidState, .stop, reason: "group \(group) has members", advice: "stop them first")
      }
      return group
    case .member(let bytes):
      guard let membership = MemoryMembership(bytes), let owner = memberships[membership.id] else {
        throw LogError(.invalidState, .stop, reason: "not a membership of this log")
      }
      let accepted =
        groups[owner.group]?.accepts(membership.id, of: owner.instance, generation: membership.generation) ?? false
      guard accepted else {
        throw LogError(
          .memberFenced, .abort, reason: "group \(owner.group) has moved on without this member \(owner.instance)")
      }
      return owner.group
    }
  }
}
