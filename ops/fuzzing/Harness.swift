// The decoders of outside bytes, as libFuzzer calls them: `ops/fuzz` builds this file and runs it. Which decoder it is says
// BELLWETHER_FUZZ. What must never be is a trap, and what must always hold is checked here.
import Foundation
import Hotspots
import Incidents
import Wire

nonisolated(unsafe) private var decoder = Decoder(named: ProcessInfo.processInfo.environment["BELLWETHER_FUZZ"] ?? "")

/// What libFuzzer calls with each input.
@c(LLVMFuzzerTestOneInput)
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = start.map { Array(UnsafeBufferPointer(start: $0, count: count)) } ?? []
  decoder.decode(bytes)
  return 0
}

private struct Decoder: ~Copyable {
  private enum Kind {
    case input(InputTopic)
    case journal, configuration
  }

  private let kind: Kind
  private var translator: EventTranslator
  private var validator = EventValidator()
  private static let arrival = EventTime(milliseconds: 1_772_409_600_000)

  init(named name: String) {
    switch name {
    case "journal": kind = .journal
    case "configuration": kind = .configuration
    default:
      guard let topic = InputTopic.allCases.first(where: { $0.name == name }) else { fatalError("no decoder \(name)") }
      kind = .input(topic)
    }
    if case .input(let topic) = kind {
      translator = EventTranslator(topic: topic, sources: nil)
    } else {
      translator = EventTranslator(topic: .incidents, sources: nil)
    }
  }

  mutating func decode(_ bytes: [UInt8]) {
    switch kind {
    case .input(let topic): translate(bytes, as: topic)
    case .journal: _ = scan(bytes)
    case .configuration: _ = try? Configuration(file: bytes)
    }
  }

  /// An event is refused, and leaves nothing, or is one line of the journal that the scanner takes; the validator says the
  /// same.
  private mutating func translate(_ bytes: [UInt8], as topic: InputTopic) {
    var batch = RecordBatch()
    let value = bytes.withUnsafeBytes { batch.append($0) }
    batch.append(
      record: RecordBatch.Record(
        source: batch.index(of: TopicPartition(topic.name, 0)), offset: 0, timestamp: -1, key: nil, value: value,
        firstHeader: 0, headerCount: 0))
    var lines: [UInt8] = []
    let rejection = translator.translate(batch.records[0], of: batch, at: Self.arrival, into: &lines)
    guard rejection == validator.check(bytes, as: topic, at: Self.arrival) else { fatalError("the validator differs") }
    if rejection == nil {
      guard scan(lines) == 1 else { fatalError("not one line: \(String(decoding: lines, as: UTF8.self))") }
    } else if !lines.isEmpty {
      fatalError("a refused event left something")
    }
  }

  /// How many lines there are; nil when they are damaged.
  private func scan(_ bytes: [UInt8]) -> Int? {
    var scanner = JournalLineScanner()
    var sources = SourceTable()
    var sites = SiteTable()
    var count = 0
    do {
      while let event = try scanner.next(in: bytes.span, sources: &sources, sites: &sites) {
        guard Int(event.source.value) < sources.count, event.site.map({ Int($0.value) < sites.count }) ?? true else {
          fatalError("a name without a number")
        }
        count += 1
      }
      return count
    } catch {
      return nil
    }
  }
}
