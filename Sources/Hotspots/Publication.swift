import Incidents

/// What was last published of each bucket, so that only changes are.
struct Publication: Sendable {
  private struct Entry: Sendable {
    /// It has had an event, so it is published once per journal hour from then on.
    var isKnown = false
    /// It may differ from what was published.
    var isTouched = false
    var hour: Hour?
    var measures: [MeasureCounts] = []
    var hiddenHarm: HiddenHarm?
    var signals: [StandingSignal] = []
  }

  private var entries = [Entry](repeating: Entry(), count: Bucket.count)
  /// The last day that hidden harm counts, for no force and then for each force, when it was last looked at.
  var covered = [LocalDay?](repeating: nil, count: Force.count + 1)

  /// An event came to count in a bucket.
  mutating func note(_ bucket: Bucket) {
    entries[bucket.index].isKnown = true
    entries[bucket.index].isTouched = true
  }

  /// Something that counted in a bucket was taken back, or a signal of it has a new revision.
  mutating func touch(_ bucket: Bucket) { entries[bucket.index].isTouched = true }

  /// What was published is not known any more: everything is due.
  mutating func forget() {
    for index in entries.indices where entries[index].isKnown {
      entries[index].isTouched = true
      entries[index].hour = nil
    }
  }

  /// The buckets that have had an event, in bucket order.
  var known: [Bucket] { entries.indices.lazy.filter { entries[$0].isKnown }.map { Bucket(index: $0) } }

  /// The buckets that may have to be published, in bucket order.
  func due(at hour: Hour) -> [Bucket] {
    entries.indices.lazy.filter { entries[$0].isKnown && (entries[$0].isTouched || entries[$0].hour != hour) }
      .map { Bucket(index: $0) }
  }

  /// Notes what is about to be published; false when it equals what was published in the same hour.
  mutating func publish(
    _ measures: [MeasureCounts], _ hiddenHarm: HiddenHarm?, _ signals: [StandingSignal], of bucket: Bucket,
    at hour: Hour
  ) -> Bool {
    let known = entries[bucket.index]
    entries[bucket.index].isTouched = false
    guard
      known.hour != hour || known.measures != measures || known.hiddenHarm != hiddenHarm || known.signals != signals
    else { return false }
    entries[bucket.index].hour = hour
    entries[bucket.index].measures = measures
    entries[bucket.index].hiddenHarm = hiddenHarm
    entries[bucket.index].signals = signals
    return true
  }
}
