import Foundation
import Hotspots
import Incidents
import Wire

/// How fast the fold is, and where its time goes: a journal made up in memory is folded as the service does it, from the
/// bytes of its frames to the bytes of its outputs, without a broker.
///
///     FoldBench [--events N] [--per-day N] [--order lived|random] [--batch N] [--detectors c2|all|none] [--repeat N]
///
/// N events (2,000,000), so many of them a day (67,000 nationwide), a thousand in a frame; in the order in which they were
/// lived (soon after they happened, one in twenty up to a month late, three in a hundred a revision that moves an earlier
/// one) or at random over the whole time; N frames in a batch (100), after which what changed is published.
@main
enum FoldBench {
  static func main() {
    guard let request = BenchRequest(CommandLine.arguments.dropFirst()) else {
      FileHandle.standardError.write(Data((BenchRequest.usage + "\n").utf8))
      exit(2)
    }
    let journal = BenchJournal(request)
    for _ in 0..<request.repeats {
      var run = BenchRun(request)
      do {
        try run.fold(journal)
      } catch {
        FileHandle.standardError.write(Data("the journal cannot be read: \(error)\n".utf8))
        exit(1)
      }
      print(run.report(journal))
    }
  }
}

/// What the command line asks for.
struct BenchRequest {
  static let usage =
    "usage: FoldBench [--events N] [--per-day N] [--order lived|random] [--batch N] [--detectors c2|all|none] [--repeat N]"

  var events = 2_000_000
  var perDay = 67_000
  var isLived = true
  var framesPerBatch = 100
  var detectors = "c2"
  var repeats = 1

  init?(_ arguments: some Sequence<String>) {
    var rest = Array(arguments)[...]
    while let name = rest.popFirst() {
      guard let value = rest.popFirst() else { return nil }
      switch (name, Int(value)) {
      case ("--events", .some(1...)): events = Int(value) ?? events
      case ("--per-day", .some(1...)): perDay = Int(value) ?? perDay
      case ("--batch", .some(1...)): framesPerBatch = Int(value) ?? framesPerBatch
      case ("--repeat", .some(1...)): repeats = Int(value) ?? repeats
      case ("--order", nil) where ["lived", "random"].contains(value): isLived = value == "lived"
      case ("--detectors", nil) where ["c2", "all", "none"].contains(value): detectors = value
      default: return nil
      }
    }
  }

  var configuration: Configuration {
    var configuration = Configuration(observedFrom: [.incidents: LocalDay(containing: BenchJournal.birth)])
    for index in configuration.detectors.indices {
      switch detectors {
      case "all": configuration.detectors[index].measures = [.init(.knifeCrime), .init(.knifeInjury)]
      case "none": configuration.detectors[index].measures = []
      default: break
      }
    }
    return configuration
  }
}
