import Foundation
import Hotspots
import Incidents
import Wire

/// One fold of a journal, its time taken stage by stage.
struct BenchRun {
  enum Stage: Int, CaseIterable {
    case checksum, roll, apply, judge, digest, days, daysJSON, projections, projectionsJSON
  }

  private var fold = Fold(partition: 0)
  private var spent = [Double](repeating: 0, count: Stage.allCases.count)
  private var signals = 0
  private var days = 0
  private var projections = 0
  private var digest = Digest256.zero
  /// Of all output bytes, so that two builds can be compared.
  private var outputs = Digest256.zero
  private let framesPerBatch: Int

  init(_ request: BenchRequest) {
    framesPerBatch = request.framesPerBatch
    fold.begin(at: BenchJournal.birth)
    fold.configure(request.configuration)
    _ = fold.finish()
  }

  mutating func fold(_ journal: BenchJournal) throws {
    for (index, record) in journal.frames.records.enumerated() {
      let frame = try time(.checksum) { _ in try JournalFrame(record, of: journal.frames) }
      time(.roll) { $0.fold.begin(at: frame.at) }
      try time(.apply) { try frame.apply(record, of: journal.frames, to: &$0.fold) }
      let told = time(.judge) { $0.fold.finish() }
      signals += told.count
      time(.digest) { $0.digest = $0.digest.chained(frame.checksum, told.flatMap(\.json)) }
      if (index + 1) % framesPerBatch == 0 || index + 1 == journal.frames.records.count { publish(frame.checksum) }
    }
  }

  private mutating func publish(_ checksum: Digest128) {
    let changed = time(.days) { $0.fold.changedDays() }
    let days = time(.daysJSON) { _ in changed.flatMap(\.json) }
    let standing = time(.projections) { $0.fold.changedProjections() }
    let projections = time(.projectionsJSON) { _ in standing.flatMap(\.json) }
    self.days += changed.count
    self.projections += standing.count
    outputs = outputs.chained(checksum, days + projections)
  }

  private mutating func time<Answer>(_ stage: Stage, _ body: (inout Self) throws -> Answer) rethrows -> Answer {
    var began = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &began)
    let answer = try body(&self)
    var ended = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ended)
    spent[stage.rawValue] += Double(ended.tv_sec - began.tv_sec) + Double(ended.tv_nsec - began.tv_nsec) / 1e9
    return answer
  }

  func report(_ journal: BenchJournal) -> String {
    let total = spent.reduce(0, +)
    var lines = [
      "\(journal.events) events, \(journal.frames.records.count) frames, \(signals) signals, \(days) days, "
        + "\(projections) projections",
      "\(Int(Double(journal.events) / total)) events a second of CPU, \(rounded(total * 1e6 / Double(journal.events))) µs "
        + "an event",
      "digest \(digest), outputs \(outputs), counts \(String(fold.countsDigest, radix: 16))",
    ]
    for stage in Stage.allCases {
      let seconds = spent[stage.rawValue]
      lines.append(
        "  \(stage): \(rounded(seconds * 1e9 / Double(journal.events))) ns an event, \(Int(seconds / total * 100 + 0.5)) %"
      )
    }
    return lines.joined(separator: "\n")
  }

  private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
