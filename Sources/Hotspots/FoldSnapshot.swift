import Incidents

/// A fold at one moment, as a checkpoint keeps it. Together with the pages of earlier snapshots it gives the same fold
/// again (`FoldRestoration`).
public struct FoldSnapshot: Sendable {
  public var header: FoldHeader
  /// The pages that changed since the snapshot before, or all of them, in order.
  public var pages: [EventPage]
}

/// Everything of a fold that its events do not tell.
public struct FoldHeader: Hashable, Sendable {
  /// What came from a source to a topic, and what became of it.
  public struct TopicState: Hashable, Sendable {
    public var received: EventTime?
    public var occurred: EventTime?
    public var verdicts: Verdicts

    public init(received: EventTime? = nil, occurred: EventTime? = nil, verdicts: Verdicts = Verdicts()) {
      self.received = received
      self.occurred = occurred
      self.verdicts = verdicts
    }
  }

  public struct Source: Hashable, Sendable {
    public var name: String
    /// By `InputTopic.allCases`.
    public var topics: [TopicState]
    /// The newest arrival of a hospital's attendance.
    public var attended: EventTime?
    /// The journal's time when its status was published last, and whether it has changed since.
    public var published: EventTime?
    public var isChanged: Bool

    public init(
      name: String, topics: [TopicState], attended: EventTime? = nil, published: EventTime? = nil,
      isChanged: Bool = false
    ) {
      self.name = name
      self.topics = topics
      self.attended = attended
      self.published = published
      self.isChanged = isChanged
    }
  }

  /// A source of the registry, and when the control frame that first named it arrived. Of the source only what is
  /// computed with.
  public struct Registered: Hashable, Sendable {
    public var source: RegisteredSource
    public var since: EventTime

    public init(source: RegisteredSource, since: EventTime) {
      self.source = source
      self.since = since
    }
  }

  public var partition: Int32
  public var now: EventTime
  public var frames: Int64
  public var lastIndex: Int
  /// How many events the pages hold.
  public var events: Int
  /// The buckets that have been published, in bucket order.
  public var published: [Bucket]
  /// In the order of their first appearance in the journal.
  public var sources: [Source]
  public var registry: [Registered]?
  /// The codes of treatment sites, in the order of their first appearance.
  public var sites: [String]
  /// Those of the hospitals' returns, in the same order.
  public var periods: [ReturnPeriod]
  /// When the journal's first frame arrived.
  public var birth: EventTime
  /// The settings of the newest control frame.
  public var configuration: Configuration
  /// What was published of signals.
  public var signals: PublishedSignals

  public init(
    partition: Int32, now: EventTime, frames: Int64, lastIndex: Int, events: Int, published: [Bucket],
    sources: [Source], registry: [Registered]?, sites: [String], periods: [ReturnPeriod],
    birth: EventTime, configuration: Configuration, signals: PublishedSignals
  ) {
    self.signals = signals
    self.birth = birth
    self.configuration = configuration
    self.partition = partition
    self.now = now
    self.frames = frames
    self.lastIndex = lastIndex
    self.events = events
    self.published = published
    self.sources = sources
    self.registry = registry
    self.sites = sites
    self.periods = periods
  }

  /// How many pages the events take.
  public var pageCount: Int { (events + EventStore.slotsPerPage - 1) / EventStore.slotsPerPage }
}

/// Makes a fold from a header and all pages, one after the other, so that no more than one page is in memory twice.
public struct FoldRestoration {
  private let header: FoldHeader
  private var events: EventStore
  private var nextPage = 0

  public init(_ header: FoldHeader) {
    self.header = header
    events = EventStore(capacity: header.events)
  }

  /// Takes the next page; false when it is not the one that the header asks for, and nothing can come of it any more.
  public mutating func append(_ page: EventPage) -> Bool {
    let isNext = page.index == nextPage && page.events.count == eventCount(ofPage: nextPage)
    guard isNext else { return false }
    events.append(page)
    nextPage += 1
    return true
  }

  /// The fold; nil while pages are missing, and when they do not fit together.
  public func fold() -> Fold? {
    guard events.count == header.events, events.areRowsSound,
      Set(header.sources.map(\.name)).count == header.sources.count,
      Set(header.sites).count == header.sites.count,
      header.periods.allSatisfy({ $0.source.value < header.sources.count && $0.site.value < header.sites.count })
    else { return nil }
    return Fold(header, events: events)
  }

  private func eventCount(ofPage page: Int) -> Int {
    min(EventStore.slotsPerPage, header.events - page * EventStore.slotsPerPage)
  }
}
