import Hotspots
import Incidents
import Wire

/// What was published from one journal partition, held against a fold of it, frame by frame.
struct PublishedComparison {
  var extent = Verification.Extent()
  private let signals: [PublishedCursor]
  private let marks: [PublishedCursor]
  private let projections: [PublishedCursor]
  private let days: [PublishedCursor]
  private let statuses: [PublishedCursor]
  /// The frames before this one were published whole; what came later is nobody's fault.
  private let end: Int64
  /// How many frames were folded where the digests were equal last.
  private var lastEqual: Int64 = 0

  /// - Parameter first: the first frame that this release has published.
  init(_ partition: TopicPartition, names: Names, log: any LogFactory, release: Release, from first: Int64) throws {
    extent.first = first
    lastEqual = first
    let (number, count) = (partition.partition, try Founding(names: names, log: log).knownBirth().partitions.count)
    let newest = try ProgressReader(names: names, log: log).read()["fold:\(number)"]
    let mark = try newest.flatMap { FoldMark(progress: try JSONValue(parsing: $0)) }
    // Of an earlier release than the newest mark everything up to the next one's frame is published.
    end = mark.map { $0.release > release.number ? .max : $0.release == release.number ? $0.frame : 0 } ?? 0
    marks = try PublishedCursor.all(of: names(.progress), log: log) { item in
      guard item.record.key == Array("fold:\(number)".utf8) else { return .foreign }
      guard let folded = item.json["frame"]?.integer else { return .unreadable }
      return item.json["release"]?.integer == Int64(release.number) && folded > first ? .frame(folded) : .foreign
    }
    let place = { (item: PublishedCursor.Item) -> PublishedCursor.Place in
      guard let position = item.json["position"], let frame = position["frame"]?.integer,
        let named = position["partition"]?.integer, (0..<Int64(count)).contains(named)
      else { return .unreadable }
      return named == Int64(number) && frame >= first ? .frame(frame) : .foreign
    }
    signals = try PublishedCursor.all(of: names(.hotspotSignals), log: log, place: place)
    projections = try PublishedCursor.all(of: names(.boroughProjections), log: log, place: place)
    days = try PublishedCursor.all(of: names(.boroughDays), log: log, place: place)
    statuses = try PublishedCursor.all(of: names(.sourceStatus), log: log) { item in
      guard let position = item.position, (0..<Int32(count)).contains(position.partition) else { return .unreadable }
      return position.partition == number && position.frame >= first ? .frame(position.frame) : .foreign
    }
  }

  /// A frame was folded: compares everything that was published of it.
  mutating func compare(_ state: inout PartitionFold, line: String) throws {
    let frame = extent.frames
    extent.frames += 1
    let given = state.takeSignals()
    let due = state.takeSourceStatuses()
    state.settleDays()
    guard frame >= extent.first, frame < end else { return }
    try compare(given, frame, line)
    try compare(state.mark, frame, line)
    let fold = state.fold
    extent.projections += try compare(projections, "projection", frame, line) { Self.projection($0.json, of: fold) }
    extent.days += try compare(days, "day", frame, line) { Self.day($0.json, of: fold) }
    extent.statuses += try compare(statuses, "status", frame, line) { item in
      due.first { $0.key == item.record.key }.map { status in
        PublishedRecord(key: status.key, value: status.json, headers: status.headers)
      }
    }
  }

  private static func projection(_ json: JSONValue, of fold: Fold) -> PublishedRecord? {
    guard let bucket = json["area"]?.string.flatMap(Bucket.init(key:)), let refolded = fold.projection(of: bucket)
    else { return nil }
    return PublishedRecord(key: Array(bucket.key.utf8), value: refolded.json, headers: refolded.headers)
  }

  private static func day(_ json: JSONValue, of fold: Fold) -> PublishedRecord? {
    guard let bucket = json["area"]?.string.flatMap(Bucket.init(key:)),
      let day = json["day"]?.string.flatMap({ LocalDay($0) }), let refolded = fold.day(day, of: bucket)
    else { return nil }
    return PublishedRecord(key: refolded.key, value: refolded.json, headers: refolded.headers)
  }

  /// Signals are kept for ever, so each that the frame gives must be there, once, and in this order.
  private mutating func compare(_ given: [OutgoingSignal], _ frame: Int64, _ line: String) throws {
    for signal in given {
      let expected = PublishedRecord(key: signal.key, value: signal.value, headers: signal.headers)
      let candidates = try signals.compactMap { cursor in
        try cursor.head.flatMap { $0.frame ?? frame <= frame ? (cursor, $0.record) : nil }
      }
      guard let found = candidates.first(where: { $0.1 == expected }) ?? candidates.first else {
        throw difference("signal", frame...frame, nil, expected, line)
      }
      guard found.1 == expected else { throw difference("signal", frame...frame, found.1, expected, line) }
      found.0.advance()
      extent.signals += 1
    }
    for cursor in signals {
      guard let head = try cursor.head, let named = head.frame, named <= frame else { continue }
      throw difference("signal", named...named, head.record, nil, line)
    }
  }

  private mutating func compare(_ refolded: FoldMark, _ frame: Int64, _ line: String) throws {
    for cursor in marks {
      while let head = try cursor.head, head.frame ?? extent.frames <= extent.frames {
        for (subject, actual) in [("digest", refolded.digest.description), ("counts", refolded.countsText)] {
          let published = head.frame == extent.frames ? head.json[subject]?.string : nil
          guard published != actual else { continue }
          throw Verification.Difference(
            subject: subject, frames: min(lastEqual, frame)...frame,
            published: published ?? head.record.words(besides: nil), refolded: actual, line: line)
        }
        cursor.advance()
        extent.digests += 1
        lastEqual = extent.frames
      }
    }
  }

  /// Of what is compacted only some is left, so what is there must be right, and what is not there is no fault.
  private func compare(
    _ cursors: [PublishedCursor], _ subject: String, _ frame: Int64, _ line: String,
    refold: (PublishedCursor.Item) -> PublishedRecord?
  ) throws -> Int {
    var count = 0
    for cursor in cursors {
      while let head = try cursor.head, head.frame ?? frame <= frame {
        let refolded = head.frame == frame ? refold(head) : nil
        guard refolded == head.record else {
          let named = head.frame ?? frame
          throw difference(subject, min(lastEqual, named)...named, head.record, refolded, line)
        }
        cursor.advance()
        count += 1
      }
    }
    return count
  }

  /// Nothing may be left of the frames that were folded: what is stands behind a record that speaks of a later frame than
  /// it should.
  mutating func finish(before limit: Int64) throws {
    for (subject, cursors) in [
      ("signal", signals), ("digest", marks), ("projection", projections), ("day", days), ("status", statuses),
    ] {
      for cursor in cursors {
        var first: PublishedCursor.Item?
        while let head = try cursor.head {
          first = first ?? head
          if end > 0, let first, head.frame ?? 0 < min(end, limit) {
            let frame = head.frame ?? max(0, extent.frames - 1)
            throw difference(subject, frame...frame, first.record, nil, "")
          }
          cursor.advance()
        }
      }
    }
  }

  private func difference(
    _ subject: String, _ frames: ClosedRange<Int64>, _ published: PublishedRecord?, _ refolded: PublishedRecord?,
    _ line: String
  ) -> Verification.Difference {
    Verification.Difference(
      subject: subject, frames: frames, published: published?.words(besides: refolded) ?? "nothing",
      refolded: refolded?.words(besides: published) ?? "nothing", line: line)
  }
}
