import HTTPService
import Testing

@Suite struct HTTPRequestTests {
  @Test func takesATargetApart() throws {
    let request = try HTTPRequest(
      method: "GET", target: "/v1/areas/Tower%20Hamlets?force=West+Midlands&a=%2B&b",
      headers: [NamedText("AcCePt", "x")])
    #expect(request.path == ["v1", "areas", "Tower Hamlets"])
    #expect(request.query == [NamedText("force", "West Midlands"), NamedText("a", "+"), NamedText("b", "")])
    #expect(request.header("accept") == "x")
    #expect(try HTTPRequest(method: "GET", target: "/").path.isEmpty)
    #expect(try HTTPRequest(method: "GET", target: "/a/").path == ["a", ""])
  }

  @Test(arguments: ["/%00", "/a?x=%0", "/%zz", "/?%", "/%ff", "/a%0Ab", "a", "*", ""])
  func refusesWhatCannotBeDecoded(target: String) {
    #expect(throws: HTTPFault.self) { try HTTPRequest(method: "GET", target: target) }
  }

  @Test func limitsHold() {
    let longest = "/" + String(repeating: "a", count: HTTPRequest.longestTarget - 1)
    #expect(throws: Never.self) { try HTTPRequest(method: "GET", target: longest) }
    #expect(status { try HTTPRequest(method: "GET", target: longest + "a") } == 414)
    let many = (0..<100).map { NamedText("x-\($0)", String(repeating: "v", count: 90)) }
    #expect(status { try HTTPRequest(method: "GET", target: "/", headers: many) } == 431)
  }

  private func status(_ body: () throws -> HTTPRequest) -> Int? {
    do {
      _ = try body()
      return nil
    } catch { return (error as? HTTPFault)?.status }
  }

  @Test(arguments: [
    ("127.0.0.1:8080", "127.0.0.1:8080"), ("localhost:0", "127.0.0.1:0"), ("[::1]:9", "[::1]:9"),
    ("127.1.2.3:80", "127.1.2.3:80"),
  ])
  func loopbackIsListenedOn(text: String, address: String) {
    #expect(ListeningAddress(text)?.description == address)
  }

  @Test(arguments: [
    "0.0.0.0:80", "10.0.0.1:80", "example.org:80", "[::]:80", "127.0.0.1", "127.0.0.1:70000", "127.0.0:80", ":80",
    "127.0.0.256:80", "",
  ])
  func anythingElseIsNot(text: String) { #expect(ListeningAddress(text) == nil) }

  @Test(arguments: ["localhost", "localhost:8080", "127.0.0.1", "127.0.0.1:8080", "[::1]:8080", "[::1]", "LOCALHOST:1"])
  func localHostsAreKnown(host: String) { #expect(ListeningAddress.isLocal(hostHeader: host)) }

  @Test(arguments: ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "0.0.0.0:8080", "", "[::2]:80"])
  func otherHostsAreNot(host: String) { #expect(!ListeningAddress.isLocal(hostHeader: host)) }
}
