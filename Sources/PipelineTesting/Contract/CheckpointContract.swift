import Pipeline
import Wire

/// What every adapter of the state port does alike, as cases to be run on each of them.
public enum CheckpointContract {
  /// One thing that the port promises.
  public struct Case: Sendable, CustomStringConvertible {
    public let name: String
    private let body: @Sendable (CheckpointBench) throws -> Void

    init(_ name: String, _ body: @escaping @Sendable (CheckpointBench) throws -> Void) {
      self.name = name
      self.body = body
    }

    public var description: String { name }

    /// `open` answers with the store, which is empty at first; each later call is another look at the same one, as after
    /// a restart. Throws a `ContractViolation` when the promise does not hold, or what the adapter threw out of turn.
    public func run(_ open: @escaping () throws -> any CheckpointStore) throws {
      try body(CheckpointBench(open: open))
    }
  }

  /// A promise of the port that an adapter did not keep.
  public struct Violation: Error, CustomStringConvertible {
    public let description: String

    init(_ what: String, file: StaticString, line: UInt) { description = "\(file):\(line): \(what)" }
  }

  public static let cases = [
    Case("at first there is nothing") { bench in
      try bench.requireEqual(try bench.store.checkpoints(of: bench.partition).count, 0, "checkpoints")
      try bench.requireFailure("reading pages") {
        try bench.store.readPages(of: CheckpointID(number: 1), in: bench.partition) { _, _ in }
      }
    },

    Case("a checkpoint comes back as it was, after a restart too") { bench in
      let pages: [Int: [UInt8]] = [0: [1, 2, 3], 1: [], 2: [UInt8](repeating: 7, count: 49_168), 3: [0]]
      let id = try bench.save([9, 0, 9], pages, on: nil)
      for _ in 0..<2 {
        let found = try bench.store.checkpoints(of: bench.partition)
        try bench.requireEqual(found.map(\.id), [id], "ids")
        try bench.requireEqual(found.map(\.header), [[9, 0, 9]], "headers")
        try bench.requireEqual(try bench.pages(of: id), pages, "pages")
        try bench.reopen()
      }
    },

    Case("pages that are not given are those of the base") { bench in
      let one = try bench.save([1], [0: [10], 1: [11], 2: [12]], on: nil)
      let two = try bench.save([2], [1: [21], 3: [23]], on: one)
      try bench.requireEqual(try bench.store.checkpoints(of: bench.partition).map(\.id), [two, one], "ids")
      try bench.requireEqual(try bench.pages(of: two), [0: [10], 1: [21], 2: [12], 3: [23]], "the newer one")
      try bench.requireEqual(try bench.pages(of: one), [0: [10], 1: [11], 2: [12]], "the base")
    },

    Case("without a base there are no other pages, and the newest before is kept") { bench in
      let one = try bench.save([1], [0: [10], 1: [11]], on: nil)
      let two = try bench.save([2], [0: [20]], on: nil)
      try bench.requireEqual(try bench.pages(of: two), [0: [20]], "the newer one")
      try bench.requireEqual(try bench.pages(of: one), [0: [10], 1: [11]], "the one before")
    },

    Case("a third is one too many") { bench in
      let one = try bench.save([1], [0: [10], 1: [11]], on: nil)
      let two = try bench.save([2], [0: [20]], on: one)
      let three = try bench.save([3], [0: [30]], on: two)
      try bench.requireEqual(try bench.store.checkpoints(of: bench.partition).map(\.id), [three, two], "ids")
      try bench.requireEqual(try bench.pages(of: three), [0: [30], 1: [11]], "the newest")
      try bench.requireEqual(try bench.pages(of: two), [0: [20], 1: [11]], "the one before")
      try bench.requireFailure("reading the first") { _ = try bench.pages(of: one) }
    },

    Case("what is built on an older one forgets the newer") { bench in
      let one = try bench.save([1], [0: [10], 1: [11]], on: nil)
      let two = try bench.save([2], [0: [20]], on: one)
      let three = try bench.save([3], [1: [31]], on: one)
      try bench.requireEqual(try bench.store.checkpoints(of: bench.partition).map(\.id), [three, one], "ids")
      try bench.requireEqual(try bench.pages(of: three), [0: [10], 1: [31]], "the newest")
      try bench.require(three > two, "numbers do not rise")
    },

    Case("nothing is built on what is not there, and nothing changes") { bench in
      let one = try bench.save([1], [0: [10]], on: nil)
      try bench.requireFailure("building on nothing") {
        _ = try bench.save([2], [0: [20]], on: CheckpointID(number: one.number + 1))
      }
      try bench.requireEqual(try bench.store.checkpoints(of: bench.partition).map(\.header), [[1]], "headers")
      try bench.requireEqual(try bench.pages(of: one), [0: [10]], "pages")
    },

    Case("partitions do not see one another") { bench in
      let one = try bench.save([1], [0: [10]], on: nil)
      for other in [TopicPartition("journal", 1), TopicPartition("other", 0)] {
        try bench.requireEqual(try bench.store.checkpoints(of: other).count, 0, "checkpoints")
        try bench.requireFailure("reading another's") { try bench.store.readPages(of: one, in: other) { _, _ in } }
        try bench.requireFailure("building on another's") {
          _ = try bench.store.save(header: [2], pages: [], on: one, of: other)
        }
        _ = try bench.store.save(header: [3], pages: [CheckpointPage(place: 0, bytes: [30])], on: nil, of: other)
      }
      try bench.requireEqual(try bench.store.checkpoints(of: bench.partition).map(\.header), [[1]], "headers")
      try bench.requireEqual(try bench.pages(of: one), [0: [10]], "pages")
    },

    Case("whatever is saved in whatever order, it is as a plain list has it") { bench in
      for seed in UInt64(1)...4 { try bench.compareWithList(seed: seed, rounds: 60) }
    },
  ]
}

/// One case's store, and what the cases have in common.
final class CheckpointBench {
  let partition = TopicPartition("journal", 0)
  private(set) var store: any CheckpointStore
  private let open: () throws -> any CheckpointStore

  init(open: @escaping () throws -> any CheckpointStore) throws {
    self.open = open
    store = try open()
  }

  func reopen() throws { store = try open() }

  func save(_ header: [UInt8], _ pages: [Int: [UInt8]], on base: CheckpointID?) throws -> CheckpointID {
    try store.save(
      header: header, pages: pages.map { CheckpointPage(place: $0.key, bytes: $0.value) }, on: base, of: partition)
  }

  /// All pages of a checkpoint; they have to come in the order of their places.
  func pages(of checkpoint: CheckpointID, in partition: TopicPartition? = nil) throws -> [Int: [UInt8]] {
    var places: [Int] = []
    var pages: [Int: [UInt8]] = [:]
    try store.readPages(of: checkpoint, in: partition ?? self.partition) { place, bytes in
      places.append(place)
      pages[place] = bytes
    }
    try requireEqual(places, places.sorted(), "the order of the places")
    return pages
  }

  /// Seeded saves, whole ones and on either of the two that there are, against a list of whole checkpoints.
  func compareWithList(seed: UInt64, rounds: Int) throws {
    var random = SeededGenerator(seed: seed)
    let partition = TopicPartition("journal-\(seed)", 3)
    var list: [(id: CheckpointID, header: [UInt8], pages: [Int: [UInt8]])] = []
    for round in 0..<rounds {
      let base = random.chance(2_000) ? nil : list.randomElement(using: &random)
      var pages = base?.pages ?? [:]
      var given: [CheckpointPage] = []
      for place in 0..<12 where random.chance(3_000) || base == nil {
        let bytes = (0..<Int.random(in: 0...20, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        given.append(CheckpointPage(place: place, bytes: bytes))
        pages[place] = bytes
      }
      let header = [UInt8](repeating: UInt8(truncatingIfNeeded: round), count: 3)
      let id = try store.save(header: header, pages: given.shuffled(using: &random), on: base?.id, of: partition)
      try require(list.allSatisfy { $0.id < id }, "seed \(seed), round \(round): numbers do not rise")
      list = [(id, header, pages)] + ((base ?? list.first).map { [$0] } ?? [])
      if random.chance(1_000) { try reopen() }
      let found = try store.checkpoints(of: partition)
      try requireEqual(found.map(\.id), list.map(\.id), "seed \(seed), round \(round): ids")
      try requireEqual(found.map(\.header), list.map(\.header), "seed \(seed), round \(round): headers")
      for checkpoint in list {
        let kept = try self.pages(of: checkpoint.id, in: partition)
        try requireEqual(kept, checkpoint.pages, "seed \(seed), round \(round): pages of \(checkpoint.id.number)")
      }
    }
  }

  // MARK: Findings

  func require(_ condition: Bool, _ what: String, file: StaticString = #fileID, line: UInt = #line) throws {
    if !condition { throw CheckpointContract.Violation(what, file: file, line: line) }
  }

  func requireEqual<Value: Equatable>(
    _ a: Value, _ b: Value, _ what: String, file: StaticString = #fileID, line: UInt = #line
  ) throws {
    try require(a == b, "\(what): \(a), not \(b)", file: file, line: line)
  }

  func requireFailure(
    _ what: String, file: StaticString = #fileID, line: UInt = #line, _ body: () throws -> Void
  ) throws {
    do {
      try body()
    } catch is CheckpointError {
      return
    }
    throw CheckpointContract.Violation("\(what) did not fail", file: file, line: line)
  }
}
