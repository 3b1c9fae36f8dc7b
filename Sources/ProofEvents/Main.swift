import Foundation
import Hotspots
import Incidents
import Pipeline
import PipelineTesting

/// Writes the seeded events that the proofs send, one JSON object a line, in their order of arrival:
///
///     ProofEvents SEED COUNT NOW AFTER
///
/// COUNT incidents and half as much of tags and hospitals, and what becomes of them, with poison among them, as they might
/// be sent at NOW (ms since 1970), behind AFTER incidents of other seeds. The first line is the configuration that their
/// reader is given. Each further one has `topic`, `partition`, `key` and `value` (base64, or null), `headers` (a list of name
/// and base64 value), `role`, and for poison the `code` that it must earn.
@main
enum ProofEvents {
  static func main() throws {
    let numbers = CommandLine.arguments.dropFirst().compactMap { Int64($0) }
    guard numbers.count == 4, CommandLine.arguments.count == 5, numbers[0] >= 0 else {
      FileHandle.standardError.write(Data("usage: ProofEvents SEED COUNT NOW AFTER\n".utf8))
      exit(2)
    }
    let now = EventTime(milliseconds: numbers[2])
    let history = try GeneratedHistory(
      ofAllInputs: UInt64(numbers[0]), count: Int(numbers[1]), now: now, after: Int(numbers[3]))
    // Observed long enough for every day to be judged that a test may come to.
    let observed = LocalDay(containing: EventTime(milliseconds: now.milliseconds - 120 * 86_400_000))
    let configuration = Configuration(
      observedFrom: Dictionary(uniqueKeysWithValues: InputTopic.allCases.map { ($0, observed) }),
      sources: GeneratedHistory.registry)
    write(Data(configuration.json))
    for record in history.records {
      write(try JSONSerialization.data(withJSONObject: members(of: record), options: [.sortedKeys]))
    }
  }

  private static func members(of record: GeneratedRecord) -> [String: Any] {
    func text(_ bytes: [UInt8]?) -> Any { bytes.map { Data($0).base64EncodedString() } ?? NSNull() }
    return [
      "topic": record.topic.name, "partition": record.partition, "key": text(record.key), "value": text(record.value),
      "headers": record.headers.map { [$0.name, text($0.value)] },
      "role": "\(record.role)", "code": record.expectedCode?.name ?? NSNull(),
    ]
  }

  private static func write(_ line: Data) { FileHandle.standardOutput.write(line + Data("\n".utf8)) }
}
