import Incidents
import Wire

/// Looks at everything that a deployment rests on, names what is wrong and what to do about it, and can put back the
/// offsets that a group has lost.
///
/// Kafka forgets the offsets of a group that has been idle for a week. `progress` has each of them, written in the same
/// transaction: it is what they were, never a guess.
public struct Doctor {
  /// What was looked at, and what is wrong with it.
  public struct Finding: Hashable, Sendable {
    public enum Severity: Int, Comparable, Sendable {
      /// As it should be.
      case fine
      /// Nothing that keeps the service from running.
      case wrong
      /// The service stops over it: code and history disagree, or an offset is missing.
      case stopping

      public static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }
    }

    public var severity: Severity
    /// What was looked at: `topics`, `journal`, a partition …
    public var subject: String
    public var text: String
    /// What a person can do about it; empty when nothing need be done.
    public var advice: String

    public init(_ severity: Severity, _ subject: String, _ text: String, advice: String = "") {
      self.severity = severity
      self.subject = subject
      self.text = text
      self.advice = advice
    }
  }

  private let names: Names
  private let log: any LogFactory

  public init(names: Names, log: any LogFactory) {
    self.names = names
    self.log = log
  }

  /// What there is to say, in the order in which it is to be mended. Changes nothing.
  public func examine() throws -> [Finding] {
    let administration = try log.makeAdministration()
    defer { administration.close() }
    var findings = topics(try TopicPlan(names: names, administration: administration))
    guard !findings.contains(where: { $0.severity == .stopping }) else { return findings }
    let progress = try ProgressReader(names: names, log: log).read()
    guard let birth = try progress["journal"].map({ try Birth(json: $0) }) else {
      let advice = "run `bellwether topics apply`"
      return findings + [Finding(.stopping, "journal", "it has not been born", advice: advice)]
    }
    findings += program(birth)
    for standing in try standings(progress, administration) { findings += look(at: standing) }
    return findings
  }

  /// Puts back each offset that a group has lost and `progress` knows, all in one transaction, and says what it did. It is
  /// refused while the group has members; a static one counts as such until its session is over.
  public func repair() throws -> [String] {
    // From here on no other control writer changes what is read now.
    let writer = try ControlWriter(names: names, log: log)
    let administration = try log.makeAdministration()
    defer { administration.close() }
    var offsets: [String: [TopicPartition: CommittedOffset]] = [:]
    var done: [String] = []
    for standing in try standings(writer.progress, administration) where standing.committed == nil {
      guard let known = standing.known else { continue }
      let group = names.group(standing.role)
      offsets[group, default: [:]][standing.partition] = known
      done.append("restored the offset of \(group) in \(standing.partition): \(known.offset), as progress has it")
    }
    guard !done.isEmpty else { return [] }
    try writer.write([], offsets: offsets)
    return done
  }

  /// Who still belongs to a group that has lost an offset: a repair has to wait for them.
  public func members() throws -> [GroupMember] {
    let administration = try log.makeAdministration()
    defer { administration.close() }
    let progress = try ProgressReader(names: names, log: log).read()
    let lost = Set(try standings(progress, administration).filter { $0.committed == nil }.map(\.role))
    return try Role.allCases.filter(lost.contains).flatMap { try administration.members(of: names.group($0)) }
  }

  // MARK: What is looked at

  private func topics(_ plan: TopicPlan) -> [Finding] {
    let missing = plan.missing.map { topic in
      Finding(.stopping, "topics", "\(topic.name) does not exist", advice: "run `bellwether topics apply`")
    }
    let drifts = plan.drifts.map { drift in
      Finding(
        .wrong, "topics", "\(drift)", advice: "set it with Kafka's own tools, or leave it if it is so on purpose")
    }
    return plan.isEmpty ? [Finding(.fine, "topics", "all are as they should be")] : missing + drifts
  }

  /// Whether this program may fold the journal.
  private func program(_ birth: Birth) -> [Finding] {
    let ours = CheckpointHeader.Origin(journal: birth.journal)
    guard birth.areas == ours.areas, birth.rules == ours.rules, birth.release <= ours.release else {
      return [
        Finding(
          .wrong, "journal", "\(birth.journal) was born with other areas, rules or a later release of the fold",
          advice: "counts may differ: run `bellwether verify`, and the program that this journal belongs to")
      ]
    }
    return [Finding(.fine, "journal", "\(birth.journal), of this program's areas and rules")]
  }

  /// A partition as a group, the log and `progress` have it.
  private struct Standing {
    var role: Role
    var partition: TopicPartition
    var committed: CommittedOffset?
    var bounds: OffsetBounds
    /// What `progress` says that the group has committed; nil when it says nothing.
    var known: CommittedOffset?
    var parking: StopReason?
  }

  private func standings(
    _ progress: [String: [UInt8]], _ administration: any LogAdministration
  ) throws -> [Standing] {
    var standings: [Standing] = []
    for (role, topics) in [(Role.ingest, names.inputs), (.fold, [names(.journal)])] {
      let partitions = try administration.describe(topics: topics, settings: []).flatMap(\.topicPartitions).sorted()
      let committed = try administration.stableCommitted(group: names.group(role), partitions)
      let bounds = try administration.bounds(of: partitions)
      for partition in partitions {
        let key = role == .ingest ? "ingest:\(partition.topic):\(partition.partition)" : "fold:\(partition.partition)"
        standings.append(
          Standing(
            role: role, partition: partition, committed: committed[partition],
            bounds: bounds[partition] ?? OffsetBounds(first: 0, next: 0),
            known: progress[key].flatMap {
              role == .ingest ? IngestTotals.committed(json: $0) : FoldMark.committed(json: $0)
            },
            parking: role == .fold
              ? progress["parked:\(partition.partition)"].flatMap {
                Parking.reason(json: $0, at: committed[partition]?.offset)
              } : nil))
      }
    }
    return standings
  }

  private func look(at standing: Standing) -> [Finding] {
    let (partition, group) = (standing.partition, names.group(standing.role))
    let subject = "\(group) in \(partition)"
    guard let committed = standing.committed else {
      return [lost(standing, subject)]
    }
    var findings: [Finding] = []
    let isOurs =
      standing.role == .ingest ? IngestTotals(committed) != nil : FoldMark(metadata: committed.metadata) != nil
    if !isOurs {
      findings.append(
        Finding(
          .stopping, subject,
          "the committed offset \(committed.offset) does not carry what this program writes with it",
          advice: "stop whatever has committed it, delete the group's offset with Kafka's own tools, then run "
            + "`bellwether doctor --repair`"))
    }
    // Read first, so it cannot be ahead of what is committed: both are written in one transaction.
    if let known = standing.known, known.offset > committed.offset {
      findings.append(
        Finding(
          .stopping, subject,
          "committed is \(committed.offset), but progress says that \(known.offset) was: it was reset",
          advice: "what lies between would be published twice: delete the group's offset with Kafka's own tools, then "
            + "run `bellwether doctor --repair`"))
    }
    findings += extent(standing, committed, subject)
    if let parking = standing.parking {
      findings.append(Finding(.stopping, subject, "parked: \(parking.reason)", advice: parking.advice))
    }
    let end = "\(committed.offset) of \(standing.bounds.next)"
    return findings.isEmpty ? [Finding(.fine, subject, "at \(end)")] : findings
  }

  private func lost(_ standing: Standing, _ subject: String) -> Finding {
    guard let known = standing.known else {
      return Finding(
        .stopping, subject, "there is no committed offset, and progress has never had one",
        advice: "a new partition or journal: run `bellwether topics apply`")
    }
    return Finding(
      .stopping, subject, "the committed offset is lost; progress says that it was \(known.offset)",
      advice: "run `bellwether doctor --repair`")
  }

  /// Whether the log still has what is to be read.
  private func extent(_ standing: Standing, _ committed: CommittedOffset, _ subject: String) -> [Finding] {
    let bounds = standing.bounds
    var findings: [Finding] = []
    if committed.offset > bounds.next {
      findings.append(
        Finding(
          .stopping, subject, "committed is \(committed.offset), and the log ends at \(bounds.next): records were lost",
          advice: "restore the topic, or find out who has deleted and made it anew"))
    }
    if committed.offset < bounds.first {
      findings.append(
        Finding(
          .stopping, subject,
          "the records \(committed.offset) to \(bounds.first - 1) were deleted before they were read",
          advice: "have them sent again, and let the log keep its records for longer"))
    } else if standing.role == .fold, bounds.first > 0 {
      findings.append(
        Finding(
          .wrong, subject, "the journal begins at offset \(bounds.first): its birth is gone",
          advice: "only a checkpoint can be started from now: keep the state directories, set the topic's retention.ms "
            + "and retention.bytes to -1, and restore the journal from an archive"))
    }
    return findings
  }
}
