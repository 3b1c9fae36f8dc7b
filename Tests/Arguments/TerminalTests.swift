import Foundation
import Testing

@testable import Arguments

/// What a progress line wrote, and a clock moved by hand.
private final class Screen {
  var written = ""
  var now = ContinuousClock.now

  func line(interactive: Bool, columns: Int = 20) -> ProgressLine {
    ProgressLine(
      terminal: Terminal(isInteractive: interactive, columns: columns), now: { self.now },
      write: { self.written += $0 })
  }
}

@Suite struct ProgressLineTests {
  @Test func isRewrittenInPlace() {
    let screen = Screen()
    var line = screen.line(interactive: true)
    line.show("one")
    screen.now += .milliseconds(99)
    line.show("too soon")
    screen.now += .milliseconds(1)
    line.show("two")
    line.clear()
    line.clear()
    #expect(screen.written == "\rone\u{1B}[K\rtwo\u{1B}[K\r\u{1B}[K")
  }

  @Test func neverReachesTheLastColumn() {
    let screen = Screen()
    var line = screen.line(interactive: true, columns: 6)
    line.show("0123456789")
    #expect(screen.written == "\r01234\u{1B}[K")
  }

  @Test func isAbsentWhenPiped() {
    let screen = Screen()
    var line = screen.line(interactive: false)
    var made = 0
    func text() -> String {
      made += 1
      return "text"
    }
    line.show(text())
    line.clear()
    #expect(screen.written == "")
    #expect(made == 0)
  }
}

@Suite struct TextTableTests {
  @Test func columnsAreAligned() {
    var table = TextTable([("topic", .left), ("lag", .right), ("", .left)])
    table.append(["incidents", "7", "x"])
    table.append(["tags", "1,200"])
    #expect(
      table.render() == """
        topic        lag
        incidents      7  x
        tags       1,200

        """)
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (31_635, "31,635"), (1_000_000, "1,000,000"), (-1234, "-1,234"),
    (-100, "-100"), (Int.min, "-9,223,372,036,854,775,808"),
  ])
  func thousands(number: Int, text: String) {
    #expect(number.grouped == text)
  }
}

@Suite struct TerminalTests {
  @Test func aFileIsNoTerminal() throws {
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: #filePath))
    let terminal = Terminal(descriptor: file.fileDescriptor)
    #expect(!terminal.isInteractive)
    #expect(terminal.columns == 80)
  }
}
