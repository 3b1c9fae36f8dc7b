import Incidents
import Wire

/// The state port: keeps the checkpoints of partitions as bytes that it does not look into. May be used by several
/// threads; calls block, and none may be made from Swift's cooperative threads.
///
/// A store is worth nothing more than the time to fold again: whatever it loses or damages is found by whoever reads it.
///
/// Adapters: `SQLiteCheckpoints` and, in memory, `MemoryCheckpoints`. One contract suite, `CheckpointContract`, holds for
/// both.
public protocol CheckpointStore: Sendable {
  /// The checkpoints of a partition, the newest first: at most two.
  func checkpoints(of partition: TopicPartition) throws(CheckpointError) -> [StoredCheckpoint]

  /// Calls `body` with each page of a checkpoint, in the order of their places.
  func readPages(
    of checkpoint: CheckpointID, in partition: TopicPartition, _ body: (_ place: Int, _ page: [UInt8]) -> Void
  ) throws(CheckpointError)

  /// Writes a checkpoint, all of it or nothing. Its pages are those given, and for all other places those of `base`.
  /// Afterwards the partition has this checkpoint and `base`, or without one the newest that there was; all others are
  /// forgotten. Throws when `base` is not there.
  func save(
    header: [UInt8], pages: [CheckpointPage], on base: CheckpointID?, of partition: TopicPartition
  ) throws(CheckpointError) -> CheckpointID
}

/// Names a checkpoint of a partition; the higher the newer.
public struct CheckpointID: Hashable, Comparable, Sendable {
  public var number: Int64

  public init(number: Int64) { self.number = number }

  public static func < (a: CheckpointID, b: CheckpointID) -> Bool { a.number < b.number }
}

/// A checkpoint as a store lists it.
public struct StoredCheckpoint: Sendable {
  public var id: CheckpointID
  public var header: [UInt8]
  /// When it was written, by the store's own clock.
  public var savedAt: EventTime

  public init(id: CheckpointID, header: [UInt8], savedAt: EventTime) {
    self.id = id
    self.header = header
    self.savedAt = savedAt
  }
}

/// A page to be written.
public struct CheckpointPage: Sendable {
  /// From 0.
  public var place: Int
  public var bytes: [UInt8]

  public init(place: Int, bytes: [UInt8]) {
    self.place = place
    self.bytes = bytes
  }
}

/// Why a store did not do as it was asked. Nothing depends on it but the time that the next start takes.
public struct CheckpointError: Error, Hashable, Sendable, CustomStringConvertible {
  public var reason: String
  /// What a person can do about it; empty when nothing need be done.
  public var advice: String

  public init(_ reason: String, advice: String = "") {
    self.reason = reason
    self.advice = advice
  }

  public var description: String { advice.isEmpty ? reason : "\(reason) (\(advice))" }
}
