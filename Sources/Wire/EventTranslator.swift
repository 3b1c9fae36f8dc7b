import Hotspots
import Incidents

/// Translates records of one of the inputs into lines of the journal: CloudEvents 1.0 in JSON, in structured mode
/// (`content-type: application/cloudevents+json`, or no header `ce_specversion`) or in binary mode (the attributes in
/// `ce_…` headers).
///
/// What an event says decides the line, and nothing else but the arrival's time does: the same record gives the same line
/// on every machine. An accepted record allocates nothing once the buffers have grown, a hospital's return aside.
public struct EventTranslator: ~Copyable {
  /// The largest value that is taken, in bytes; in binary mode together with the attributes.
  public static let largestSize = 262_144

  let topic: InputTopic
  private let listed: SourceTable?
  var document = JSONDocument()
  var content = EventContent()
  /// What an identity is the digest of.
  var name: [UInt8] = []
  var source: [UInt8] = []

  /// A translator of records of `topic` that refuses sources other than `sources` (nil: none is refused).
  public init(topic: InputTopic, sources: Set<String>?) {
    self.topic = topic
    listed = sources.map { names in
      names.sorted().reduce(into: SourceTable()) { _ = $0.index(of: $1.utf8.span) }
    }
  }

  /// Appends the line of an accepted record to `lines`, or answers why it is refused and leaves them as they were. `at`
  /// is the time of arrival.
  public mutating func translate(
    _ record: RecordBatch.Record, of batch: borrowing RecordBatch, at: EventTime, into lines: inout [UInt8]
  ) -> Rejection? {
    guard let slice = record.value else { return Rejection(.tombstone, .record, of: topic, source: nil) }
    guard slice.count <= Self.largestSize else { return Rejection(.tooLarge, .record, of: topic, source: nil) }
    source.removeAll(keepingCapacity: true)
    var reading = EventReading(topic: topic)
    let value = batch.bytes.span.extracting(slice.start..<slice.start + slice.count)
    if Self.isBinary(record, batch) {
      guard reading.collectHeaders(of: record, of: batch) + slice.count <= Self.largestSize else {
        return Rejection(.tooLarge, .record, of: topic, source: nil)
      }
      if parse(value), let root = document.root {
        reading.collectData(document, root)
      } else {
        reading.note(.notJSON, .data)
      }
    } else if parse(value) {
      reading.collectEvent(document)
    } else {
      return Rejection(.notJSON, .record, of: topic, source: nil)
    }
    reading.readEvent(document, batch, listed: listed, source: &source)
    if reading.hasData { reading.readData(document, at: at) }
    if let (fault, member, row) = reading.faults.first {
      return Rejection(
        fault, member, row: row, of: topic, source: source.isEmpty ? nil : String(decoding: source, as: UTF8.self))
    }
    write(&reading, record, of: batch, at: at, into: &lines)
    return nil
  }

  private mutating func parse(_ text: Span<UInt8>) -> Bool {
    do {
      try document.parse(text)
      return true
    } catch {
      return false
    }
  }

  private static func isBinary(_ record: RecordBatch.Record, _ batch: borrowing RecordBatch) -> Bool {
    var hasVersion = false
    for index in record.firstHeader..<record.firstHeader + record.headerCount {
      let header = batch.headers[index]
      switch EventMember(
        header: batch.bytes.span.extracting(header.name.start..<header.name.start + header.name.count))
      {
      case .specversion: hasVersion = true
      case .datacontenttype:
        guard let value = header.value else { continue }
        if batch.bytes.span.extracting(value.start..<value.start + value.count).isCloudEventsMediaType { return false }
      default: continue
      }
    }
    return hasVersion
  }
}
