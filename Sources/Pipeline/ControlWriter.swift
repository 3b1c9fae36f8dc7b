import Incidents
import Wire

/// Writes what only a person asks for: the birth of a journal, a change of its settings, first offsets. All such writers
/// share one transactional id, so whoever starts fences the others, and what is then read is what will be built on.
final class ControlWriter {
  /// `progress` as it stands, no other control writer being able to change it any more.
  let progress: [String: [UInt8]]

  private let names: Names
  private let producer: any LogProducer
  private let reader: ProgressReader

  init(names: Names, log: any LogFactory) throws {
    self.names = names
    producer = try log.makeProducer(transactionalID: "\(names.prefix)control")
    try producer.initialise()
    reader = ProgressReader(names: names, log: log)
    progress = try reader.readSettled(marking: "control", Array("{}".utf8), by: producer)
  }

  deinit { producer.close() }

  /// The journal's birth, as it stands; a stop when there is none.
  func knownBirth() throws -> Birth { try Birth.known(in: progress, names: names) }

  /// Writes a control frame into every partition of the journal, and that this is what the journal is from there on.
  func write(_ birth: Birth, as kind: JournalFrame.Kind, at: EventTime) throws(LogError) {
    let frames = birth.partitions.indices.map { birth.frame(kind, at: at, partition: Int32($0), names: names) }
    try write([birth.progress(names: names)] + frames)
  }

  /// Writes the records and the offsets of groups without members, all or nothing. A commit is decided a moment before
  /// readers can see what it committed: returns when they do, so that whoever comes next finds it, or after some minutes.
  func write(_ records: [OutgoingRecord], offsets: [String: [TopicPartition: CommittedOffset]] = [:]) throws(LogError) {
    var deliveries: [Delivery] = []
    do {
      try producer.begin()
      for record in records { try producer.produce(record) }
      deliveries = try producer.flush()
      for (group, offsets) in offsets.sorted(by: { $0.key < $1.key }) where !offsets.isEmpty {
        try producer.sendOffsets(offsets, of: .administrator(group: group))
      }
      try producer.commit()
    } catch {
      try? producer.abort()
      throw error
    }
    _ = try reader.areSeen(deliveries)
  }
}
