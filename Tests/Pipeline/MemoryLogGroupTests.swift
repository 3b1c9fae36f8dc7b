import Pipeline
import PipelineTesting
import Testing
import Wire

/// What happens to a group's members, in every order of four happenings and in long random walks: at no moment can two
/// handles send offsets of one partition, and whoever lives in the end owns all.
@Suite struct MemoryLogGroupTests {
  @Test func noPartitionHasTwoOwnersInAnyOrder() throws {
    let happenings = ["a", "b"].flatMap { name in GroupWorld.Happening.Kind.allCases.map { ($0, name) } }
    var sequences: [[GroupWorld.Happening]] = [[]]
    for _ in 0..<4 {
      sequences = sequences.flatMap { start in happenings.map { start + [GroupWorld.Happening(kind: $0, name: $1)] } }
    }
    #expect(sequences.count == 10_000)
    for sequence in sequences {
      let world = try GroupWorld()
      for happening in sequence { try world.take(happening) }
      let settled = try world.settles()
      #expect(settled, "\(sequence)")
    }
  }

  @Test(arguments: 1...40)
  func noPartitionHasTwoOwnersInLongWalks(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let world = try GroupWorld()
    for _ in 0..<60 {
      let kind = GroupWorld.Happening.Kind.allCases.randomElement(using: &random) ?? .step
      try world.take(GroupWorld.Happening(kind: kind, name: ["a", "b", "c"].randomElement(using: &random) ?? "a"))
    }
    let settled = try world.settles()
    #expect(settled)
  }
}

/// One group over three partitions, with every handle that ever joined, dead or alive.
private final class GroupWorld {
  struct Happening: CustomStringConvertible {
    enum Kind: CaseIterable {
      /// A handle of that instance joins; an older one lives on, unknowing.
      case start
      /// The instance's newest handle polls and answers.
      case step
      /// It polls and does not answer.
      case hear
      case expire
      case leave
    }
    var kind: Kind
    var name: String
    var description: String { "\(kind) \(name)" }
  }

  private struct Handle {
    let consumer: any LogConsumer
    var owned: [TopicPartition] = []
    /// A revocation it has heard of and not answered.
    var asked = false
  }

  private let log = MemoryLog()
  private let partitions = (0..<3).map { TopicPartition("input", $0) }
  private var handles: [Handle] = []
  /// Place of the instance's newest handle, where it lives.
  private var newest: [String: Int] = [:]

  init() throws {
    try MemoryLogFactory(log).makeAdministration().create([
      TopicDescription(name: "input", partitions: 3, replicas: 1, settings: [:])
    ])
  }

  func take(_ happening: Happening) throws {
    let name = happening.name
    switch happening.kind {
    case .start:
      let consumer = try MemoryLogFactory(log).makeConsumer(group: "g", instance: name, topics: ["input"])
      handles.append(Handle(consumer: consumer))
      newest[name] = handles.count - 1
    case .step: if let index = newest[name] { try poll(index, answering: true) }
    case .hear: if let index = newest[name] { try poll(index, answering: false) }
    case .expire: log.expire(group: "g", instance: name)
    case .leave:
      if let index = newest.removeValue(forKey: name) { handles[index].consumer.close(leaving: true) }
    }
    judge()
  }

  private func poll(_ index: Int, answering: Bool) throws {
    if answering, handles[index].asked { try answer(index) }
    var batch = RecordBatch()
    switch try handles[index].consumer.poll(into: &batch, limit: PollLimit(records: 1, bytes: 1), waiting: .zero) {
    case .assigned(let given):
      handles[index].owned = given
      try handles[index].consumer.assign(Dictionary(uniqueKeysWithValues: given.map { ($0, 0) }))
    case .revoked:
      handles[index].asked = true
      if answering { try answer(index) }
    case .endOfPartition, nil: break
    }
  }

  private func answer(_ index: Int) throws {
    handles[index].owned = []
    handles[index].asked = false
    try handles[index].consumer.unassign()
  }

  /// At most one handle, however old, gets its offsets of a partition taken.
  private func judge() {
    for partition in partitions {
      let owners = handles.filter { handle in
        guard handle.owned.contains(partition), let membership = try? handle.consumer.membership() else { return false }
        var state = log.state
        let producer = state.initialiseProducer("judge")
        let sent = [partition: CommittedOffset(offset: 1, metadata: "")]
        return (try? state.sendOffsets(sent, of: membership, by: producer)) != nil
      }
      #expect(owners.count <= 1, "\(partition)")
    }
  }

  /// Whether those who live come to own everything, each partition once, when the dead have expired.
  func settles() throws -> Bool {
    for name in ["a", "b", "c"] where newest[name] == nil { log.expire(group: "g", instance: name) }
    for _ in 0..<10 {
      for name in newest.keys.sorted() { try take(Happening(kind: .step, name: name)) }
    }
    let owned = newest.values.flatMap { handles[$0].owned }
    return owned.sorted() == (newest.isEmpty ? [] : partitions)
  }
}

/// Steele, Lea, Flood: "Fast splittable pseudorandom number generators".
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
