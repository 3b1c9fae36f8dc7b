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

  /// The topic that an event's type belongs to, by its beginning where the whole is not known; nil where neither says one.
  public mutating func topic(of event: [UInt8]) -> InputTopic? {
    guard let root = parse(event), let type = value("type", of: root) else { return nil }
    return document.withText(of: type) { name in
      if let type = JournalEventType(name) { return type.topic }
      return InputTopic.allCases.first { topic in
        JournalEventType.allCases.contains { $0.topic == topic && name.holds($0.family, at: 0) }
      }
    }
  }

  /// The key that a record of the event should have: `data.reference`, of a hospital's return `data.site`; nil where there
  /// is none.
  public mutating func key(of event: [UInt8]) -> [UInt8]? {
    guard let root = parse(event), let type = value("type", of: root), let data = value("data", of: root),
      document.kind(data) == .object
    else { return nil }
    let isReturn = document.withText(of: type) { JournalEventType($0) } == .hospitalReturn
    guard let name = value(isReturn ? "site" : "reference", of: data), document.kind(name) == .string else {
      return nil
    }
    var key: [UInt8] = []
    document.withText(of: name) { key.append(span: $0) }
    return key.isEmpty ? nil : key
  }

  /// The event's object; nil when it is none.
  private mutating func parse(_ event: [UInt8]) -> JSONDocument.Node? {
    guard event.count <= EventTranslator.largestSize, (try? document.parse(event.span)) != nil,
      let root = document.root, document.kind(root) == .object
    else { return nil }
    return root
  }

  /// The value of an object's first member of that name.
  private func value(_ wanted: StaticString, of object: JSONDocument.Node) -> JSONDocument.Node? {
    let count = document.count(of: object)
    guard count > 0 else { return nil }
    var name = document.first(in: object)
    for _ in 0..<count {
      let value = document.value(ofName: name)
      if document.withText(of: name, { $0.spells(wanted) }) { return value }
      name = document.next(after: value)
    }
    return nil
  }
}

extension JournalEventType {
  /// What the names of a topic's types begin with.
  fileprivate var family: StaticString {
    switch topic {
    case .incidents: "incident."
    case .tagBreaches: "tag."
    case .hospital: "hospital."
    }
  }
}
