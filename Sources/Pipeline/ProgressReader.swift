import Wire

/// Reads the compacted topic `progress` as it stands: the newest value of each key.
public struct ProgressReader {
  let names: Names
  let log: any LogFactory

  public init(names: Names, log: any LogFactory) {
    self.names = names
    self.log = log
  }

  /// Reads up to what is committed now. Keys: `journal`, `ingest:TOPIC:PARTITION`, `fold:PARTITION`.
  public func read() throws -> [String: [UInt8]] {
    var values: [String: [UInt8]] = [:]
    try TopicReader(log: log).read(names(.progress)) { record, batch in
      guard let key = record.key else { return }
      values[batch.text(key)] = record.value.map { batch.copy($0) }
    }
    return values
  }
}
