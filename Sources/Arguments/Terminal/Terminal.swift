import Glibc

/// Where a stream of the program goes, asked once.
public struct Terminal: Sendable {
  /// A person looks at it: lines may be rewritten.
  public var isInteractive: Bool
  /// Letters in a line; 80 where nothing says.
  public var columns: Int

  public init(isInteractive: Bool, columns: Int = 80) {
    self.isInteractive = isInteractive
    self.columns = columns
  }

  public static var standardOutput: Terminal { Terminal(descriptor: STDOUT_FILENO) }
  public static var standardError: Terminal { Terminal(descriptor: STDERR_FILENO) }

  init(descriptor: Int32) {
    var size = winsize()
    // A descriptor that is no terminal answers with an error and leaves the size at zero.
    let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    self.init(isInteractive: isatty(descriptor) == 1, columns: isKnown ? Int(size.ws_col) : 80)
  }
}
