import Incidents

/// The period of a hospital's return.
public struct ReturnPeriod: Hashable, Sendable {
  public var source: SourceIndex
  public var site: SiteIndex
  /// Both days included.
  public var days: ClosedRange<LocalDay>

  public init(source: SourceIndex, site: SiteIndex, days: ClosedRange<LocalDay>) {
    self.source = source
    self.site = site
    self.days = days
  }
}

/// Two returns of one site whose periods share a day: both count, so what happened that day may count twice.
public struct OverlappingReturns: Hashable, Sendable {
  public var source: String
  public var site: String
  /// The one that came first.
  public var first: ClosedRange<LocalDay>
  public var second: ClosedRange<LocalDay>

  public init(source: String, site: String, first: ClosedRange<LocalDay>, second: ClosedRange<LocalDay>) {
    self.source = source
    self.site = site
    self.first = first
    self.second = second
  }
}

/// The periods that returns speak of. A return is replaced by one of the same period only and never taken back, so a period
/// once known stays.
struct ReturnPeriods: Sendable {
  private struct Sender: Hashable {
    var source: SourceIndex
    var site: SiteIndex
  }

  /// In the order of their first appearance.
  private(set) var all: [ReturnPeriod] = []
  /// For each site of a source the places of its periods.
  private var places: [Sender: [Int]] = [:]
  /// Those that share a day, as places of the first and the second.
  private(set) var overlaps: [(first: Int, second: Int)] = []

  /// Adds a period that is new.
  mutating func add(_ period: ReturnPeriod) {
    let sender = Sender(source: period.source, site: period.site)
    for place in places[sender, default: []] where all[place].days.overlaps(period.days) {
      overlaps.append((place, all.count))
    }
    places[sender, default: []].append(all.count)
    all.append(period)
  }
}
