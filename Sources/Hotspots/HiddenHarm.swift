import Incidents

/// Knife injuries that hospitals know of beside those that the police know of: nobody can tell which are the same, so how
/// many there were is known to lie between two numbers.
public struct HiddenHarm: Hashable, Sendable, BitwiseCopyable {
  /// How many local days are counted.
  static let days: Int32 = 28

  /// The last of the days.
  public var lastDay: LocalDay
  public var hospitalKnife: Int32
  public var knifeInjury: Int32

  /// The end of the last day.
  public var until: EventTime { lastDay.next.start }

  /// If the smaller are all among the greater.
  public var atLeast: Int32 { max(hospitalKnife, knifeInjury) }

  /// If none is the same.
  public var atMost: Int32 { hospitalKnife + knifeInjury }
}

extension Fold {
  /// Of the days that both police and hospitals cover; nil when either has never come.
  func hiddenHarm(of bucket: Bucket) -> HiddenHarm? {
    guard let last = states.coveredDay(bucket.force) else { return nil }
    var harm = HiddenHarm(lastDay: last, hospitalKnife: 0, knifeInjury: 0)
    for back in 0..<HiddenHarm.days {
      let day = last.advanced(by: -back)
      harm.hospitalKnife += days.count(bucket, day, .hospitalKnife)
      harm.knifeInjury += days.count(bucket, day, .knifeInjury)
    }
    return harm
  }

  /// What came for a force may have moved its days: then all that is said of its areas may be another.
  mutating func touchNewlyCovered() {
    let covered = ([nil] + Force.allCases.map(Optional.some)).map(states.coveredDay)
    guard covered != publication.covered else { return }
    for bucket in publication.known {
      let place = bucket.force.map { Int($0.index) + 1 } ?? 0
      if covered[place] != publication.covered[place] { publication.touch(bucket) }
    }
    publication.covered = covered
  }
}
