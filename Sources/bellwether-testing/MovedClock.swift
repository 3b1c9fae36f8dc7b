import Foundation
import Incidents
import Pipeline
import Program

/// The machine's clock, moved by what a file says; it may say something else each time.
///
/// Only the time that the journal is told moves: the log's clock is nobody's to move, so what the log says of a record is
/// compared with the machine's own.
struct MovedClock: WallClock {
  private let machine = MachineClock()
  private let file: String

  /// `file` holds milliseconds, positive to be ahead.
  init(file: String) { self.file = file }

  func now() -> EventTime {
    let text = try? String(contentsOfFile: file, encoding: .utf8)
    let offset = text.flatMap { Int64($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? 0
    return EventTime(milliseconds: machine.now().milliseconds + offset)
  }

  func nowOnTheLog() -> EventTime { machine.now() }
}
