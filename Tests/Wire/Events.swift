import Incidents
import Wire

/// Makes events and records for the tests of the translator.
enum Events {
  /// When the test records arrive: 2026-03-02T00:00:00Z.
  static let arrival = EventTime(milliseconds: 1_772_409_600_000)

  /// The event of the contract's own example.
  static let example = """
    {"specversion":"1.0","id":"0b6c7e","source":"/police/metropolitan","type":"incident.recorded",\
    "time":"2026-03-01T21:14:05Z","datacontenttype":"application/json",\
    "data":{"reference":"MPS-0012345-26","revision":1,"occurredFrom":"2026-03-01T20:55:00Z",\
    "occurredTo":"2026-03-01T21:05:00Z","recordedAt":"2026-03-01T21:14:05Z","offenceCode":"34B","weapon":"knife",\
    "weaponUse":"threatened","injury":"none","victimAgeBand":"18-24","location":{"area":"E09000022"},\
    "responsibleArea":"E09000022"}}
    """

  /// The members of a good event, each as JSON text.
  static let attributes = [
    ("specversion", #""1.0""#), ("id", #""1""#), ("source", #""/police/test""#), ("type", #""incident.recorded""#),
  ]
  static let data = [
    ("reference", #""R-1""#), ("revision", "1"), ("occurredFrom", #""2026-03-01T20:55:00Z""#),
    ("offenceCode", #""34B""#), ("location", #"{"area":"E09000022"}"#),
  ]

  /// An event of these members, where a nil value leaves a member out. `raw` is added to `data` as it is.
  static func event(
    _ changes: [String: String?] = [:], data dataChanges: [String: String?] = [:], raw: String = ""
  ) -> String {
    let data = object(Self.data, dataChanges, raw)
    return object(attributes + [("data", data)], changes)
  }

  /// An object of the members, changed, in their order; members that are new come last, by name.
  static func object(_ members: [(String, String)], _ changes: [String: String?], _ raw: String = "") -> String {
    var texts: [String] = []
    for (name, value) in members {
      if let change = changes[name] {
        if let change { texts.append("\"\(name)\":\(change)") }
      } else {
        texts.append("\"\(name)\":\(value)")
      }
    }
    let known = Set(members.map(\.0))
    for (name, value) in changes.sorted(by: { $0.key < $1.key }) where !known.contains(name) {
      if let value { texts.append("\"\(name)\":\(value)") }
    }
    if !raw.isEmpty { texts.append(raw) }
    return "{" + texts.joined(separator: ",") + "}"
  }
}

extension RecordBatch {
  /// Adds a record of partition 0 of a topic; its place is its offset.
  mutating func add(_ value: [UInt8]?, headers: [(String, [UInt8]?)] = [], topic: InputTopic = .incidents) {
    let firstHeader = self.headers.count
    for (name, contents) in headers {
      let name = Array(name.utf8).withUnsafeBytes { append($0) }
      let contents = contents.map { $0.withUnsafeBytes { append($0) } }
      append(header: Header(name: name, value: contents))
    }
    append(
      record: Record(
        source: index(of: TopicPartition(topic.name, 0)), offset: Int64(records.count), timestamp: -1, key: nil,
        value: value.map { $0.withUnsafeBytes { append($0) } }, firstHeader: firstHeader, headerCount: headers.count))
  }
}

/// One record through a translator of its own.
func translate(
  _ value: [UInt8]?, headers: [(String, [UInt8]?)] = [], sources: Set<String>? = nil, at: EventTime = Events.arrival,
  topic: InputTopic = .incidents
) -> (rejection: Rejection?, line: String) {
  var batch = RecordBatch()
  batch.add(value, headers: headers, topic: topic)
  var translator = EventTranslator(topic: topic, sources: sources)
  var lines: [UInt8] = []
  let rejection = translator.translate(batch.records[0], of: batch, at: at, into: &lines)
  return (rejection, String(decoding: lines, as: UTF8.self))
}

func translate(
  _ value: String, headers: [(String, [UInt8]?)] = [], sources: Set<String>? = nil, at: EventTime = Events.arrival,
  topic: InputTopic = .incidents
) -> (rejection: Rejection?, line: String) {
  translate(Array(value.utf8), headers: headers, sources: sources, at: at, topic: topic)
}

/// Steele, Lea and Flood's generator: small, and the same everywhere.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
