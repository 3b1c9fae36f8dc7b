import Incidents
import Wire

/// Gathers what one ingest transaction accepts into frames of bounded size.
struct FrameBuilder {
  /// A frame is closed when it reaches this many bytes: large enough that Kafka's cost per record vanishes, small enough
  /// to be one message.
  private static let frameBytes = 256 << 10

  private let topic: String
  private let at: EventTime
  private var frames: [OutgoingRecord] = []
  private var count = 0
  /// The lines of the frame that is being filled.
  var lines: [UInt8] = []

  init(names: Names, at: EventTime) {
    topic = names(.journal)
    self.at = at
    lines.reserveCapacity(Self.frameBytes + (16 << 10))
  }

  /// Adds the tick of the hour: an empty frame.
  mutating func tick() {
    closeFrame()
    append(.tick, count: 0, value: [])
  }

  /// A line was appended to `lines`.
  mutating func endLine() {
    count += 1
    if lines.count >= Self.frameBytes { closeFrame() }
  }

  mutating func finish(into outbox: inout Outbox) {
    closeFrame()
    outbox.records.append(contentsOf: frames)
  }

  private mutating func closeFrame() {
    guard count > 0 else { return }
    append(.events, count: count, value: lines)
    lines.removeAll(keepingCapacity: true)
    count = 0
  }

  private mutating func append(_ kind: JournalFrame.Kind, count: Int, value: [UInt8]) {
    let frame = JournalFrame(kind: kind, at: at, count: count, value: value)
    frames.append(OutgoingRecord(topic: topic, partition: 0, value: value, headers: frame.headers))
  }
}
