import Foundation
import Incidents
import Pipeline
import SQLite
import Wire

/// The state port on one SQLite file.
///
/// Each call opens the file anew: that costs nothing beside what a checkpoint takes, a file that was taken away is made
/// again, and SQLite itself sees to it that a take-over can read while another thread writes.
///
/// The file is worth nothing more than the time to fold again: one that is damaged, or of another version of this
/// program, is begun anew with the next checkpoint; one that is not ours at all is left alone.
public final class SQLiteCheckpoints: CheckpointStore {
  private let path: String
  private let access: Database.Access
  private let clock: @Sendable () -> EventTime
  private let passing: CrashPoint.Hook?

  /// - Parameters:
  ///   - path: of the file, which is made when it is first asked for. One process at a time may write to it.
  ///   - access: `.readOnly` for whoever only looks, while another process may be writing.
  ///   - clock: tells when a checkpoint was written.
  ///   - passing: called within the transaction that writes a checkpoint.
  public init(
    path: String, _ access: Database.Access = .create, clock: @escaping @Sendable () -> EventTime,
    passing: CrashPoint.Hook? = nil
  ) {
    self.path = path
    self.access = access
    self.clock = clock
    self.passing = passing
  }

  public func checkpoints(of partition: TopicPartition) throws(CheckpointError) -> [StoredCheckpoint] {
    try perform { file throws(SQLiteError) in try file.checkpoints(of: partition) }
  }

  public func readPages(
    of checkpoint: CheckpointID, in partition: TopicPartition, _ body: (_ place: Int, _ page: [UInt8]) -> Void
  ) throws(CheckpointError) {
    let isThere = try perform { file throws(SQLiteError) in
      try file.readPages(of: checkpoint, in: partition, body)
    }
    guard isThere else { throw CheckpointError("there is no checkpoint \(checkpoint.number) of \(partition)") }
  }

  public func save(
    header: [UInt8], pages: [CheckpointPage], on base: CheckpointID?, of partition: TopicPartition
  ) throws(CheckpointError) -> CheckpointID {
    let id = try perform { file throws(SQLiteError) in
      try file.save(header: header, pages: pages, on: base, of: partition, at: clock(), passing: passing)
    }
    guard let id else {
      throw CheckpointError("there is no checkpoint \(base?.number ?? 0) of \(partition) to build on")
    }
    return id
  }

  private func perform<Answer>(
    _ body: (borrowing CheckpointFile) throws(SQLiteError) -> Answer
  ) throws(CheckpointError) -> Answer {
    do {
      return try body(CheckpointFile(path: path, access))
    } catch {
      guard error.code == .damaged else { throw CheckpointError(error, path: path) }
      // Nothing in it can be trusted any more, and the next checkpoint, a whole one, begins a new one.
      if access == .create { discard() }
      throw CheckpointError(error, path: path)
    }
  }

  private func discard() {
    for suffix in ["", "-wal", "-shm", "-journal"] { try? FileManager.default.removeItem(atPath: path + suffix) }
  }
}

extension CheckpointError {
  /// What a file says, in words for whoever has to mend it.
  fileprivate init(_ error: SQLiteError, path: String) {
    switch error.code {
    case .busy: self.init("another process holds \(path): \(error)", advice: "end it, whatever it is")
    case .full: self.init("there is no room for \(path): \(error)", advice: "make room on its disk")
    case .readOnly: self.init("\(path) cannot be written: \(error)", advice: "give this user the right to write it")
    case .cannotOpen: self.init("\(path) cannot be opened: \(error)", advice: "see to its directory and its rights")
    case .damaged: self.init("\(path) is damaged: \(error)", advice: "nothing need be done: it is begun anew")
    case .inputOutput:
      self.init("\(path) cannot be read or written: \(error)", advice: "see to its disk, its quota and its limits")
    case .foreign: self.init("\(path) is another program's", advice: "move it away")
    case .constraint, .other: self.init("\(path): \(error)")
    }
  }
}
