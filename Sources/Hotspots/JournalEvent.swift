import Incidents

/// What a journal line names: 128 bits of BLAKE2b over topic, source and reference, made by ingest.
public struct Identity: Hashable, Sendable, BitwiseCopyable {
  public var high: UInt64
  public var low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

/// How exactly the time of an event is known, which decides the windows that it counts in.
public enum Precision: UInt8, Sendable, BitwiseCopyable {
  /// Counts in every window and in its local day.
  case exact
  /// Imprecise, at most 25 hours: windows of 7 days and longer, its local day, total.
  case day
  /// Imprecise, longer than 25 hours: 365 days and total only.
  case longer
}

/// Why an event has no located area.
public enum Unplaced: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// The sender gave no location, only a responsible area (or, later, a site).
  case notGiven
  /// The sender says that the place is unknown.
  case unknown
  /// A valid authority outside the areas.
  case outOfScope
  /// A well-formed LSOA that no table places.
  case lsoaNotPlaced
  /// A fix coarser than one kilometre.
  case tooCoarse

  /// The name in outputs.
  public var name: String { String(describing: self) }
}

/// Where an event happened, as far as ingest could tell; the fold decides which bucket it counts in.
public enum Place: Hashable, Sendable, BitwiseCopyable {
  case area(AreaIndex)
  case unplaced(Unplaced)
}

/// One line of the journal, as the fold sees it.
public struct JournalEvent: Sendable {
  public enum Kind: UInt8, Sendable, BitwiseCopyable {
    /// Recorded or amended: stands, and counts, as its newest revision says.
    case fact
    /// Cancelled or transferred: takes its counts back; a higher revision counts again.
    case retraction
    /// A hospital's return: stands for its rows, and replaces whole what its identity said before.
    case `return`
  }

  public var topic: InputTopic
  public var kind: Kind
  public var identity: Identity
  public var revision: UInt64
  /// A 64-bit check of the contract's members as sent, normalised.
  public var content: UInt64
  public var source: SourceIndex
  public var place: Place
  /// The responsible area; `.outOfScope` where it is valid but none of ours; nil when it was not sent.
  public var responsible: Place?
  public var occurredFrom: EventTime
  public var precision: Precision
  public var measures: MeasureSet
  /// A well-formed offence that the rules table does not list.
  public var isUnmapped: Bool
  /// The treatment site of a hospital's attendance or return.
  public var site: SiteIndex?
  /// The days that a return is about, both included.
  public var period: ClosedRange<LocalDay>?
  /// The assaults of a return, in their order; of all others none, which allocates nothing.
  public var rows: [ReturnRow]

  public init(
    topic: InputTopic, kind: Kind, identity: Identity, revision: UInt64, content: UInt64, source: SourceIndex,
    place: Place, responsible: Place?, occurredFrom: EventTime, precision: Precision, measures: MeasureSet,
    isUnmapped: Bool, site: SiteIndex? = nil, period: ClosedRange<LocalDay>? = nil, rows: [ReturnRow] = []
  ) {
    self.topic = topic
    self.kind = kind
    self.identity = identity
    self.revision = revision
    self.content = content
    self.source = source
    self.place = place
    self.responsible = responsible
    self.occurredFrom = occurredFrom
    self.precision = precision
    self.measures = measures
    self.isUnmapped = isUnmapped
    self.site = site
    self.period = period
    self.rows = rows
  }
}

/// An assault that a hospital's return tells of.
public struct ReturnRow: Hashable, Sendable, BitwiseCopyable {
  public var place: Place
  public var occurredFrom: EventTime
  public var measures: MeasureSet

  public init(place: Place, occurredFrom: EventTime, measures: MeasureSet) {
    self.place = place
    self.occurredFrom = occurredFrom
    self.measures = measures
  }
}

/// A source of events, numbered in the order of first appearance in the journal.
public struct SourceIndex: Hashable, Sendable, BitwiseCopyable {
  public var value: UInt32

  public init(_ value: UInt32) { self.value = value }
}
