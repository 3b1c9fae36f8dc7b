import Pipeline
import Wire

/// A disk as one incarnation of a process sees it: whoever is dead writes nothing any more.
struct SimulatedCheckpoints: CheckpointStore {
  let disk: MemoryCheckpoints
  let passing: CrashPoint.Hook
  let isAlive: @Sendable () -> Bool

  func checkpoints(of partition: TopicPartition) throws(CheckpointError) -> [StoredCheckpoint] {
    try disk.checkpoints(of: partition)
  }

  func readPages(
    of checkpoint: CheckpointID, in partition: TopicPartition, _ body: (_ place: Int, _ page: [UInt8]) -> Void
  ) throws(CheckpointError) {
    try disk.readPages(of: checkpoint, in: partition, body)
  }

  func save(
    header: [UInt8], pages: [CheckpointPage], on base: CheckpointID?, of partition: TopicPartition
  ) throws(CheckpointError) -> CheckpointID {
    passing(.insideCheckpoint)
    guard isAlive() else { throw CheckpointError("the process was killed") }
    return try disk.save(header: header, pages: pages, on: base, of: partition)
  }
}
