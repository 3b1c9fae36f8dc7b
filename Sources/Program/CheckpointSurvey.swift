import Checkpoints
import Incidents
import Pipeline
import Wire

/// The newest checkpoints of a journal's partitions that the instances of this machine keep.
struct CheckpointSurvey {
  struct Checkpoint {
    var partition: TopicPartition
    var instance: String
    var offset: Int64
    var savedAt: EventTime

    /// In whole seconds.
    func age(at now: EventTime) -> String { "\(seconds(at: now)) s" }

    func seconds(at now: EventTime) -> Int64 { max(0, (now.milliseconds - savedAt.milliseconds) / 1_000) }
  }

  /// By partition, then the newest first.
  private(set) var found: [Checkpoint] = []
  /// Files and checkpoints that are of no use.
  private(set) var complaints: [String] = []

  /// Opens each file to read only; the services may go on writing.
  init(_ deployment: Deployment, _ birth: Birth) {
    for (instance, path) in deployment.knownCheckpoints() {
      let store = SQLiteCheckpoints(path: path, .readOnly, clock: { EventTime(milliseconds: 0) })
      for index in birth.partitions.indices {
        let partition = TopicPartition(deployment.names(.journal), Int32(index))
        do {
          try look(at: store, partition, instance, journal: birth.journal)
        } catch {
          complaints.append("of \(partition), instance \(instance): \(error)")
        }
      }
    }
    found.sort { ($0.partition, -$0.savedAt.milliseconds) < ($1.partition, -$1.savedAt.milliseconds) }
  }

  private mutating func look(
    at store: SQLiteCheckpoints, _ partition: TopicPartition, _ instance: String, journal: String
  ) throws {
    guard let newest = try store.checkpoints(of: partition).first else { return }
    let header = try CheckpointHeader(bytes: newest.header)
    // Another deployment's name may begin as this one's does.
    guard header.origin.journal == journal else { return }
    found.append(
      Checkpoint(partition: partition, instance: instance, offset: header.offset, savedAt: newest.savedAt))
  }
}
