import Demonstration
import Incidents

/// A hotspot that is injected: injuries in one area, until a signal has come of it.
struct DemoHotspot {
  let area: AreaIndex
  private let since: EventTime
  private var nextAt = ContinuousClock.now
  private var fed = 0
  /// After how many injuries, and in how many seconds, a signal had come of it.
  private var raisedAfter: (injuries: Int, seconds: Int64)?

  /// As many are unusual in any borough.
  private static let grave = 12
  /// More than this were never needed.
  private static let limit = 60

  /// London boroughs of which one is usually calm.
  private static let candidates = [
    "E09000022", "E09000030", "E09000012", "E09000028", "E09000023", "E09000019", "E09000011", "E09000018",
  ]

  /// In the first borough that has no signal.
  init?(board: DemoBoard, at now: EventTime) {
    let code = Self.candidates.first { board.boroughs[$0].map { $0.signals == 0 } ?? false } ?? Self.candidates[0]
    guard case .current(let area) = AreaTable.lookup(code) else { return nil }
    self.area = area
    since = now
  }

  var isRaised: Bool { raisedAfter != nil }

  /// Until a signal has come and has become grave, so that its life is seen too.
  var isDue: Bool { (!isRaised || fed < Self.grave) && fed < Self.limit && ContinuousClock.now >= nextAt }

  mutating func wasFed() {
    fed += 1
    nextAt = ContinuousClock.now + .milliseconds(700)
  }

  /// True once, when the signal is there.
  mutating func look(at board: DemoBoard, now: EventTime) -> Bool {
    guard raisedAfter == nil, board.hasSignal(on: area, since: since) else { return false }
    raisedAfter = (fed, (now.milliseconds - since.milliseconds) / 1_000)
    return true
  }

  var words: String {
    let name = AreaTable.name(area)
    return raisedAfter.map { "hotspot in \(name): a signal after \($0.injuries) injuries, \($0.seconds) s" }
      ?? "hotspot in \(name): injuries are coming in"
  }
}
