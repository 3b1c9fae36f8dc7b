import Pipeline

/// What every adapter of the log port does alike, as cases to be run on each of them: on a real Kafka, on `MemoryLog`.
///
/// A case is synchronous and may block: run it on a thread of its own where the adapter blocks. It makes topics, groups
/// and transactional ids of its own, so cases share a log without seeing each other.
public enum LogContract {
  /// One thing that the port promises.
  public struct Case: Sendable, CustomStringConvertible {
    public let name: String
    private let body: @Sendable (LogContractBench) throws -> Void

    init(_ name: String, _ body: @escaping @Sendable (LogContractBench) throws -> Void) {
      self.name = name
      self.body = body
    }

    public var description: String { name }

    /// Throws a `LogContractViolation` when the promise does not hold, or what the adapter threw out of turn.
    public func run(on fixture: any LogContractFixture) throws {
      let bench = try LogContractBench(fixture)
      defer { bench.closeAll() }
      try body(bench)
    }
  }

  public static let cases = records + transactions + reading + offsets + groups + administration
}

/// What a case needs of the adapter under test.
public protocol LogContractFixture: Sendable {
  var factory: any LogFactory { get }
  /// A name that begins with `stem` and that this log has never seen, for topics, groups and transactional ids.
  func uniqueName(_ stem: String) -> String
  /// What the cases' polls wait for something to read.
  var waiting: Duration { get }
  /// Calls `attempt` until it answers true; false when a generous bound has passed instead. A real log needs time, one in
  /// memory only a few calls.
  func pump(_ attempt: () throws -> Bool) throws -> Bool
}

/// A promise of the port that an adapter did not keep.
public struct LogContractViolation: Error, CustomStringConvertible {
  public let description: String

  init(_ what: String, file: StaticString, line: UInt) { description = "\(file):\(line): \(what)" }
}
