import Dispatch
import Foundation
import PipelineTesting
import Synchronization

/// Runs of the whole pipeline in memory, with crashes, aborts, fences and rebalances anywhere, each decided by its seed.
///
///     Simulation [--seeds A..B] [--jobs N] [--reference-every N] [--trace]
///
/// Seeds A up to and including B; 1..20000 unless told otherwise. Every N-th seed is held against the slow reference too
/// (500; 0: none). `--trace` prints what was decided. Exit codes: 0 all is well, 1 a run shows what must not be, or
/// nothing interesting happened; 2 usage.
@main
enum Simulate {
  static func main() throws {
    guard let request = SimulationRequest(CommandLine.arguments.dropFirst()) else {
      FileHandle.standardError.write(Data((SimulationRequest.usage + "\n").utf8))
      exit(2)
    }
    let world = try SimulatedWorld()
    let began = ContinuousClock.now
    let next = Atomic(request.seeds.lowerBound)
    let total = Mutex((report: SimulationReport(), failures: 0, compared: 0, fingerprint: UInt64(0)))
    let lanes = DispatchGroup()
    for _ in 0..<request.jobs {
      let thread = Thread {
        let simulator = Simulator(world: world)
        while true {
          let seed = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard seed <= request.seeds.upperBound else { break }
          let outcome = simulator.run(seed: seed, isTraced: request.isTraced)
          var failure = outcome.failure.map { "\($0)" }
          var isCompared = false
          if failure == nil, request.referenceEvery > 0, seed % request.referenceEvery == 0 {
            failure = compare(outcome, simulator)
            isCompared = true
          }
          total.withLock { total in
            total.report += outcome.report
            total.compared += isCompared ? 1 : 0
            // Seeds end in any order.
            total.fingerprint &+= outcome.fingerprint
            if request.isTraced { for line in outcome.trace { print(line) } }
            if let failure {
              total.failures += 1
              print("seed \(seed): \(failure)")
            }
          }
        }
        lanes.leave()
      }
      thread.stackSize = 8 << 20
      lanes.enter()
      thread.start()
    }
    lanes.wait()
    exit(
      total.withLock { total in
        print("fingerprint \(String(total.fingerprint, radix: 16))")
        return conclude(total.report, failures: total.failures, compared: total.compared, request, began)
      })
  }

  private static func compare(_ outcome: Simulator.Outcome, _ simulator: Simulator) -> String? {
    do {
      let answer = try simulator.compareWithReference(outcome)
      return answer.isEqual ? nil : "the slow reference says:\n\(answer.text)"
    } catch {
      return "the slow reference did not run: \(error)"
    }
  }

  private static func conclude(
    _ report: SimulationReport, failures: Int, compared: Int, _ request: SimulationRequest,
    _ began: ContinuousClock.Instant
  ) -> Int32 {
    let seconds = (ContinuousClock.now - began).components.seconds
    let spent = report.spent.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    print(
      """
      \(report.runs) seeds, \(report.records) records, \(report.frames) frames, \(report.projections) projections, \
      \(compared) held against the reference, \(seconds) s
      \(report.crashesInAll) crashes, \(report.crashesInTransaction) of them inside a transaction; \
      \(report.takeOvers) take-overs, \(report.rebalances) rebalances, \(report.revokedAsLost) assignments lost, \
      \(report.expiredSessions) sessions and \(report.expiredTransactions) transactions expired, \
      \(report.faults) faults planted; workers spent: \(spent)
      crashes by place: \(places(report))
      """)
    if failures > 0 {
      print("\(failures) seeds FAILED; run one with --seeds N..N --trace")
      return 1
    }
    let missing = report.missing
    guard missing.isEmpty || request.seeds.count < 500 else {
      print("FAILED: of what should happen, this never did: \(missing.joined(separator: ", "))")
      return 1
    }
    return 0
  }

  private static func places(_ report: SimulationReport) -> String {
    report.crashes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}

/// What the command line asks for.
struct SimulationRequest: Sendable {
  static let usage = "usage: Simulation [--seeds A..B] [--jobs N] [--reference-every N] [--trace]"

  var seeds: ClosedRange<UInt64> = 1...20_000
  var jobs = ProcessInfo.processInfo.activeProcessorCount
  var referenceEvery: UInt64 = 500
  var isTraced = false

  init?(_ arguments: some Sequence<String>) {
    var rest = Array(arguments)[...]
    while let name = rest.popFirst() {
      if name == "--trace" {
        isTraced = true
        continue
      }
      guard let value = rest.popFirst() else { return nil }
      switch name {
      case "--seeds":
        let ends = value.split(separator: "..").compactMap { UInt64($0) }
        guard ends.count == 2, ends[0] <= ends[1], ends[1] < .max else { return nil }
        seeds = ends[0]...ends[1]
      case "--jobs":
        guard let number = Int(value), number > 0 else { return nil }
        jobs = number
      case "--reference-every":
        guard let number = UInt64(value) else { return nil }
        referenceEvery = number
      default: return nil
      }
    }
  }
}
