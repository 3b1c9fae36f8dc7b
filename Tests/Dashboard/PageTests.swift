import Foundation
import HTTPService
import Testing

@testable import Dashboard

/// The files of the page go together, and ask no other host for anything.
@Suite struct PageTests {
  private let page = PageFiles(d3: Array("d3".utf8))

  private func text(_ name: String) -> String { String(decoding: EmbeddedFile.bytes(named: name), as: UTF8.self) }

  @Test func everythingThatIsAskedForIsThere() throws {
    for match in text("index.html").matches(of: /(?:src|href)="([a-z0-9.]+)"/) {
      #expect(page[[String(match.output.1)]] != nil, "\(match.output.1)")
    }
    for script in PageFiles.scripts {
      for match in text(script).matches(of: /from '\.\/([a-z]+\.js)'/) {
        #expect(PageFiles.scripts.contains(String(match.output.1)), "\(script) imports \(match.output.1)")
      }
    }
    #expect(page[["index.html"]] == nil)
    #expect(PageFiles(d3: nil, hasPage: false)[[]] == nil)
  }

  @Test func nothingInlineAndNoOtherHost() throws {
    let policy = try #require(page[[]]?.answer.headers.first { $0.name == "Content-Security-Policy" }?.value)
    #expect(policy.hasPrefix("default-src 'none'") && !policy.contains("unsafe"))
    let html = text("index.html")
    #expect(!html.contains("style=") && !html.contains("<style") && !html.contains("onclick"))
    #expect(html.matches(of: /<script/).count == html.matches(of: /<script src="/).count)
    for name in PageFiles.scripts + ["index.html", "page.css"] {
      #expect(!text(name).contains("://"), "\(name)")
      #expect(!text(name).contains("innerHTML"), "\(name)")
    }
  }

  /// Every endpoint that the page's own code asks for is one of the API.
  @Test func theAPIHasWhatThePageAsksFor() throws {
    let files = PageFiles.scripts + ["index.html"]
    let asked = files.flatMap { text($0).matches(of: /[`'"]\/(v1\/[a-z.]+)/).map { String($0.output.1) } }
    #expect(asked.count > 5)
    for path in asked {
      #expect(Endpoint.all.contains { $0.path == "/" + path || $0.path.hasPrefix("/\(path)/") }, "\(path)")
    }
  }
}
