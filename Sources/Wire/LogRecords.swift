/// A partition of a topic.
public struct TopicPartition: Hashable, Comparable, Sendable, CustomStringConvertible {
  public var topic: String
  public var partition: Int32

  public init(_ topic: String, _ partition: Int32) {
    self.topic = topic
    self.partition = partition
  }

  public static func < (a: TopicPartition, b: TopicPartition) -> Bool {
    a.topic == b.topic ? a.partition < b.partition : a.topic < b.topic
  }

  public var description: String { "\(topic)-\(partition)" }
}

/// A header of a record.
public struct RecordHeader: Hashable, Sendable {
  public var name: String
  public var value: [UInt8]

  public init(_ name: String, _ value: [UInt8]) {
    self.name = name
    self.value = value
  }

  public init(_ name: String, _ value: String) { self.init(name, Array(value.utf8)) }
}

/// A record to be written. A nil value is a tombstone; a nil partition leaves the choice to the key (murmur2, as Java's
/// clients do), or without a key to the log.
public struct OutgoingRecord: Sendable {
  public var topic: String
  public var partition: Int32?
  public var key: [UInt8]?
  public var value: [UInt8]?
  public var headers: [RecordHeader]

  public init(
    topic: String, partition: Int32? = nil, key: [UInt8]? = nil, value: [UInt8]?, headers: [RecordHeader] = []
  ) {
    self.topic = topic
    self.partition = partition
    self.key = key
    self.value = value
    self.headers = headers
  }
}

/// Records read from a log, in one arena of bytes that is used again for the next poll, so that reading allocates
/// nothing once the arena has grown to its size.
public struct RecordBatch: Sendable {
  /// One record; its parts are ranges of `bytes`. A nil value is a tombstone.
  public struct Record: Sendable, BitwiseCopyable {
    public var source: Int
    public var offset: Int64
    /// Milliseconds since 1970, of the kind that the topic is set to; -1 when the log has none.
    public var timestamp: Int64
    public var key: Slice?
    public var value: Slice?
    /// Indices into `headers`.
    public var firstHeader: Int
    public var headerCount: Int

    public init(
      source: Int, offset: Int64, timestamp: Int64, key: Slice?, value: Slice?, firstHeader: Int, headerCount: Int
    ) {
      self.source = source
      self.offset = offset
      self.timestamp = timestamp
      self.key = key
      self.value = value
      self.firstHeader = firstHeader
      self.headerCount = headerCount
    }
  }

  /// A range of `bytes`, half-open.
  public struct Slice: Sendable, BitwiseCopyable {
    public var start: Int
    public var count: Int

    public init(start: Int, count: Int) {
      self.start = start
      self.count = count
    }
  }

  /// A header: its name and, unless nil, its value.
  public struct Header: Sendable, BitwiseCopyable {
    public var name: Slice
    public var value: Slice?

    public init(name: Slice, value: Slice?) {
      self.name = name
      self.value = value
    }
  }

  public private(set) var bytes: [UInt8] = []
  public private(set) var records: [Record] = []
  public private(set) var headers: [Header] = []
  /// The partitions that records come from; `Record.source` points into it.
  public private(set) var sources: [TopicPartition] = []

  public init() {}

  /// Forgets the records and keeps the memory.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    records.removeAll(keepingCapacity: true)
    headers.removeAll(keepingCapacity: true)
    sources.removeAll(keepingCapacity: true)
  }

  /// The place of a partition in `sources`, added when it is new. Partitions are few: the search is linear, the newest
  /// first.
  public mutating func index(of partition: TopicPartition) -> Int {
    if let found = sources.lastIndex(of: partition) { return found }
    sources.append(partition)
    return sources.count - 1
  }

  /// Copies bytes into the arena.
  public mutating func append(_ contents: UnsafeRawBufferPointer) -> Slice {
    let start = bytes.count
    unsafe bytes.append(contentsOf: contents)
    return Slice(start: start, count: contents.count)
  }

  public mutating func append(header: Header) { headers.append(header) }

  public mutating func append(record: Record) { records.append(record) }

  /// The partition of a record.
  public func partition(of record: Record) -> TopicPartition { sources[record.source] }

  /// A copy of a part, for what is not on the hot path.
  public func copy(_ slice: Slice) -> [UInt8] { Array(bytes[slice.start..<slice.start + slice.count]) }

  /// A part as text, broken UTF-8 repaired, for what is not on the hot path.
  public func text(_ slice: Slice) -> String {
    String(decoding: bytes[slice.start..<slice.start + slice.count], as: UTF8.self)
  }

  /// The value of the record's first header of that name; nil when there is none.
  public func header(_ name: String, of record: Record) -> String? {
    for header in headers[record.firstHeader..<record.firstHeader + record.headerCount]
    where text(header.name) == name {
      return header.value.map(text)
    }
    return nil
  }
}
