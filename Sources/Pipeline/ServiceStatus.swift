import Hotspots
import Incidents
import Wire

/// Where the service stands, read from the log: offsets, totals and verdicts as they were committed.
public struct ServiceStatus: Sendable {
  /// A partition as a group reads it.
  public struct Position: Sendable {
    public var partition: TopicPartition
    public var role: Role
    /// The group's committed offset; nil when it has none.
    public var offset: Int64?
    /// The offset behind the last record that a reader can see.
    public var end: Int64
    /// The instance that owns it; nil while nobody does. A stopped one keeps its partitions until its session is over.
    public var owner: String?
    /// Where the owner runs, as the broker says it.
    public var host: String?
    /// What the committed offset carries: of the fold.
    public var mark: FoldMark?
    /// Why it is owned and not read.
    public var parking: StopReason?

    /// Offsets still to be read; markers of transactions are among them. The journal is written in transactions only,
    /// so its end lies behind a marker that is nothing to read.
    public var lag: Int64? { offset.map { max(0, end - $0 - (role == .fold ? 1 : 0)) } }
  }

  /// What became of the records of an input topic. Each record has one verdict.
  public struct Account: Sendable {
    public var topic: InputTopic
    /// Records read by ingest.
    public var received: Int64 = 0
    public var rejected: Int64 = 0
    public var codes: [RejectionCode: Int64] = [:]
    public var folded: Int64 = 0
    public var duplicate: Int64 = 0
    public var conflict: Int64 = 0
    public var superseded: Int64 = 0
    public var unmappedOffence: Int64 = 0
    public var unattributed: Int64 = 0

    /// Journaled, but not yet folded.
    public var waiting: Int64 { received - rejected - folded - duplicate - conflict - superseded }

    /// Whether all that ingest had journaled was folded when these numbers were read, so that nothing may be waiting.
    public var isCaughtUp = false

    /// Whether nothing was lost and nothing was counted twice.
    public var isConserved: Bool { isCaughtUp ? waiting == 0 : waiting >= 0 }
  }

  public var birth: Birth
  public var positions: [Position]
  public var accounts: [Account]
  /// The journal's time as the fold has it; nil before the first commit.
  public var now: EventTime?
  /// How many pairs of hospital returns of one site have periods that share a day; both count.
  public var overlapCount: Int64 = 0
  /// The newest of them.
  public var overlaps: [OverlappingReturns] = []

  /// Reads it all; the parts are a moment apart, so while the service runs a later part may be newer.
  public init(names: Names, log: any LogFactory) throws {
    let progress = try ProgressReader(names: names, log: log).read()
    birth = try Birth.known(in: progress, names: names)
    let administration = try log.makeAdministration()
    defer { administration.close() }
    positions = []
    accounts = InputTopic.allCases.map { Account(topic: $0) }
    for (role, topics) in [(Role.ingest, names.inputs), (.fold, [names(.journal)])] {
      let partitions = try administration.describe(topics: topics, settings: []).flatMap(\.topicPartitions).sorted()
      let committed = try administration.committed(group: names.group(role), partitions)
      let bounds = try administration.bounds(of: partitions)
      let members = try administration.members(of: names.group(role))
      for partition in partitions {
        let owner = members.first { $0.partitions.contains(partition) }
        var position = Position(
          partition: partition, role: role, offset: committed[partition]?.offset, end: bounds[partition]?.next ?? 0,
          owner: owner?.instance, host: owner?.host)
        if role == .fold {
          position.mark = committed[partition].flatMap { FoldMark(metadata: $0.metadata) }
          position.parking = progress["parked:\(partition.partition)"].flatMap {
            Parking.reason(json: $0, at: position.offset)
          }
        }
        positions.append(position)
        if role == .ingest, let totals = committed[partition].flatMap(IngestTotals.init) {
          add(totals, of: names.inputTopic(named: partition.topic))
        }
      }
    }
    var judged: [Int32: Int64] = [:]
    for (key, value) in progress where key.hasPrefix("fold:") {
      let fold = try JSONValue(parsing: value)
      add(verdicts: fold)
      if let partition = fold["partition"]?.integer, let offset = fold["offset"]?.integer {
        judged[Int32(clamping: partition)] = offset
      }
    }
    // The verdicts were read first and the journal's end last: if the verdicts are those of the committed offsets, and
    // nothing lies behind these, then the totals of ingest, read between, are all folded.
    let isCaughtUp = positions.allSatisfy { position in
      position.role != .fold || (position.lag == 0 && judged[position.partition.partition] == position.offset)
    }
    for index in accounts.indices { accounts[index].isCaughtUp = isCaughtUp }
  }

  private mutating func add(_ totals: IngestTotals, of topic: InputTopic?) {
    guard let index = accounts.firstIndex(where: { $0.topic == topic }) else { return }
    accounts[index].received += totals.received
    accounts[index].rejected += totals.rejected
    accounts[index].codes.merge(totals.codes, uniquingKeysWith: +)
  }

  private mutating func add(verdicts fold: JSONValue) {
    if let milliseconds = fold["now"]?.integer {
      let time = EventTime(milliseconds: milliseconds)
      now = max(now ?? time, time)
    }
    overlapCount += fold["overlaps"]?["count"]?.integer ?? 0
    overlaps += (fold["overlaps"]?["newest"]?.elements ?? []).compactMap(OverlappingReturns.init(json:))
    for index in accounts.indices {
      guard let verdicts = fold["verdicts"]?[accounts[index].topic.name] else { continue }
      func count(_ name: String) -> Int64 { verdicts[name]?.integer ?? 0 }
      accounts[index].folded += count("folded")
      accounts[index].duplicate += count("duplicate")
      accounts[index].conflict += count("conflict")
      accounts[index].superseded += count("superseded")
      accounts[index].unmappedOffence += count("unmappedOffence")
      accounts[index].unattributed += count("unattributed")
    }
  }
}

extension ServiceStatus {
  /// The same for machines. `checkpointAge`: in seconds, of the newest checkpoint of a partition that is known of.
  public func json(checkpointAge: (TopicPartition) -> Int64? = { _ in nil }) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("journal", birth.journal)
      writer.member("now", now.map(RFC3339.text))
      writer.array("positions") { writer in
        for position in positions {
          writer.object { writer in
            writer.member("topic", position.partition.topic)
            writer.member("partition", position.partition.partition)
            writer.member("role", position.role.rawValue)
            writer.key("offset")
            if let offset = position.offset { writer.integer(offset) } else { writer.null() }
            writer.member("end", position.end)
            writer.key("lag")
            if let lag = position.lag { writer.integer(lag) } else { writer.null() }
            writer.member("owner", position.owner)
            writer.member("host", position.host)
            guard position.role == .fold else { return }
            writer.member("digest", position.mark?.digest.description)
            writer.key("frame")
            if let mark = position.mark { writer.integer(mark.frame) } else { writer.null() }
            writer.key("checkpointAgeSeconds")
            if let age = checkpointAge(position.partition) { writer.integer(age) } else { writer.null() }
            writer.member("parked", position.parking?.reason)
          }
        }
      }
      writer.object("verdicts") { writer in
        for account in accounts {
          writer.object(account.topic.name) { writer in
            writer.member("in", account.received)
            writer.member("rejected", account.rejected)
            writer.member("folded", account.folded)
            writer.member("duplicate", account.duplicate)
            writer.member("conflict", account.conflict)
            writer.member("superseded", account.superseded)
            writer.member("waiting", account.waiting)
            writer.member("unmappedOffence", account.unmappedOffence)
            writer.member("unattributed", account.unattributed)
            writer.object("codes") { writer in
              for (code, count) in account.codes.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                writer.member(code.name, count)
              }
            }
          }
        }
      }
      writer.object("overlaps") { writer in
        writer.member("count", overlapCount)
        writer.array("newest") { writer in
          for overlap in overlaps { overlap.write(into: &writer) }
        }
      }
      writer.member("conserved", accounts.allSatisfy(\.isConserved))
    }
    return writer.bytes
  }
}
