import Hotspots
import Wire

/// Follows the record of `progress` that says what the journal's settings are now, so that ingest notices a change while
/// it runs.
final class SettingsWatch {
  private let reader: any LogConsumer
  private var batch = RecordBatch()

  init(names: Names, log: any LogFactory) throws(LogError) {
    let partition = TopicPartition(names(.progress), 0)
    reader = try log.makeReader()
    try reader.assign([partition: try reader.bounds(of: partition).next])
  }

  /// The newest settings since the last call; nil when they have not changed.
  func change() throws -> Configuration? {
    var newest: Configuration?
    batch.removeAll()
    _ = try reader.poll(into: &batch, limit: PollLimit(records: 1_000, bytes: 1 << 20), waiting: .zero)
    for record in batch.records {
      guard let key = record.key, batch.text(key) == "journal", let value = record.value else { continue }
      newest = try Birth(json: batch.copy(value)).configuration
    }
    return newest
  }

  func close() { reader.close(leaving: true) }
}
