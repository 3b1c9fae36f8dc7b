import PipelineTesting
import Testing

/// A few runs of the simulation, and that a seed tells the whole story. `ops/test` plays many more.
@Suite struct SimulationTests {
  static let world = Result { try SimulatedWorld() }

  @Test func runsShowNothingWrongAndRepeat() throws {
    let world = try Self.world.get()
    let (first, second) = (Simulator(world: world), Simulator(world: world))
    var report = SimulationReport()
    for seed in UInt64(1)...8 {
      let outcome = first.run(seed: seed)
      #expect(outcome.failure == nil, "seed \(seed): \(outcome.failure.map { "\($0)" } ?? "")")
      #expect(outcome.fingerprint == second.run(seed: seed).fingerprint, "seed \(seed) gave another run")
      report += outcome.report
    }
    #expect(report.runs == 8)
    #expect(report.crashesInTransaction > 0)
    #expect(report.rebalances > 0)
  }

  @Test func aRunEqualsTheSlowReference() throws {
    let simulator = Simulator(world: try Self.world.get())
    let answer = try simulator.compareWithReference(simulator.run(seed: 61))
    #expect(answer.isEqual, "\(answer.text)")
  }
}
