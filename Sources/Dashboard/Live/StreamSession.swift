import HTTPService
import Incidents
import Synchronization
import Wire

/// One reader of the live stream, in the form of server-sent events (HTML Living Standard, 9.2).
///
/// Every event carries the position after it as its id, so that a reader who comes back with `Last-Event-ID` misses
/// nothing and hears nothing twice, at whichever process it asks.
final class StreamSession: ResponseStream {
  private struct State {
    /// Sent before anything else.
    var greeting: [UInt8]?
    /// The number of the last change that was looked at.
    var cursor: Int64
    var position: StreamPosition
  }

  private let live: LiveStream
  private let filter: StreamFilter
  private let state: Mutex<State>

  /// - Parameter lastEventID: of a reader who comes back.
  init(_ live: LiveStream, filter: StreamFilter, lastEventID: String?) {
    self.live = live
    self.filter = filter
    let end = live.end
    var state = State(cursor: end.sequence, position: end.position)
    switch lastEventID.map({ Self.resumption($0, live) }) {
    case nil: state.greeting = Self.event("hello", state.position, "{}")
    case .from(let cursor, let position)?:
      state.cursor = cursor
      state.position = position
      state.greeting = Self.event("resumed", position, "{}")
    case .reset(let reason)?:
      var data = JSONWriter()
      data.object { $0.member("reason", reason) }
      state.greeting = Self.event("reset", state.position, String(decoding: data.bytes, as: UTF8.self))
    }
    self.state = Mutex(state)
  }

  private enum Resumption {
    case from(cursor: Int64, StreamPosition)
    case reset(String)
  }

  private static func resumption(_ text: String, _ live: LiveStream) -> Resumption {
    let view = live.model.view
    guard let position = StreamPosition(text) else { return .reset("the event's id is none of this stream") }
    guard position.journal == view.position.journal else { return .reset("the event's id is of another journal") }
    guard position.projections >= view.floor.projections, position.signals >= view.floor.signals else {
      return .reset("the events after that id are not kept any more")
    }
    do {
      let first = try live.model.firstChange(unknownAt: position)
      return .from(cursor: first.map { $0 - 1 } ?? live.end.sequence, position)
    } catch {
      return .reset("the events after that id cannot be read")
    }
  }

  func next(limit: Int, isIdle: Bool) -> StreamStep {
    state.withLock { state in
      if let greeting = state.greeting {
        state.greeting = nil
        return .bytes(greeting)
      }
      var bytes: [UInt8] = []
      let isInRing: Void? = live.read(after: state.cursor) { message in
        take(message.change, &state) { bytes.append(message, at: $0) }
        return bytes.count < limit
      }
      if isInRing == nil { readBack(&state, limit, &bytes) }
      if !bytes.isEmpty { return .bytes(bytes) }
      // A sign of life moves the reader's id past what it does not want to hear of.
      return isIdle ? .bytes(Self.event("heartbeat", state.position, "{}")) : .wait
    }
  }

  private func take(_ change: Change, _ state: inout State, _ send: (StreamPosition) -> Void) {
    state.cursor = change.sequence
    guard !state.position.knows(change) else { return }
    state.position.advance(past: change)
    if filter.takes(change) { send(state.position) }
  }

  /// What is no longer in memory; a reset when it is not in the read model either.
  private func readBack(_ state: inout State, _ limit: Int, _ bytes: inout [UInt8]) {
    while bytes.count < limit {
      guard let changes = try? live.model.changes(after: state.cursor, limit: 200),
        let first = changes.first, first.sequence == state.cursor + 1
      else { return reset(&state, &bytes) }
      for change in changes {
        let message = LiveStream.Message(change)
        take(change, &state) { bytes.append(message, at: $0) }
      }
      if changes.count < 200 { return }
    }
  }

  private func reset(_ state: inout State, _ bytes: inout [UInt8]) {
    let end = live.end
    guard end.sequence != state.cursor else { return }
    state.cursor = end.sequence
    state.position = end.position
    bytes += Self.event("reset", end.position, "{\"reason\":\"the events after that id are not kept any more\"}")
  }

  private static func event(_ name: String, _ position: StreamPosition, _ data: String) -> [UInt8] {
    // A reader comes back after two seconds.
    Array("retry: 2000\nid: \(position)\nevent: \(name)\ndata: \(data)\n\n".utf8)
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ message: borrowing LiveStream.Message, at position: StreamPosition) {
    append(contentsOf: "id: \(position)\n".utf8)
    append(contentsOf: message.text)
    append(UInt8(ascii: "\n"))
  }
}
