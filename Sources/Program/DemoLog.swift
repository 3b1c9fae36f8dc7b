import Arguments
import Demonstration
import Foundation

/// The demonstration in lines, for a pipe and for those who want no screen.
final class DemoLog {
  private let isQuiet: Bool
  private var told: Set<String>?
  private var summed: ContinuousClock.Instant?

  init(isQuiet: Bool) { self.isQuiet = isQuiet }

  func say(_ text: String) {
    if !isQuiet { Output.line(text) }
  }

  /// Tells of new signals at once, and of the whole every five seconds.
  func look(at board: DemoBoard, _ facts: DemoFacts) {
    let standing = board.standing
    if let told {
      for signal in standing where !told.contains(signal.id) {
        say("\(DemoScreen.local(facts.now))  raised, \(signal.severity): \(signal.explanation)")
      }
    }
    told = Set(standing.map(\.id))
    let moment = ContinuousClock.now
    if let summed, moment - summed < .seconds(5) { return }
    summed = moment
    let overdue = board.overdue
    say(
      """
      \(DemoScreen.local(facts.now))  \(facts.sent.grouped) events, \(facts.rates.last ?? 0) a second; \
      \(standing.count) signals stand; \(board.refused) refused; \
      \(overdue.count { $0.state == "late" }) sources late, \(overdue.count { $0.state == "silent" }) silent
      """)
  }
}
