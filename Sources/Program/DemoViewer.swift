import Demonstration
import Foundation
import Pipeline
import Wire

/// Reads the output topics as a consumer would, into the board.
final class DemoViewer {
  private(set) var board = DemoBoard()
  private let names: Names
  private let reader: any LogConsumer
  private var batch = RecordBatch()

  init(service: DemoService) throws {
    names = service.names
    reader = try service.log.makeReader()
    try reader.assign(try firstPositions())
  }

  private func firstPositions() throws -> [TopicPartition: Int64] {
    var positions: [TopicPartition: Int64] = [:]
    for topic in DemoBoard.topics(names) {
      let partition = TopicPartition(topic, 0)
      positions[partition] = try reader.bounds(of: partition).first
    }
    return positions
  }

  /// Takes in what has come.
  func read() throws {
    while true {
      batch.removeAll()
      let signal: LogSignal?
      do {
        signal = try reader.poll(into: &batch, limit: PollLimit(records: 20_000, bytes: 64 << 20), waiting: .zero)
      } catch {
        // The embedded broker keeps little: whoever is slow misses what it has dropped.
        guard error.code == .offsetOutOfRange else { throw error }
        try reader.assign(try firstPositions())
        continue
      }
      board.take(batch, names: names)
      if batch.records.count < 100, signal == nil { return }
    }
  }

  func close() { reader.close(leaving: true) }
}
