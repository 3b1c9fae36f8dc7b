import Pipeline
import Wire

/// A consumer of a `MemoryLog`: a member of a group, or a reader by assignment.
final class MemoryConsumer: LogConsumer {
  /// How far a partition has been read.
  private struct Reading {
    let partition: TopicPartition
    var position: Int64
    /// Where the end was last signalled.
    var signalledEnd: Int64?
  }

  /// The handle's place in its group, as far as it knows.
  private struct Seat {
    let owner: MemoryMembership.Owner
    let topics: [String]
    var current: MemoryMembership
    /// What the last `.assigned` gave and no `.revoked` has taken.
    var given: [TopicPartition] = []
    var told = Told.nothing

    enum Told {
      case nothing
      /// That the group wants its partitions back.
      case revoked
      /// That the group has given them away.
      case lost
    }

    /// Nothing is given any more.
    mutating func take() {
      given = []
      told = .nothing
    }
  }

  private let log: MemoryLog
  private var seat: Seat?
  /// What ends the handle: a fenced instance, or that it was closed.
  private var ending: LogError?
  /// Sorted by partition.
  private var readings: [Reading] = []
  /// Where the next poll begins to read, so that no partition waits for ever.
  private var cursor = 0

  /// A reader.
  init(_ log: MemoryLog) { self.log = log }

  /// A member: joins at once.
  init(_ log: MemoryLog, group: String, instance: String, topics: [String]) {
    self.log = log
    let owner = MemoryMembership.Owner(group: group, instance: instance)
    let id = log.change { $0.join(owner, topics: topics) }
    seat = Seat(owner: owner, topics: topics, current: MemoryMembership(id: id, generation: -1))
  }

  private var name: String { seat?.owner.instance ?? "" }

  func poll(into batch: inout RecordBatch, limit: PollLimit, waiting: Duration) throws(LogError) -> LogSignal? {
    try checkAlive()
    if let owner = seat?.owner, log.isFrozen(owner) { return nil }
    return try log.perform(.poll, by: name) { (state) throws(LogError) -> LogSignal? in
      if let signal = try signal(from: &state) { return signal }
      return try read(state, into: &batch, budget: limit)
    }
  }

  func committed(_ partitions: [TopicPartition]) throws(LogError) -> [TopicPartition: CommittedOffset] {
    try checkAlive()
    let group = try member().owner.group
    return try log.perform(.committed, by: name) { (state) throws(LogError) in
      try state.committed(group: group, partitions)
    }
  }

  func assign(_ positions: [TopicPartition: Int64]) throws(LogError) {
    try checkAlive()
    try log.perform(.assign, by: name) { (_) throws(LogError) in
      if let seat {
        let foreign = positions.keys.sorted().first { seat.told != .nothing || !seat.given.contains($0) }
        if let foreign {
          throw LogError(.invalidState, .stop, reason: "not this member's partition", partition: foreign)
        }
      }
      readings = positions.sorted { $0.key < $1.key }.map { Reading(partition: $0.key, position: $0.value) }
      cursor = 0
    }
  }

  func unassign() throws(LogError) {
    try checkAlive()
    try log.perform(.unassign, by: name) { (state) throws(LogError) in
      readings = []
      guard let seat else { return }
      switch state.giveUp(seat.current.id, of: seat.owner) {
      case .expelled where seat.told == .nothing && !seat.given.isEmpty: return  // to be told at the next poll
      case .expelled: rejoin(&state)
      case .fenced: try endFenced()
      default: break
      }
      if self.seat?.told == .revoked { self.seat?.take() }
    }
  }

  func bounds(of partition: TopicPartition) throws(LogError) -> OffsetBounds {
    try checkAlive()
    return try log.perform(.bounds, by: name) { (state) throws(LogError) in try state.bounds(of: partition) }
  }

  func membership() throws(LogError) -> GroupMembership {
    try checkAlive()
    let current = try member().current
    return try log.perform(.membership, by: name) { (_) throws(LogError) in .member(current.bytes) }
  }

  func close(leaving: Bool) {
    guard ending == nil else { return }
    if leaving, let seat { log.change { $0.leave(seat.current.id, of: seat.owner) } }
    ending = LogError(.invalidState, .stop, reason: "the handle is closed")
    readings = []
  }

  // MARK: The group

  /// What the group has to say: it comes before any record.
  private func signal(from state: inout MemoryLogState) throws(LogError) -> LogSignal? {
    guard let seat else { return nil }
    switch try state.nextEvent(for: seat.current.id, of: seat.owner) {
    case .nothing: return nil
    case .fenced: try endFenced()
    case .revoked(let partitions):
      readings = []
      self.seat?.told = .revoked
      return .revoked(partitions, lost: false)
    case .assigned(let partitions, let generation):
      self.seat?.current.generation = generation
      self.seat?.given = partitions
      return .assigned(partitions)
    case .expelled:
      readings = []
      if seat.told == .lost { return nil }
      if seat.given.isEmpty {
        rejoin(&state)
        return try signal(from: &state)
      }
      self.seat?.told = .lost
      return .revoked(seat.given, lost: true)
    }
  }

  /// The group knows this handle no more: it joins again as a new member.
  private func rejoin(_ state: inout MemoryLogState) {
    guard var seat else { return }
    seat.current = MemoryMembership(id: state.join(seat.owner, topics: seat.topics), generation: -1)
    seat.take()
    self.seat = seat
  }

  private func endFenced() throws(LogError) -> Never {
    let error = LogError(
      .memberFenced, .restart, reason: "another handle of instance \(name) has joined the group",
      advice: "give each process an instance name of its own")
    ending = error
    readings = []
    throw error
  }

  private func member() throws(LogError) -> Seat {
    guard let seat else { throw LogError(.invalidState, .stop, reason: "a reader has no group") }
    return seat
  }

  private func checkAlive() throws(LogError) {
    if let ending { throw ending }
  }

  // MARK: Records

  private func read(
    _ state: MemoryLogState, into batch: inout RecordBatch, budget: PollLimit
  ) throws(LogError) -> LogSignal? {
    for reading in readings { try state.checked(reading.partition, at: reading.position) }
    guard !readings.isEmpty else { return nil }
    var budget = budget
    let start = cursor
    for step in 0..<readings.count {
      let index = (start + step) % readings.count
      cursor = (index + 1) % readings.count
      let partition = readings[index].partition
      try state.read(partition, from: &readings[index].position, into: &batch, budget: &budget)
      let end = try state.bounds(of: partition).next
      if readings[index].position >= end, readings[index].signalledEnd != readings[index].position {
        readings[index].signalledEnd = readings[index].position
        return .endOfPartition(partition, offset: readings[index].position)
      }
      if budget.records <= 0 || budget.bytes <= 0 { return nil }
    }
    return nil
  }
}
