import Glibc

/// One line on standard error that says how far the work is: rewritten in place on a terminal, absent when piped.
public struct ProgressLine: ~Copyable {
  private let terminal: Terminal
  private let now: () -> ContinuousClock.Instant
  private let write: (String) -> Void
  private var shownAt: ContinuousClock.Instant?

  /// The least time between two rewrites.
  public static let interval = Duration.milliseconds(100)

  /// On standard error.
  public init() {
    self.init(
      terminal: .standardError, now: { ContinuousClock.now },
      write: { text in
        // A progress line that cannot be written is no reason to stop.
        var text = text
        _ = text.withUTF8 { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
      })
  }

  init(terminal: Terminal, now: @escaping () -> ContinuousClock.Instant, write: @escaping (String) -> Void) {
    self.terminal = terminal
    self.now = now
    self.write = write
  }

  /// Shows a text, cut to the terminal's width; between two rewrites it is not even made.
  public mutating func show(_ text: @autoclosure () -> String) {
    guard terminal.isInteractive else { return }
    let moment = now()
    if let shownAt, moment - shownAt < Self.interval { return }
    shownAt = moment
    // Carriage return, text, erase to the end of the line (ECMA-48 EL).
    write("\r" + text().prefix(max(terminal.columns - 1, 1)) + "\u{1B}[K")
  }

  /// Removes the line, so that what follows stands in its place.
  public mutating func clear() {
    guard shownAt != nil else { return }
    shownAt = nil
    write("\r\u{1B}[K")
  }
}
