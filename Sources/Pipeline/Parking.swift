import Wire

/// Why a partition of the journal is owned and not read, and what the group had committed when that was found.
///
/// It is written to `progress` once, in a transaction that commits the group's offset unchanged: so it is refused from
/// whoever is no longer the owner, and it holds for as long as the group's offset stands where it stood.
struct Parking {
  var reason: StopReason
  var groupOffset: CommittedOffset
  /// Whether `progress` says so.
  var isTold = false
  /// Whether the consumer reads on without the partition.
  var isLeft = false

  init(_ reason: StopReason, groupOffset: CommittedOffset) {
    self.reason = reason
    self.groupOffset = groupOffset
  }

  func tell(of partition: TopicPartition, names: Names, in outbox: inout Outbox) {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("partition", partition.partition)
      writer.member("offset", groupOffset.offset)
      writer.member("reason", reason.reason)
      writer.member("advice", reason.advice)
    }
    outbox.records.append(
      OutgoingRecord(
        topic: names(.progress), partition: 0, key: Array("parked:\(partition.partition)".utf8), value: writer.bytes))
    outbox.offsets[partition] = groupOffset
  }

  /// What `progress` says of a partition; nil when that was at another offset than the group's now.
  static func reason(json: [UInt8], at groupOffset: Int64?) -> StopReason? {
    guard let value = try? JSONValue(parsing: json), let offset = value["offset"]?.integer, offset == groupOffset,
      let reason = value["reason"]?.string, let advice = value["advice"]?.string
    else { return nil }
    return StopReason(.divergence, reason: reason, advice: advice)
  }
}
