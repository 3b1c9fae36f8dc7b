/// A named place in the work of a role: between two steps of which each can be its last. Tests end the process there, or
/// let others go on while it stands still.
public enum CrashPoint: String, CaseIterable, Sendable {
  /// A batch was read, and nothing was made of it yet.
  case afterPoll
  /// Ingest has translated its batch.
  case afterTranslate
  /// The fold has applied its batch.
  case afterFold
  /// A transaction's records were handed to the producer; some may be on the log.
  case afterProduce
  /// They all are.
  case afterFlush
  case afterSendOffsets
  case beforeCommit
  case afterCommit
  /// A checkpoint was handed over, and nothing of it is written.
  case beforeCheckpoint
  /// All of it is written, in a transaction that is still open.
  case insideCheckpoint
  case afterCheckpoint

  /// Called at each pass of a point, on the role's own thread; the three of a checkpoint on its writer's. Absent in
  /// service: then a pass costs nothing.
  public typealias Hook = @Sendable (CrashPoint) -> Void
}
