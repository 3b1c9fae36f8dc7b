import PipelineTesting
import Testing

@Suite struct MemoryCheckpointsTests {
  @Test(arguments: CheckpointContract.cases)
  func keeps(_ promise: CheckpointContract.Case) throws {
    let store = MemoryCheckpoints()
    try promise.run { store }
  }
}
