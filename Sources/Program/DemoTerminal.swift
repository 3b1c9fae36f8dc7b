import Foundation

/// The terminal as a full screen that is drawn again and again, and its keys. Whoever makes one ends it.
final class DemoTerminal {
  private var saved = termios()
  /// Also until it has begun: an object that could not be made is ended, too.
  private var hasEnded = true

  /// Nil where standard input or output is no terminal.
  init?() {
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, tcgetattr(STDIN_FILENO, &saved) == 0 else {
      return nil
    }
    var raw = saved
    // Keys come at once and unseen; Control-C too, so that it quits as `q` does.
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
    guard tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0 else { return nil }
    // Another screen, no cursor (xterm's private modes), so that what stood there stands there afterwards.
    Output.write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J")
    hasEnded = false
  }

  /// Whether colours are wanted there (no-color.org).
  static var hasColour: Bool { ProcessInfo.processInfo.environment["NO_COLOR"]?.isEmpty ?? true }

  deinit { end() }

  func end() {
    guard !hasEnded else { return }
    hasEnded = true
    Output.write("\u{1B}[?25h\u{1B}[?1049l")
    tcsetattr(STDIN_FILENO, TCSANOW, &saved)
  }

  var size: (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Replaces what is shown, each line in place, so that nothing flickers.
  func draw(_ lines: [String]) {
    Output.write(
      "\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J")
  }

  /// Whether somebody has asked to quit: `q`, Control-C, or the end of the input.
  func wantsToQuit() -> Bool {
    var ready = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    while poll(&ready, 1, 0) > 0 {
      var key: UInt8 = 0
      guard read(STDIN_FILENO, &key, 1) == 1 else { return true }
      if [UInt8(ascii: "q"), UInt8(ascii: "Q"), 0x03].contains(key) { return true }
    }
    return false
  }
}
