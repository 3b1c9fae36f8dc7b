import Wire

/// A record as it was published, or as it should have been.
struct PublishedRecord: Equatable {
  var key: [UInt8]
  var value: [UInt8]
  var headers: [RecordHeader]

  init(key: [UInt8], value: [UInt8], headers: [RecordHeader]) {
    self.key = key
    self.value = value
    self.headers = headers
  }

  fileprivate init(_ record: RecordBatch.Record, of batch: borrowing RecordBatch) {
    key = record.key.map { batch.copy($0) } ?? []
    value = record.value.map { batch.copy($0) } ?? []
    headers = []
    for index in record.firstHeader..<record.firstHeader + record.headerCount {
      let header = batch.headers[index]
      headers.append(RecordHeader(batch.text(header.name), header.value.map { batch.copy($0) } ?? []))
    }
  }

  /// What tells it from another: its value, or where that is the same, key and headers.
  func words(besides other: PublishedRecord?) -> String {
    guard let other, other.value == value else { return String(decoding: value, as: UTF8.self) }
    let headers = headers.map { "\($0.name)=\(String(decoding: $0.value, as: UTF8.self))" }.joined(separator: " ")
    return "key \(String(decoding: key, as: UTF8.self)), headers \(headers)"
  }
}

/// Reads what one partition of the journal has brought to one partition of a topic, in the order of the log and up to
/// where that ends when reading begins. It keeps no more than one poll has brought.
final class PublishedCursor {
  /// A record and what it says of its place.
  struct Item {
    var record: PublishedRecord
    var json: JSONValue
    /// The frame that it speaks of; nil when it does not say so as it should.
    var frame: Int64?

    /// The place that the record's id ends with: `name@partition.frame.index`; nil when it does not.
    var position: (partition: Int32, frame: Int64)? {
      guard let id = record.headers.first(where: { $0.name == "ce_id" })?.value,
        let at = id.lastIndex(of: UInt8(ascii: "@"))
      else { return nil }
      let parts = id[id.index(after: at)...].split(separator: UInt8(ascii: ".")).map {
        String(decoding: $0, as: UTF8.self)
      }
      guard parts.count == 3, let partition = Int32(parts[0]), let frame = Int64(parts[1]) else { return nil }
      return (partition, frame)
    }
  }

  private let reader: any LogConsumer
  private let end: Int64
  private let place: (Item) -> Place
  private var batch = RecordBatch()
  private var waiting: [Item] = []
  private var next = 0
  private var isAtEnd = false

  /// What a record is to the partition of the journal.
  enum Place {
    case foreign
    case unreadable
    case frame(Int64)
  }

  /// - Parameter place: what to make of a record whose `frame` is not known yet.
  init(_ partition: TopicPartition, log: any LogFactory, place: @escaping (Item) -> Place) throws(LogError) {
    self.place = place
    reader = try log.makeReader()
    let bounds = try reader.bounds(of: partition)
    end = bounds.next
    isAtEnd = bounds.first >= bounds.next
    if !isAtEnd { try reader.assign([partition: bounds.first]) }
  }

  deinit { reader.close(leaving: true) }

  /// The next record; nil at the end.
  var head: Item? {
    get throws(LogError) {
      while next >= waiting.count, !isAtEnd { try fill() }
      return next < waiting.count ? waiting[next] : nil
    }
  }

  func advance() { next += 1 }

  private func fill() throws(LogError) {
    waiting.removeAll(keepingCapacity: true)
    next = 0
    batch.removeAll()
    let signal = try reader.poll(
      into: &batch, limit: PollLimit(records: 1_000, bytes: 4 << 20), waiting: .milliseconds(200))
    for record in batch.records where record.offset < end {
      let copy = PublishedRecord(record, of: batch)
      var item = Item(record: copy, json: (try? JSONValue(parsing: copy.value)) ?? .null)
      switch place(item) {
      case .foreign: continue
      case .unreadable: break
      case .frame(let frame): item.frame = frame
      }
      waiting.append(item)
    }
    if case .endOfPartition(_, let offset)? = signal, offset >= end { isAtEnd = true }
    if let last = batch.records.last, last.offset >= end - 1 { isAtEnd = true }
  }
}

extension PublishedCursor {
  /// Cursors over all partitions of a topic.
  static func all(
    of topic: String, log: any LogFactory, place: @escaping (Item) -> Place
  ) throws -> [PublishedCursor] {
    let administration = try log.makeAdministration()
    defer { administration.close() }
    guard let description = try administration.describe(topics: [topic], settings: []).first else {
      throw LogError(
        .unknownTopic, .stop, reason: "there is no topic \(topic)", advice: "run `bellwether topics apply` first")
    }
    return try description.topicPartitions.map { try PublishedCursor($0, log: log, place: place) }
  }
}
