import Incidents
import Wire

/// A record of an input topic, made for a test.
public struct GeneratedRecord: Hashable, Sendable {
  /// What a record is for.
  public enum Role: Hashable, Sendable, CaseIterable {
    /// The first revision of an incident.
    case first
    /// A further revision; of those, one that moves the incident to another force's area.
    case revision, moveToAnotherForce
    case cancellation, transfer
    /// A revision after a cancellation or a transfer: the incident counts again.
    case revival
    /// A revision that was sent before, with the same content.
    case repetition
    /// A revision that was sent before, with other content.
    case conflict
    /// A record that must be refused.
    case poison
  }

  public var topic: InputTopic
  public var partition: Int32
  public var key: [UInt8]?
  public var headers: [RecordHeader]
  /// Nil: a tombstone.
  public var value: [UInt8]?
  /// The code that a poisoned record must earn; nil for all others, which must be accepted.
  public var expectedCode: RejectionCode?
  /// Where the fault of a poisoned record lies: a JSON pointer.
  public var expectedMember: String?
  public var role: Role
  /// The same for records of one source, reference and revision, whose order decides what stands; nil for poison.
  public var series: Int?

  public init(
    topic: InputTopic = .incidents, partition: Int32, key: [UInt8]?, headers: [RecordHeader], value: [UInt8]?,
    expectedCode: RejectionCode?,
    expectedMember: String?, role: Role, series: Int?
  ) {
    self.topic = topic
    self.partition = partition
    self.key = key
    self.headers = headers
    self.value = value
    self.expectedCode = expectedCode
    self.expectedMember = expectedMember
    self.role = role
    self.series = series
  }

  /// The record as it goes to a log whose topics have a prefix.
  public func outgoing(prefix: String = "") -> OutgoingRecord {
    OutgoingRecord(topic: prefix + topic.name, partition: partition, key: key, value: value, headers: headers)
  }

  /// A partition for a key or a reference: the same for equal bytes, whatever the log's own choice would be (FNV-1a).
  static func partition(of bytes: some Sequence<UInt8>, among partitions: Int32) -> Int32 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return Int32((hash >> 32) % UInt64(partitions))
  }
}

extension [GeneratedRecord] {
  /// The same records in another order of arrival, in which nothing is kept but the order of records of one source,
  /// reference and revision. Revisions of an incident may come in any order.
  public func shuffled(seed: UInt64) -> [GeneratedRecord] {
    var generator = SeededGenerator(seed: seed)
    var order = generator.shuffled([Int](indices))
    var places: [Int: [Int]] = [:]
    for (place, index) in order.enumerated() {
      if let series = self[index].series { places[series, default: []].append(place) }
    }
    // The places that a series got are dealt out again in its own order: each series on its own, so the order in which
    // the dictionary gives them plays no part.
    for taken in places.values where taken.count > 1 {
      for (place, index) in zip(taken, taken.map { order[$0] }.sorted()) { order[place] = index }
    }
    return order.map { self[$0] }
  }
}
