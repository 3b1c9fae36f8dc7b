import Wire

/// Which refused rows of an input partition were sent again: ranges of offsets, both ends included, in which *every refused*
/// row was. What is between them was accepted, and needs no saying.
struct RetriedRows: Hashable, Sendable {
  private(set) var ranges: [ClosedRange<Int64>]

  init(_ ranges: [ClosedRange<Int64>] = []) { self.ranges = ranges }

  func contains(_ offset: Int64) -> Bool {
    // The first range that ends at or behind it.
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < offset { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(offset)
  }

  /// The same and these, in the fewest ranges. `refused`: all refused rows of the partition that are known, ascending;
  /// what the log of rejections has forgotten need not be remembered here.
  func adding(_ retried: Set<Int64>, of refused: [Int64]) -> RetriedRows {
    var ranges: [ClosedRange<Int64>] = []
    var isOpen = false
    for offset in refused {
      guard retried.contains(offset) || contains(offset) else {
        isOpen = false
        continue
      }
      if isOpen, let last = ranges.last {
        ranges[ranges.count - 1] = last.lowerBound...offset
      } else {
        ranges.append(offset...offset)
      }
      isOpen = true
    }
    return RetriedRows(ranges)
  }

  static func key(of partition: TopicPartition) -> String { "retried:\(partition.topic):\(partition.partition)" }

  /// The record of `progress`.
  func progress(of partition: TopicPartition, names: Names) -> OutgoingRecord {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("topic", partition.topic)
      writer.member("partition", partition.partition)
      writer.array("ranges") { writer in
        for range in ranges {
          writer.array { writer in
            writer.integer(range.lowerBound)
            writer.integer(range.upperBound)
          }
        }
      }
    }
    return OutgoingRecord(
      topic: names(.progress), partition: 0, key: Array(Self.key(of: partition).utf8), value: writer.bytes)
  }

  /// What was sent again, by partition, for whoever only wants to show it.
  static func all(names: Names, log: any LogFactory) throws -> [TopicPartition: RetriedRows] {
    let progress = try ProgressReader(names: names, log: log).read()
    var all: [TopicPartition: RetriedRows] = [:]
    for value in progress.filter({ $0.key.hasPrefix("retried:") }).values {
      guard let rows = RetriedRows(progress: value), let json = try? JSONValue(parsing: value),
        let topic = json["topic"]?.string, let partition = json["partition"]?.integer.flatMap(Int32.init(exactly:))
      else { continue }
      all[TopicPartition(topic, partition)] = rows
    }
    return all
  }

  /// Reads the record back; nil when it is none.
  init?(progress value: [UInt8]) {
    guard let list = (try? JSONValue(parsing: value))?["ranges"]?.elements else { return nil }
    ranges = []
    for pair in list {
      guard let first = pair[0]?.integer, let last = pair[1]?.integer, first <= last,
        first > ranges.last?.upperBound ?? -1
      else { return nil }
      ranges.append(first...last)
    }
  }
}
