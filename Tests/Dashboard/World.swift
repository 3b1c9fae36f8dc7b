import Foundation
import HTTPService
import Hotspots
import Incidents
import Pipeline
import PipelineTesting
import Wire

@testable import Dashboard

/// The whole pipeline in memory with a seeded history on its inputs, and a read model on disk that is served from.
final class World {
  let service: MemoryService
  let names: Names
  let file: URL
  private(set) var model: ReadModel
  private(set) var live: LiveStream
  private var role: ServeRole?
  private var records: ArraySlice<GeneratedRecord>
  var random: SeededGenerator

  /// Everything is judged, as the days before the journal's birth count as observed.
  init(seed: UInt64, records count: Int) throws {
    let log = MemoryLog()
    names = Names(prefix: "")
    let now = EventTime(milliseconds: log.clock.now)
    service = try MemoryService(
      log: log, names: names,
      configuration: Configuration(
        observedFrom: [.incidents: LocalDay(containing: now).advanced(by: -70)], sources: GeneratedHistory.registry))
    records = try GeneratedHistory(seed: seed, count: count, now: now).records[...]
    random = SeededGenerator(seed: seed)
    file = FileManager.default.temporaryDirectory.appending(path: "read-model-\(UUID().uuidString).sqlite")
    model = try ReadModel(path: file.path)
    live = LiveStream(model: model)
  }

  deinit { Self.delete(file) }

  static func delete(_ file: URL) {
    for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file.path + suffix) }
  }

  var isFed: Bool { records.isEmpty }

  var router: Router {
    Router(model: model, live: live, page: PageFiles(d3: Array("d3".utf8))) {
      ServiceHealth(obstacles: [], metrics: Array("up 1\n".utf8))
    }
  }

  /// Some of the history arrives, some of it is folded, some time passes.
  func advance() throws {
    let share = records.prefix(1 + random.below(300))
    records = records.dropFirst(share.count)
    try service.feed(share.map { $0.outgoing() })
    try service.step(times: 1 + random.below(6))
    service.log.clock.advance(milliseconds: Int64(random.below(2 * 3_600_000)))
  }

  /// All of the history has arrived and is folded.
  func finish() throws {
    while !isFed { try advance() }
    try service.runUntilCaughtUp()
  }

  /// The serve role takes so many steps.
  func serve(steps: Int) throws {
    let role = try role ?? makeRole()
    self.role = role
    for _ in 0..<steps { try role.step(waiting: .zero) }
  }

  /// The read model holds all that the topics have.
  func serveUntilCaughtUp() throws {
    try serve(steps: 1)
    let ends = try MemoryLogFactory(service.log).makeAdministration().bounds(of: Array(role?.owned ?? []))
    while let role, !ends.allSatisfy({ role.caughtUp[$0.key] ?? -1 >= $0.value.next }) { try role.step(waiting: .zero) }
  }

  private func makeRole() throws -> ServeRole {
    try ServeRole(log: MemoryLogFactory(service.log), names: names, model: model, live: live)
  }

  /// As after a crash: everything but the file is gone.
  func restart() throws {
    role = nil
    model = try ReadModel(path: file.path)
    live = LiveStream(model: model)
  }

  /// As after somebody has deleted the file.
  func startAnew() throws {
    role = nil
    Self.delete(file)
    try restart()
  }

  func committed(_ topic: String) throws -> RecordBatch {
    try service.log.committedRecords(in: TopicPartition(topic, 0))
  }

  /// The newest value of each key of a topic.
  func newest(_ topic: Topic) throws -> [String: [UInt8]] {
    let batch = try committed(names(topic))
    var newest: [String: [UInt8]] = [:]
    for record in batch.records {
      if let key = record.key { newest[batch.text(key)] = record.value.map { batch.copy($0) } }
    }
    return newest
  }
}
