import Incidents

/// Says of events, without a broker, what ingest would say of them: the same translators, to which each event is a record
/// in structured mode.
public struct EventValidator: ~Copyable {
  private var incidents: EventTranslator
  private var tagBreaches: EventTranslator
  private var hospital: EventTranslator
  private var batch = RecordBatch()
  private var document = JSONDocument()
  private var lines: [UInt8] = []

  /// A validator for sources that a registry lists for each topic; nil: every source is taken.
  public init(sources: ((InputTopic) -> Set<String>)? = nil) {
    incidents = EventTranslator(topic: .incidents, sources: sources?(.incidents))
    tagBreaches = EventTranslator(topic: .tagBreaches, sources: sources?(.tagBreaches))
    hospital = EventTranslator(topic: .hospital, sources: sources?(.hospital))
  }

  /// Why the event would be refused if it arrived at `at`; nil when it would be taken. An event is the bytes of one value,
  /// such as a line of NDJSON without its end. `topic` nil: the one that the event's type belongs to, and what has no such
  /// type is taken for an incident.
  public mutating func check(_ event: [UInt8], as topic: InputTopic? = nil, at: EventTime) -> Rejection? {
    let topic = topic ?? self.topic(of: event) ?? .incidents
    batch.removeAll()
    // The batch copies the bytes.
    let value = unsafe event.withUnsafeBytes { unsafe batch.append($0) }
    batch.append(
      record: RecordBatch.Record(
        source: batch.index(of: TopicPartition(topic.name, 0)), offset: 0, timestamp: -1, key: nil, value: value,
        firstHeader: 0, headerCount: 0))
    lines.removeAll(keepingCapacity: true)
    switch topic {
    case .incidents: return incidents.translate(batch.records[0], of: batch, at: at, into: &lines)
    case .tagBreaches: return tagBreaches.translate(batch.records[0], of: batch, at: at, into: &lines)
    case .hospital: return hospital.translate(batch.records[0], of: batch, at: at, into: &lines)
    }
  }

  /// The topic that an event's type belongs to; nil when it has none that is known.
  public mutating func topic(of event: [UInt8]) -> InputTopic? {
    guard event.count <= EventTranslator.largestSize, (try? document.parse(event.span)) != nil,
      let root = document.root, document.kind(root) == .object, document.count(of: root) > 0
    else { return nil }
    var name = document.first(in: root)
    for _ in 0..<document.count(of: root) {
      let value = document.value(ofName: name)
      if document.withText(of: name, { $0.spells("type") }) {
        return document.withText(of: value) { JournalEventType($0) }?.topic
      }
      name = document.next(after: value)
    }
    return nil
  }
}
