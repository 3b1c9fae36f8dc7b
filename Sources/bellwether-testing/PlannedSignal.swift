import Foundation
import Pipeline
import Synchronization

/// A signal that the process sends itself at the n-th pass of a point.
final class PlannedSignal: Sendable {
  private let signal: Int32
  private let role: Pipeline.Role
  private let point: CrashPoint
  private let passes: Int
  private let count = Atomic(0)

  /// `text`: `ROLE:POINT:N`, N from 1.
  init?(_ text: String, signal: Int32) {
    let parts = text.split(separator: ":")
    guard parts.count == 3, let role = Pipeline.Role(rawValue: String(parts[0])),
      let point = CrashPoint(rawValue: String(parts[1])), let passes = Int(parts[2]), passes > 0
    else { return nil }
    self.signal = signal
    self.role = role
    self.point = point
    self.passes = passes
  }

  func pass(_ role: Pipeline.Role, _ point: CrashPoint) {
    guard role == self.role, point == self.point else { return }
    // To this thread: a stop that another thread takes first would let this one go on for a moment.
    if count.wrappingAdd(1, ordering: .relaxed).newValue == passes { raise(signal) }
  }
}
