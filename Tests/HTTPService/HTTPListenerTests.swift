import Foundation
import HTTPService
import HTTPTesting
import Synchronization
import Testing

/// The listener over real sockets, with requests that no well-behaved client would send.
@Suite struct HTTPListenerTests {
  private func listener(
    _ limits: HTTPListener.Limits = HTTPListener.Limits(),
    handler: @escaping @Sendable (HTTPRequest) -> HTTPResponse = { request in
      HTTPResponse(status: 200, headers: [NamedText("X-Path", request.path.joined(separator: "|"))], body: .bytes([65]))
    }
  ) throws -> HTTPListener {
    try HTTPListener(on: ListeningAddress(host: .ipv4(0x7F00_0001), port: 0), limits: limits, handler: handler)
  }

  @Test func answersAndKeepsTheConnection() throws {
    let listener = try listener()
    defer { listener.stop() }
    let socket = try PlainSocket(listener.address.port)
    for path in ["/a/b", "/c%20d"] {
      try socket.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
      let answer = try socket.readAnswer()
      #expect(answer.hasPrefix("HTTP/1.1 200 "))
      #expect(answer.hasSuffix("\r\n\r\nA"))
    }
    try socket.send("HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    let answer = try socket.readToEnd()
    #expect(answer.contains("Content-Length: 1") && answer.hasSuffix("\r\n\r\n"))
  }

  @Test(arguments: [
    ("GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421),
    ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello", 413),
    ("GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 413),
    ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\nExpect: 100-continue\r\n\r\n", 413),
    ("GET /\(String(repeating: "a", count: 5_000)) HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
    ("GET / HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "a", count: 9_000))\r\n\r\n", 431),
    ("GET /\(String(repeating: "a", count: 60_000)) HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
    ("GET / HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "a", count: 60_000))\r\n\r\n", 431),
    ("GET / HTTP/1.1\r\n\r\n", 400),
  ])
  func refuses(request: String, status: Int) throws {
    let listener = try listener()
    defer { listener.stop() }
    let socket = try PlainSocket(listener.address.port)
    try socket.send(request)
    let answer = try socket.readToEnd()
    #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer.prefix(200))")
    // Whatever it was, others are answered.
    let other = try PlainSocket(listener.address.port)
    try other.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    #expect(try other.readToEnd().hasPrefix("HTTP/1.1 200 "))
  }

  @Test func aPortThatIsTakenIsNamed() throws {
    let listener = try listener()
    defer { listener.stop() }
    #expect {
      _ = try HTTPListener(on: listener.address) { _ in HTTPResponse(status: 200) }
    } throws: { "\($0)".contains("--listen") }
  }

  /// Whatever is published while a reader is asked or suspended reaches every reader, in order, once.
  @Test func streamsHearEverything() throws {
    let published = Published()
    let listener = try listener { _ in
      HTTPResponse(
        status: 200, headers: [NamedText("Connection", "close")], body: .stream(CountingStream(published)))
    }
    defer { listener.stop() }
    let sockets = try (0..<20).map { _ in try PlainSocket(listener.address.port) }
    for socket in sockets { try socket.send("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n") }
    let last = 2_000
    let publisher = Thread {
      for number in 1...last {
        published.last.withLock { $0 = number }
        listener.wake()
      }
    }
    publisher.start()
    for socket in sockets {
      let text = try socket.read(until: "\n\(last)\n")
      let body = text.components(separatedBy: "\r\n\r\n").dropFirst().joined()
      #expect(body.split(separator: "\n").map { Int($0) } == (1...last).map { $0 })
    }
  }

  @Test func stoppingEndsTheStreams() throws {
    let listener = try listener { _ in
      HTTPResponse(
        status: 200, headers: [NamedText("Connection", "close")], body: .stream(CountingStream(Published(1))))
    }
    let socket = try PlainSocket(listener.address.port)
    try socket.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    _ = try socket.read(until: "1\n")
    listener.stop()
    #expect(try socket.readToEnd().hasSuffix("0\r\n\r\n"), "the stream did not end as a whole")
    #expect(throws: (any Error).self) {
      let late = try PlainSocket(listener.address.port)
      try late.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
      _ = try late.readAnswer()
    }
  }

  @Test func anIdleStreamGivesASignOfLife() throws {
    var limits = HTTPListener.Limits()
    limits.heartbeat = .milliseconds(10)
    let listener = try listener(limits) { _ in
      HTTPResponse(
        status: 200, headers: [NamedText("Connection", "close")], body: .stream(CountingStream(Published(0))))
    }
    defer { listener.stop() }
    let socket = try PlainSocket(listener.address.port)
    try socket.send("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
    _ = try socket.read(until: "idle\nidle\n")
  }

  /// Who drips a request, and who takes nothing of a stream, is dropped; nobody else is disturbed.
  @Test func theSlowAreDropped() throws {
    var limits = HTTPListener.Limits()
    limits.request = .milliseconds(100)
    limits.stream = .milliseconds(100)
    let published = Published(.max)
    let listener = try listener(limits) { request in
      request.path == ["stream"]
        ? HTTPResponse(
          status: 200, headers: [NamedText("Connection", "close")], body: .stream(CountingStream(published)))
        : HTTPResponse(status: 200)
    }
    defer { listener.stop() }
    let dripping = try PlainSocket(listener.address.port)
    try dripping.send("GET / HT")
    let stuck = try PlainSocket(listener.address.port)
    try stuck.send("GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
    #expect(try dripping.readToEnd().isEmpty)
    // The reader never reads, so the listener must end it by itself; then nothing is left open.
    while listener.load.connections > 0 { Thread.sleep(forTimeInterval: 0.01) }
  }
}

/// The number published last.
private final class Published: Sendable {
  let last: Mutex<Int>

  init(_ last: Int = 0) { self.last = Mutex(last) }
}

/// Sends every number up to the last published, one a line, and `idle` when told that nothing was sent for long.
private final class CountingStream: ResponseStream {
  private let published: Published
  private let sent = Mutex(0)

  init(_ published: Published) { self.published = published }

  func next(limit: Int, isIdle: Bool) -> StreamStep {
    let last = published.last.withLock(\.self)
    return sent.withLock { sent in
      guard sent < last else { return isIdle ? .bytes(Array("idle\n".utf8)) : .wait }
      var bytes: [UInt8] = []
      while sent < last, bytes.count < limit {
        sent += 1
        bytes += Array("\(sent)\n".utf8)
      }
      return .bytes(bytes)
    }
  }
}
