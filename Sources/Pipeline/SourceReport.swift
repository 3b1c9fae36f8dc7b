import Hotspots
import Incidents
import Wire

/// Where one source stands: what of it arrived and what was refused.
public struct SourceReport: Sendable {
  /// One input, as `source-status` told it.
  public struct Input: Sendable {
    public var topic: String
    /// When the newest record came, and the latest occurrence known; nil: none.
    public var received, occurred: EventTime?
    public var state: String
    public var folded, duplicate, superseded, conflict, unmappedOffence: Int64
    public var unattributed: [(reason: String, count: Int64)]
  }

  public var source: String
  /// The force that the registry gives it.
  public var force: String?
  /// What `inputs` is true as of, in the journal's time; nil where `source-status` knows nothing of the source.
  public var asOf: EventTime?
  public var inputs: [Input] = []
  /// What the registry says of it now; nil where it says nothing.
  public var registered: RegisteredSource?
  /// Whether there is a registry, so that a source that it does not list is refused.
  public var hasRegistry = false
  /// What was refused, as long as rejections are kept (30 days), by code.
  public var refused: [InputTopic: [String: Int64]] = [:]
  /// How many of them were sent again since.
  public var retried: Int64 = 0
  /// The newest of them, the oldest first.
  public var newest: [RefusedRow] = []
  /// All sources that `source-status` knows.
  public var known: [String] = []

  /// Reads it all. `newest`: how many refused rows to keep.
  public init(of source: String, names: Names, log: any LogFactory, newest: Int) throws {
    self.source = source
    let registry = try Founding(names: names, log: log).knownBirth().configuration.sources
    hasRegistry = registry != nil
    registered = registry?.first { $0.name == source }
    force = registered?.force?.name
    var sources: Set<String> = []
    try TopicReader(log: log).read(names(.sourceStatus)) { record, batch in
      guard let key = record.key.map(batch.text) else { return }
      sources.insert(key)
      guard key == source, let bytes = record.value.map(batch.copy), let value = try? JSONValue(parsing: bytes)
      else { return }
      asOf = batch.header("ce_time", of: record).flatMap(EventTime.init(rfc3339:))
      inputs = (value["topics"]?.members ?? []).map { Input($0.name, $0.value) }
    }
    known = sources.sorted()
    let reader = RejectionReader(names: names, log: log)
    let retried = try RetriedRows.all(names: names, log: log)
    for topic in InputTopic.allCases {
      try reader.read(topic) { row in
        guard row.source == source else { return }
        refused[topic, default: [:]][row.code, default: 0] += 1
        var row = row
        row.isRetried = retried[row.partition]?.contains(row.offset) ?? false
        if row.isRetried { self.retried += 1 }
        self.newest.append(row)
        if self.newest.count >= 2 * max(newest, 1_000) { Self.keep(newest, of: &self.newest) }
      }
    }
    Self.keep(newest, of: &self.newest)
  }

  private static func keep(_ count: Int, of rows: inout [RefusedRow]) {
    rows.sort { $0.at < $1.at }
    rows.removeFirst(max(0, rows.count - count))
  }

  /// Whether anything at all is known of the source.
  public var isKnown: Bool { asOf != nil || registered != nil || !refused.isEmpty }
}

extension SourceReport.Input {
  fileprivate init(_ topic: String, _ value: JSONValue) {
    func count(_ name: String) -> Int64 { value[name]?.integer ?? 0 }
    self.init(
      topic: topic, received: value["received"]?.string.flatMap(EventTime.init(rfc3339:)),
      occurred: value["occurred"]?.string.flatMap(EventTime.init(rfc3339:)), state: value["state"]?.string ?? "unknown",
      folded: count("folded"), duplicate: count("duplicate"), superseded: count("superseded"),
      conflict: count("conflict"), unmappedOffence: count("unmappedOffence"),
      unattributed: (value["unattributed"]?.members ?? []).map { ($0.name, $0.value.integer ?? 0) })
  }
}

extension EventTime {
  /// The time that a text of RFC 3339 with a zone says; nil when it says none.
  public init?(rfc3339 text: String) {
    guard let time = try? RFC3339.parse(Array(text.utf8).span).get() else { return nil }
    self = time
  }
}

extension SourceReport {
  /// The same for machines.
  public var json: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("source", source)
      writer.member("force", force)
      writer.member("asOf", asOf.map(RFC3339.text))
      writer.member("isRegistered", registered != nil)
      writer.key("cadenceMinutes")
      if let minutes = registered?.cadenceMinutes { writer.integer(minutes) } else { writer.null() }
      writer.object("topics") { writer in
        for input in inputs { writer.object(input.topic) { input.write(into: &$0) } }
      }
      writer.object("refused") { writer in
        for topic in InputTopic.allCases {
          guard let codes = refused[topic] else { continue }
          writer.object(topic.name) { writer in
            for (code, count) in codes.sorted(by: { $0.key < $1.key }) { writer.member(code, count) }
          }
        }
      }
      writer.member("retried", retried)
      writer.array("newestRefused") { writer in
        for row in newest { row.write(into: &writer) }
      }
    }
    return writer.bytes
  }
}

extension SourceReport.Input {
  fileprivate func write(into writer: inout JSONWriter) {
    writer.member("received", received.map(RFC3339.text))
    writer.member("occurred", occurred.map(RFC3339.text))
    writer.member("state", state)
    writer.member("folded", folded)
    writer.member("duplicate", duplicate)
    writer.member("superseded", superseded)
    writer.member("conflict", conflict)
    writer.member("unmappedOffence", unmappedOffence)
    writer.object("unattributed") { writer in
      for (reason, count) in unattributed { writer.member(reason, count) }
    }
  }
}

extension RefusedRow {
  /// An object of what the rejection says. `row`: the row itself, where it was read.
  public func write(into writer: inout JSONWriter, row: String?? = nil) {
    writer.object { writer in
      writer.member("at", RFC3339.text(at))
      writer.member("topic", partition.topic)
      writer.member("partition", partition.partition)
      writer.member("offset", offset)
      writer.member("source", source)
      writer.member("code", code)
      writer.member("member", member)
      writer.member("reason", reason)
      writer.member("action", action)
      writer.member("isRetried", isRetried)
      if let row { writer.member("row", row) }
    }
  }
}
