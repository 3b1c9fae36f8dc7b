import Incidents
import Wire

/// The running totals of one input partition. They ride in the metadata of the committed offset, so that they are exactly
/// as true as the offset itself.
public struct IngestTotals: Hashable, Sendable {
  /// The offset of the next record to read.
  public var offset: Int64
  /// Records read; the sum of the next two.
  public var received: Int64 = 0
  public var accepted: Int64 = 0
  public var rejected: Int64 = 0
  /// Of the rejected, how many by code.
  public var codes: [RejectionCode: Int64] = [:]
  /// The hour of the journal's last tick that rode on this partition.
  public var tickHour = Hour(index: 0)

  public init(offset: Int64) { self.offset = offset }

  private static let format = "1"

  /// `format:received:accepted:rejected:tickHour:code=n,code=n`.
  public var metadata: String {
    let codes = sortedCodes.map { "\($0.key.name)=\($0.value)" }.joined(separator: ",")
    return "\(Self.format):\(received):\(accepted):\(rejected):\(tickHour.index):\(codes)"
  }

  /// Reads a committed offset back; nil when its metadata is not ours.
  public init?(_ committed: CommittedOffset) {
    let parts = committed.metadata.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == Self.format, let received = Int64(parts[1]), let accepted = Int64(parts[2]),
      let rejected = Int64(parts[3]), let tickHour = Int32(parts[4])
    else { return nil }
    self.init(offset: committed.offset)
    self.received = received
    self.accepted = accepted
    self.rejected = rejected
    self.tickHour = Hour(index: tickHour)
    for pair in parts[5].split(separator: ",") {
      let halves = pair.split(separator: "=")
      guard halves.count == 2, let code = RejectionCode.allCases.first(where: { $0.name == halves[0] }),
        let count = Int64(halves[1])
      else { return nil }
      codes[code] = count
    }
  }

  /// The committed offset that a record of `progress` speaks of; nil when it is none.
  static func committed(json: [UInt8]) -> CommittedOffset? {
    guard let value = try? JSONValue(parsing: json), let offset = value["offset"]?.integer,
      let received = value["received"]?.integer, let accepted = value["accepted"]?.integer,
      let rejected = value["rejected"]?.integer, let codes = value["codes"]?.members,
      let tickHour = value["tickHour"]?.integer
    else { return nil }
    var totals = IngestTotals(offset: offset)
    (totals.received, totals.accepted, totals.rejected) = (received, accepted, rejected)
    totals.tickHour = Hour(index: Int32(clamping: tickHour))
    for member in codes {
      guard let code = RejectionCode.allCases.first(where: { $0.name == member.name }),
        let count = member.value.integer
      else { return nil }
      totals.codes[code] = count
    }
    return CommittedOffset(offset: offset, metadata: totals.metadata)
  }

  private var sortedCodes: [(key: RejectionCode, value: Int64)] {
    codes.sorted { $0.key.rawValue < $1.key.rawValue }
  }

  /// The record of `progress` that says the same.
  func progress(of partition: TopicPartition, names: Names) -> OutgoingRecord {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("topic", partition.topic)
      writer.member("partition", partition.partition)
      writer.member("offset", offset)
      writer.member("received", received)
      writer.member("accepted", accepted)
      writer.member("rejected", rejected)
      writer.object("codes") { writer in
        for (code, count) in sortedCodes { writer.member(code.name, count) }
      }
      writer.member("tickHour", tickHour.index)
    }
    return OutgoingRecord(
      topic: names(.progress), partition: 0,
      key: Array("ingest:\(partition.topic):\(partition.partition)".utf8), value: writer.bytes)
  }
}
