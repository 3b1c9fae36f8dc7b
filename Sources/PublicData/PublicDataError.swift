import Glibc

/// A file that could not be opened, read or written. What is wrong *inside* a file is a `Refusal` and ends nothing.
public struct PublicDataError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    case cannotOpen, cannotRead, cannotWrite
    /// The output is one of the inputs.
    case wouldOverwriteInput
    /// A record that has no line in a file of events: a tombstone, or a value with a line end in it.
    case notOneLine
  }

  public var code: Code
  public var path: String
  /// What happened, in the system's words where it knew.
  public var reason: String

  public init(_ code: Code, path: String, reason: String) {
    self.code = code
    self.path = path
    self.reason = reason
  }

  /// After a system call that failed.
  init(_ code: Code, path: String, errno number: Int32) {
    // The text is copied before anything else can ask for one.
    let text = unsafe strerror(number).map { unsafe String(cString: $0) }
    self.init(code, path: path, reason: text ?? "error \(number)")
  }

  public var description: String {
    switch code {
    case .cannotOpen: "cannot open \(path): \(reason)"
    case .cannotRead: "cannot read \(path): \(reason)"
    case .cannotWrite: "cannot write \(path): \(reason)"
    case .wouldOverwriteInput, .notOneLine: "\(path): \(reason)"
    }
  }
}
