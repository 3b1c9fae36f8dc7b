import Foundation
import KafkaLog
import Pipeline
import PipelineTesting
import Testing

/// The log port's contract on a real broker.
@Suite(.enabled(if: Broker.isThere, Broker.absence), .serialized, .timeLimit(.minutes(3)))
struct KafkaLogContractTests {
  @Test(arguments: LogContract.cases)
  func keeps(_ promise: LogContract.Case) async throws {
    try await Broker.blocking { try promise.run(on: KafkaLogFixture()) }
  }
}

/// A broker's time is real: what does not come true within a minute is given up.
private struct KafkaLogFixture: LogContractFixture {
  let factory: any LogFactory = Broker.factory()
  let waiting = Duration.milliseconds(200)

  func uniqueName(_ stem: String) -> String { Broker.uniqueName(stem) }

  func pump(_ attempt: () throws -> Bool) throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline {
      if try attempt() { return true }
      // Attempts that answer at once would keep the broker from its work.
      Thread.sleep(forTimeInterval: 0.01)
    }
    return false
  }
}
