import Incidents

/// What became of the journaled records of one topic (or of one source in it). Each record has one verdict, never
/// changed.
public struct Verdicts: Hashable, Sendable, BitwiseCopyable {
  public var folded: Int64 = 0
  public var duplicate: Int64 = 0
  public var conflict: Int64 = 0
  public var superseded: Int64 = 0
  /// Of the folded: an offence that the rules table does not list.
  public var unmappedOffence: Int64 = 0
  /// Of the folded: counted in no area.
  public var unattributed: Int64 = 0

  public init() {}

  /// All records judged.
  public var total: Int64 { folded + duplicate + conflict + superseded }

  public static func += (a: inout Verdicts, b: Verdicts) {
    a.folded += b.folded
    a.duplicate += b.duplicate
    a.conflict += b.conflict
    a.superseded += b.superseded
    a.unmappedOffence += b.unmappedOffence
    a.unattributed += b.unattributed
  }
}

enum Verdict: Sendable {
  case folded, duplicate, conflict, superseded
}
