import Incidents
import Pipeline
import Synchronization
import Wire

/// The state port in memory, with faults on demand.
public final class MemoryCheckpoints: CheckpointStore {
  /// A checkpoint with all its pages; unchanged ones share their bytes with the checkpoint before.
  struct Checkpoint: Sendable {
    var stored: StoredCheckpoint
    var pages: [Int: [UInt8]]
  }

  private struct State {
    /// The newest first.
    var partitions: [TopicPartition: [Checkpoint]] = [:]
    var lastNumber: Int64 = 0
    var failure: CheckpointError?
    var saves = 0
    var pagesSaved = 0
  }

  private let clock: MemoryClock
  private let state = Mutex(State())

  public init(clock: MemoryClock = MemoryClock()) { self.clock = clock }

  /// Every call fails with this, while it is set.
  public var failure: CheckpointError? {
    get { state.withLock(\.failure) }
    set { state.withLock { $0.failure = newValue } }
  }

  /// How many checkpoints were written, and how many pages in them.
  public var written: (checkpoints: Int, pages: Int) { state.withLock { ($0.saves, $0.pagesSaved) } }

  public func checkpoints(of partition: TopicPartition) throws(CheckpointError) -> [StoredCheckpoint] {
    try perform { state throws(CheckpointError) in state.partitions[partition, default: []].map(\.stored) }
  }

  public func readPages(
    of checkpoint: CheckpointID, in partition: TopicPartition, _ body: (_ place: Int, _ page: [UInt8]) -> Void
  ) throws(CheckpointError) {
    let pages = try perform { state throws(CheckpointError) in
      state.partitions[partition, default: []].first { $0.stored.id == checkpoint }?.pages
    }
    guard let pages else { throw CheckpointError("there is no checkpoint \(checkpoint.number) of \(partition)") }
    for (place, page) in pages.sorted(by: { $0.key < $1.key }) { body(place, page) }
  }

  public func save(
    header: [UInt8], pages: [CheckpointPage], on base: CheckpointID?, of partition: TopicPartition
  ) throws(CheckpointError) -> CheckpointID {
    try perform { state throws(CheckpointError) in
      let kept = state.partitions[partition, default: []].first { base == nil || $0.stored.id == base }
      if let base, kept == nil {
        throw CheckpointError("there is no checkpoint \(base.number) of \(partition) to build on")
      }
      state.lastNumber += 1
      let id = CheckpointID(number: state.lastNumber)
      var checkpoint = Checkpoint(
        stored: StoredCheckpoint(id: id, header: header, savedAt: EventTime(milliseconds: clock.now)),
        pages: base == nil ? [:] : kept?.pages ?? [:])
      for page in pages { checkpoint.pages[page.place] = page.bytes }
      state.partitions[partition] = [checkpoint] + (kept.map { [$0] } ?? [])
      state.saves += 1
      state.pagesSaved += pages.count
      return id
    }
  }

  // MARK: What tests do to it

  /// Changes the bytes of a partition's checkpoints, the newest first: their headers and pages.
  public func tamper(
    with partition: TopicPartition, _ change: (inout [(header: [UInt8], pages: [Int: [UInt8]])]) -> Void
  ) {
    state.withLock { state in
      let checkpoints = state.partitions[partition, default: []]
      var bytes = checkpoints.map { (header: $0.stored.header, pages: $0.pages) }
      change(&bytes)
      state.partitions[partition] = zip(checkpoints, bytes).map { checkpoint, bytes in
        var checkpoint = checkpoint
        checkpoint.stored.header = bytes.header
        checkpoint.pages = bytes.pages
        return checkpoint
      }
    }
  }

  /// The checkpoints of one partition become those of another.
  public func move(from partition: TopicPartition, to other: TopicPartition) {
    state.withLock { $0.partitions[other] = $0.partitions.removeValue(forKey: partition) }
  }

  private func perform<Answer>(
    _ body: (inout sending State) throws(CheckpointError) -> sending Answer
  ) throws(CheckpointError) -> sending Answer {
    try state.withLock { (state) throws(CheckpointError) -> sending Answer in
      if let failure = state.failure { throw failure }
      return try body(&state)
    }
  }
}
