import Hotspots
import Pipeline

/// Plays runs of the simulation one after the other, on threads of its own.
public final class Simulator {
  /// What a seed came to.
  public struct Outcome: Sendable {
    public var report: SimulationReport
    public var failure: SimulationFinding?
    /// What was decided, one line each, when that was asked for.
    public var trace: [String]
    /// The same for runs in which the same was decided and the same came of it.
    public var fingerprint: UInt64
    public var log: MemoryLog
  }

  private let world: SimulatedWorld
  private let turns = TurnTaking(guests: SimulatedRun.processes.count)

  public init(world: SimulatedWorld) { self.world = world }

  deinit { turns.dismiss() }

  public func run(seed: UInt64, isTraced: Bool = false) -> Outcome {
    let run = SimulatedRun(seed: seed, world: world, turns: turns, isTraced: isTraced)
    var failure: SimulationFinding?
    do {
      try run.play(world, seed: seed)
    } catch let finding as SimulationFinding {
      failure = finding
    } catch {
      failure = SimulationFinding(.divergent, "\(error)")
    }
    return run.shared.withLock { shared in
      Outcome(
        report: shared.report, failure: failure, trace: shared.trace ?? [],
        fingerprint: run.log.state.ends.joined().reduce(shared.fingerprint) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 },
        log: run.log)
    }
  }

  /// Holds a run's log against the slow reference.
  public func compareWithReference(_ outcome: Outcome) throws -> SlowReference.Answer {
    let factory = MemoryLogFactory(outcome.log)
    return try SlowReference.compare(
      outcome.log, names: world.names, configuration: Configuration(sources: GeneratedHistory.registry),
      verdicts: ServiceStatus(names: world.names, log: factory))
  }
}
