import Wire

/// A reader sees no further than to the oldest undecided transaction, whosesoever, and not at once what a commit has
/// decided. So who has to know everything that was committed before writes a record of its own, and waits for it.
extension ProgressReader {
  /// How often a record is asked for, and how long each time: far longer than the log lets a transaction stay undecided.
  private static let patience = (polls: 1_500, waiting: Duration.milliseconds(200))

  /// `progress` with all that was committed before this call. `key` and `value` are those of the record to be waited for.
  func readSettled(marking key: String, _ value: [UInt8], by producer: any LogProducer) throws -> [String: [UInt8]] {
    var outbox = Outbox()
    outbox.records = [OutgoingRecord(topic: names(.progress), partition: 0, key: Array(key.utf8), value: value)]
    var mark: [Delivery] = []
    try TransactionDriver(producer: producer, passing: nil).send(outbox) { () throws(LogError) in
      .administrator(group: names.group(.ingest))
    } check: { deliveries throws(LogError) in
      mark = deliveries
    }
    guard try areSeen(mark) else {
      throw LogError(
        .other, .stop, reason: "a transaction in \(names(.progress)) stays undecided",
        advice: "once the log has ended it, try again")
    }
    return try read()
  }

  /// Waits until readers see these records, which are committed; false when that takes too long.
  func areSeen(_ deliveries: [Delivery]) throws(LogError) -> Bool {
    for (partition, offset) in Dictionary(deliveries.map { ($0.partition, $0.offset) }, uniquingKeysWith: max) {
      let reader = try log.makeReader()
      defer { reader.close(leaving: true) }
      try reader.assign([partition: offset])
      var batch = RecordBatch()
      var polls = 0
      while batch.records.isEmpty {
        guard polls < Self.patience.polls else { return false }
        polls += 1
        _ = try reader.poll(into: &batch, limit: PollLimit(records: 1, bytes: 1), waiting: Self.patience.waiting)
      }
    }
    return true
  }
}
