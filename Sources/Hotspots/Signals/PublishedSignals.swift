import Incidents

/// What was published of all signals, as a checkpoint keeps it. It shares the fold's ledgers; the series are listed by
/// whoever writes them down.
public struct PublishedSignals: Hashable, Sendable {
  /// By their places.
  let ledgers: [SignalLedger]

  init(_ ledgers: [SignalLedger]) { self.ledgers = ledgers }

  /// From what `series` gave; nil when a series is listed twice.
  public init?(_ series: [PublishedSeries]) {
    var ledgers = [SignalLedger](repeating: SignalLedger(), count: Fold.ledgerCount)
    for series in series {
      guard ledgers[series.place].isUnused else { return nil }
      ledgers[series.place] = SignalLedger(series)
    }
    self.ledgers = ledgers
  }

  /// The series of which anything was ever said, in the order of their places.
  public var series: [PublishedSeries] {
    ledgers.enumerated().compactMap { place, ledger in
      ledger.isUnused ? nil : PublishedSeries(place: place, open: ledger.open, past: ledger.past)
    }
  }
}

/// What was published of one series by one detector.
public struct PublishedSeries: Hashable, Sendable {
  /// A signal of which only its next revision can still matter.
  public struct Past: Hashable, Sendable {
    public var firstDay: LocalDay
    public var revision: Int

    public init(firstDay: LocalDay, revision: Int) {
      self.firstDay = firstDay
      self.revision = revision
    }
  }

  let place: Int
  /// The signals that stand, or were cleared not long ago, by first day.
  public var open: [SignalStep]
  public var past: [Past]

  init(place: Int, open: [SignalStep], past: [Past]) {
    self.place = place
    self.open = open
    self.past = past
  }

  /// Nil when there is no such detector.
  public init?(area: AreaIndex, measure: Measure, detector: String, open: [SignalStep], past: [Past]) {
    guard Int(area.value) < AreaTable.count, let detector = Detector.table.firstIndex(where: { $0.name == detector })
    else { return nil }
    self.init(place: Fold.ledger(area, measure, detector), open: open, past: past)
  }

  public var area: AreaIndex { AreaIndex(UInt8(place / Detector.table.count / Measure.allCases.count)) }
  public var measure: Measure { Measure.allCases[place / Detector.table.count % Measure.allCases.count] }
  public var detector: String { Detector.table[place % Detector.table.count].name }
}
