import Pipeline
import PipelineTesting
import Synchronization
import Testing

@Suite struct MemoryLogContractTests {
  @Test(arguments: LogContract.cases)
  func keeps(_ promise: LogContract.Case) throws {
    try promise.run(on: MemoryLogFixture())
  }
}

/// A log in memory for the contract: nothing waits, so what does not come true within a thousand calls never will.
final class MemoryLogFixture: LogContractFixture {
  let factory: any LogFactory = MemoryLogFactory(MemoryLog())
  let waiting = Duration.zero
  private let lastNumber = Mutex(0)

  func uniqueName(_ stem: String) -> String {
    lastNumber.withLock {
      $0 += 1
      return "\(stem)-\($0)"
    }
  }

  func pump(_ attempt: () throws -> Bool) throws -> Bool {
    for _ in 0..<1_000 where try attempt() { return true }
    return false
  }
}
