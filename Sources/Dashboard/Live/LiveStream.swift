import HTTPService
import Incidents
import Synchronization

/// The newest changes, in memory, for all who read along. One ring, a cursor each; whoever falls behind it reads from the
/// read model until it has caught up.
public final class LiveStream: Sendable {
  /// A change as it goes out, but for its id.
  struct Message: Sendable {
    var change: Change
    /// `event: …` and `data: …`, with their line ends.
    var text: [UInt8]

    init(_ change: Change) {
      self.change = change
      text = Array("event: \(change.kind.name)\ndata: ".utf8) + change.data + Array("\n".utf8)
    }
  }

  private struct State {
    var ring: [Message] = []
    /// The place of the oldest message of a full ring.
    var start = 0
    var last: Int64
    var position: StreamPosition
    var listener: (@Sendable () -> Void)?
  }

  private static let capacity = 4_096
  private let state: Mutex<State>
  let model: ReadModel

  public init(model: ReadModel) {
    self.model = model
    let view = model.view
    state = Mutex(State(last: view.lastSequence, position: view.position))
  }

  /// Called after each publication, by whoever publishes.
  public func onPublish(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.listener = body } }

  func publish(_ changes: [Change]) {
    let position = model.view.position
    let listener = state.withLock { state -> (@Sendable () -> Void)? in
      // A model that was begun anew counts on, but there is a gap: what is in the ring belongs to the old one.
      if let first = changes.first, first.sequence != state.last + 1 {
        state.ring = []
        state.start = 0
      }
      for change in changes {
        if state.ring.count < Self.capacity {
          state.ring.append(Message(change))
        } else {
          state.ring[state.start] = Message(change)
          state.start = (state.start + 1) % Self.capacity
        }
        state.last = change.sequence
      }
      state.position = position
      return changes.isEmpty ? nil : state.listener
    }
    listener?()
  }

  /// Where the stream stands: the newest change's number, and the position after it.
  var end: (sequence: Int64, position: StreamPosition) { state.withLock { ($0.last, $0.position) } }

  /// Calls `body` with the messages behind a number, until it returns false; nil when the ring does not reach back so far.
  func read(after sequence: Int64, _ body: (borrowing Message) -> Bool) -> Void? {
    state.withLock { state -> Void? in
      let first = state.last - Int64(state.ring.count) + 1
      guard sequence + 1 >= first else { return nil }
      var place = Int(clamping: sequence + 1 - first)
      while place < state.ring.count {
        if !body(state.ring[(state.start + place) % state.ring.count]) { return () }
        place += 1
      }
      return ()
    }
  }
}
