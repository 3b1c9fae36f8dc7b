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
  /// Of what the folded told of: counted in no area, and why. Of a return each row is one.
  public var unplaced = UnplacedCounts()

  public init() {}

  /// All records judged.
  public var total: Int64 { folded + duplicate + conflict + superseded }

  /// All that was counted in no area.
  public var unattributed: Int64 { Unplaced.allCases.reduce(0) { $0 + unplaced[$1] } }

  public static func += (a: inout Verdicts, b: Verdicts) {
    a.folded += b.folded
    a.duplicate += b.duplicate
    a.conflict += b.conflict
    a.superseded += b.superseded
    a.unmappedOffence += b.unmappedOffence
    for reason in Unplaced.allCases { a.unplaced[reason] += b.unplaced[reason] }
  }
}

/// A count for each reason for which something has no area.
public struct UnplacedCounts: Hashable, Sendable, BitwiseCopyable {
  private var notGiven: Int64 = 0
  private var unknown: Int64 = 0
  private var outOfScope: Int64 = 0
  private var lsoaNotPlaced: Int64 = 0
  private var tooCoarse: Int64 = 0

  public init() {}

  public subscript(reason: Unplaced) -> Int64 {
    get {
      switch reason {
      case .notGiven: notGiven
      case .unknown: unknown
      case .outOfScope: outOfScope
      case .lsoaNotPlaced: lsoaNotPlaced
      case .tooCoarse: tooCoarse
      }
    }
    set {
      switch reason {
      case .notGiven: notGiven = newValue
      case .unknown: unknown = newValue
      case .outOfScope: outOfScope = newValue
      case .lsoaNotPlaced: lsoaNotPlaced = newValue
      case .tooCoarse: tooCoarse = newValue
      }
    }
  }
}

enum Verdict: Sendable {
  case folded, duplicate, conflict, superseded
}
