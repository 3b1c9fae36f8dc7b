import Hotspots
import Synchronization
import Wire

/// Takes checkpoints of the partitions that this process folds, and gives them back at a take-over.
///
/// The fold's thread only hands over what changed, which shares the fold's pages instead of copying them; `perform` has
/// it written elsewhere, one checkpoint at a time. What fails is said once and costs nothing but the time of the next
/// start: the checkpoint after it is a whole one.
public final class Checkpointer: Sendable {
  /// What is known of a partition's newest checkpoint.
  private struct Line {
    /// Tells this take-over's checkpoints from those that an earlier one may still be writing.
    var takeOver: Int
    /// Nil when the next checkpoint has to be a whole one.
    var base: CheckpointID?
    /// Of the pages of `base`, in their order.
    var checksums: [Digest128] = []
    /// When the last one was begun; nil before the first.
    var begunAt: Duration?
  }

  private struct State {
    var lines: [TopicPartition: Line] = [:]
    var takeOvers = 0
    var isWriting = false
    /// Whether the last attempt failed, and that was said.
    var isFailing = false
  }

  private let store: any CheckpointStore
  private let origin: CheckpointHeader.Origin
  private let interval: Duration
  private let elapsed: @Sendable () -> Duration
  private let perform: @Sendable (@escaping @Sendable () -> Void) -> Void
  private let passing: CrashPoint.Hook?
  private let notice: @Sendable (String) -> Void
  private let state = Mutex(State())

  /// - Parameters:
  ///   - journal: the journal's id: checkpoints of another are of no use.
  ///   - interval: from the begin of one checkpoint of a partition to the begin of the next. The first one is due with
  ///     the first commit after a take-over.
  ///   - elapsed: a clock that never goes back.
  ///   - perform: has the work done, soon and on another thread.
  ///   - passing: called on that thread, before and after a checkpoint is written.
  ///   - notice: told in words what goes wrong, and that it goes well again.
  public init(
    store: any CheckpointStore, journal: String, release: Release = .current, interval: Duration = .seconds(10),
    elapsed: @escaping @Sendable () -> Duration,
    perform: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void, passing: CrashPoint.Hook? = nil,
    notice: @escaping @Sendable (String) -> Void
  ) {
    self.store = store
    origin = CheckpointHeader.Origin(journal: journal, release: release)
    self.interval = interval
    self.elapsed = elapsed
    self.perform = perform
    self.passing = passing
    self.notice = notice
  }
}

// MARK: - Taking

extension Checkpointer {
  /// To be called directly after a commit, with the state that was committed: begins a checkpoint when one is due and none
  /// is being written.
  func committed(_ partition: TopicPartition, _ fold: inout PartitionFold) {
    let now = elapsed()
    let line = state.withLock { state -> Line? in
      guard !state.isWriting, var line = state.lines[partition] else { return nil }
      if let begunAt = line.begunAt, now - begunAt < interval { return nil }
      line.begunAt = now
      state.lines[partition] = line
      state.isWriting = true
      return line
    }
    guard let line else { return }
    guard let snapshot = fold.takeSnapshot(whole: line.base == nil) else {
      state.withLock { $0.isWriting = false }
      return
    }
    let (offset, mark, origin) = (fold.offset, fold.mark, origin)
    perform { [self] in
      write(snapshot, line, partition) { pages in
        CheckpointHeader(
          origin: origin, partition: partition, offset: offset, mark: mark, pages: pages, fold: snapshot.header)
      }
    }
  }

  private func write(
    _ snapshot: FoldSnapshot, _ line: Line, _ partition: TopicPartition, header: (Digest128) -> CheckpointHeader
  ) {
    var checksums = line.checksums
    var pages: [CheckpointPage] = []
    for page in snapshot.pages {
      let kept = ChecksummedBytes(page.bytes)
      if page.index < checksums.count { checksums[page.index] = kept.checksum } else { checksums.append(kept.checksum) }
      pages.append(CheckpointPage(place: page.index, bytes: kept.bytes))
    }
    passing?(.beforeCheckpoint)
    do {
      let id = try store.save(
        header: header(.digest(of: checksums)).bytes, pages: pages, on: line.base, of: partition)
      passing?(.afterCheckpoint)
      wrote(line, partition) { line in
        line.base = id
        line.checksums = checksums
      }
      say(failure: nil)
    } catch {
      // The pages count as kept by now: only a whole checkpoint has them again.
      wrote(line, partition) { line in
        line.base = nil
        line.checksums = []
      }
      say(failure: error)
    }
  }

  /// The checkpoint is written, or has failed. A partition that was taken over anew meanwhile is left as it is.
  private func wrote(_ written: Line, _ partition: TopicPartition, _ change: (inout Line) -> Void) {
    state.withLock { state in
      state.isWriting = false
      guard var line = state.lines[partition], line.takeOver == written.takeOver else { return }
      change(&line)
      state.lines[partition] = line
    }
  }

  /// Says that it fails, and that it goes well again; not each time.
  private func say(failure: CheckpointError?) {
    let wasFailing = state.withLock { state in
      defer { state.isFailing = failure != nil }
      return state.isFailing
    }
    if let failure, !wasFailing {
      notice("no checkpoint could be written, the service goes on without: \(failure)")
    } else if failure == nil, wasFailing {
      notice("checkpoints are written again")
    }
  }
}

// MARK: - Giving back

/// A fold as a checkpoint has it.
struct RestoredFold {
  var fold: Fold
  var mark: FoldMark
  var offset: Int64
}

extension Checkpointer {
  /// The newest usable checkpoint at or before the committed offset, rebuilt; nil when there is none. Begins a new line of
  /// checkpoints, so that nothing which is still being written for an earlier take-over is built upon.
  func restore(_ partition: TopicPartition, upTo committed: Int64) -> RestoredFold? {
    state.withLock { state in
      state.takeOvers += 1
      state.lines[partition] = Line(takeOver: state.takeOvers)
    }
    let found: [StoredCheckpoint]
    do {
      found = try store.checkpoints(of: partition)
    } catch {
      notice("the checkpoints of \(partition) cannot be read, folding from the journal's birth: \(error)")
      return nil
    }
    for stored in found {
      do {
        let header = try CheckpointHeader(bytes: stored.header)
        try header.check(for: partition, from: origin, upTo: committed)
        let (fold, checksums) = try rebuild(header, stored.id, partition)
        state.withLock { state in
          state.lines[partition]?.base = stored.id
          state.lines[partition]?.checksums = checksums
        }
        return RestoredFold(fold: fold, mark: header.mark, offset: header.offset)
      } catch {
        notice("a checkpoint of \(partition) is not used: \(error)")
      }
    }
    return nil
  }

  private func rebuild(
    _ header: CheckpointHeader, _ id: CheckpointID, _ partition: TopicPartition
  ) throws(CheckpointError) -> (Fold, [Digest128]) {
    var restoration = FoldRestoration(header.fold)
    var checksums: [Digest128] = []
    var damaged: Int?
    try store.readPages(of: id, in: partition) { place, bytes in
      guard damaged == nil else { return }
      guard let kept = ChecksummedBytes(bytes: bytes), let page = EventPage(index: place, bytes: kept.contents),
        restoration.append(page)
      else {
        damaged = place
        return
      }
      checksums.append(kept.checksum)
    }
    if let damaged { throw CheckpointError("its page \(damaged) is damaged") }
    guard Digest128.digest(of: checksums) == header.pages else { throw CheckpointError("its pages do not go together") }
    guard let fold = restoration.fold(), fold.frames == header.mark.frame, fold.countsDigest == header.mark.counts
    else {
      throw CheckpointError("its pages do not give the counts that it had")
    }
    return (fold, checksums)
  }
}
