import Hotspots
import Incidents
import Wire

/// The decoders of the inputs, one a topic.
struct InputTranslators: ~Copyable {
  private let names: Names
  private var incidents: EventTranslator
  private var tagBreaches: EventTranslator
  private var hospital: EventTranslator

  init(names: Names, configuration: Configuration) {
    self.names = names
    incidents = EventTranslator(topic: .incidents, sources: configuration.sourceNames(for: .incidents))
    tagBreaches = EventTranslator(topic: .tagBreaches, sources: configuration.sourceNames(for: .tagBreaches))
    hospital = EventTranslator(topic: .hospital, sources: configuration.sourceNames(for: .hospital))
  }

  /// Appends the record's journal line to `lines`, or says why there is none.
  mutating func translate(
    _ record: RecordBatch.Record, of batch: borrowing RecordBatch, from partition: TopicPartition, at: EventTime,
    into lines: inout [UInt8]
  ) -> Rejection? {
    switch names.inputTopic(named: partition.topic) {
    case .incidents: return incidents.translate(record, of: batch, at: at, into: &lines)
    case .tagBreaches: return tagBreaches.translate(record, of: batch, at: at, into: &lines)
    case .hospital: return hospital.translate(record, of: batch, at: at, into: &lines)
    case nil: preconditionFailure("only subscribed topics are read")
    }
  }
}

extension Rejection {
  /// The record of the rejections topic. It has no value: a refused row may hold anything.
  func record(from partition: TopicPartition, offset: Int64, names: Names) -> OutgoingRecord {
    OutgoingRecord(
      topic: partition.topic + ".rejections", key: Array((source ?? partition.description).utf8), value: nil,
      headers: [
        RecordHeader("code", code.name), RecordHeader("reason", reason), RecordHeader("action", action),
        RecordHeader("topic", partition.topic), RecordHeader("partition", String(partition.partition)),
        RecordHeader("offset", String(offset)), RecordHeader("member", member),
      ])
  }
}
