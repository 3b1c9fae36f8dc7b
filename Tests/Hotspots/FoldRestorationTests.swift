import Hotspots
import Incidents
import Testing

/// Folds restored in the midst of histories with signals: whatever is published afterwards, they publish it too, and
/// nothing that was published before.
@Suite struct FoldRestorationTests {
  @Test(arguments: [UInt64](41...48))
  func aRestoredFoldPublishesTheSame(seed: UInt64) throws {
    var history = RandomHistory(seed: seed)
    var random = SplitMix(seed: seed)
    var live = Fold(partition: 0)
    var kept = KeptPages()
    var restored: [Fold] = []
    var (signalsAfterwards, daysAfterwards, restorationsWithSignals) = (0, 0, 0)
    for _ in 0..<history.frames {
      let frame = history.next()
      let signals = Self.fold(frame, into: &live)
      signalsAfterwards += signals.count * restored.count
      for index in restored.indices {
        try #require(Self.fold(frame, into: &restored[index]) == signals, "frame \(live.frames), fold \(index)")
      }
      guard Int.random(in: 0..<3, using: &random) == 0 else { continue }
      let (days, projections) = (live.changedDays(), live.changedProjections())
      for index in restored.indices {
        try #require(restored[index].changedDays() == days, "frame \(live.frames), fold \(index)")
        try #require(restored[index].changedProjections() == projections, "frame \(live.frames), fold \(index)")
        #expect(restored[index].countsDigest == live.countsDigest)
        daysAfterwards += days.count
      }
      guard Int.random(in: 0..<5, using: &random) == 0 else { continue }
      let taken = live.takeSnapshot(whole: kept.isEmpty)
      let snapshot = try #require(taken)
      kept.add(snapshot)
      var fold = try #require(kept.fold(snapshot.header))
      let nothing = (fold.changedDays(), fold.changedProjections())
      #expect(nothing.0.isEmpty && nothing.1.isEmpty)
      // What it would keep itself is what it was made of.
      let again = fold.takeSnapshot(whole: true)
      #expect(again?.header == snapshot.header)
      if snapshot.header.signals.series.contains(where: { !$0.open.isEmpty && !$0.past.isEmpty }) {
        restorationsWithSignals += 1
      }
      restored.append(fold)
    }
    // A history in which little happens would prove little.
    #expect(restored.count > 3 && restorationsWithSignals > 0 && signalsAfterwards > 10 && daysAfterwards > 50)
  }

  @Test func aSeriesListedTwiceIsNone() throws {
    let series = try #require(
      PublishedSeries(
        area: AreaIndex(21), measure: .knifeCrime, detector: "earsC2", open: [],
        past: [PublishedSeries.Past(firstDay: LocalDay(index: 20_000), revision: 3)]))
    #expect(PublishedSignals([series])?.series == [series])
    #expect(PublishedSignals([series, series]) == nil)
    #expect(PublishedSeries(area: AreaIndex(21), measure: .tagBreach, detector: "none", open: [], past: []) == nil)
  }

  private static func fold(_ frame: RandomHistory.Frame, into fold: inout Fold) -> [HotspotSignal] {
    _ = fold.sourceTable.index(of: Array("/police/metropolitan".utf8).span)
    fold.begin(at: frame.at)
    if let configuration = frame.configuration { fold.configure(configuration) }
    for event in frame.events { fold.apply(event) }
    return fold.finish()
  }
}
