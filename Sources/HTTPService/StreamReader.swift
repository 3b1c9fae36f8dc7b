/// Feeds a stream to its connection. Used by the library's thread alone.
final class StreamReader {
  private let stream: any ResponseStream
  private let connection: UInt
  private let core: ListenerCore
  /// What did not fit the library's buffer.
  private var rest: ArraySlice<UInt8> = []

  init(_ stream: any ResponseStream, connection: UInt, _ core: ListenerCore) {
    self.stream = stream
    self.connection = connection
    self.core = core
  }

  /// How many bytes were written; 0 after the connection was suspended, −1 at the end of the stream.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    guard buffer.count > 0 else { return 0 }
    while true {
      let turn = core.beginTurn(connection)
      if turn.isOver { return -1 }
      if !rest.isEmpty { return unsafe write(into: buffer) }
      switch stream.next(limit: buffer.count, isIdle: turn.isIdle) {
      case .bytes(let bytes) where !bytes.isEmpty:
        rest = bytes[...]
        return unsafe write(into: buffer)
      case .end: return -1
      case .bytes, .wait:
        if core.suspend(connection, since: turn) { return 0 }
      }
    }
  }

  private func write(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(rest.count, buffer.count)
    // `copyBytes` checks the bounds.
    unsafe buffer.copyBytes(from: rest.prefix(count))
    rest = rest.dropFirst(count)
    core.sent(connection)
    return count
  }
}
