import Foundation
import HTTPService
import Hotspots
import Incidents
import KafkaLog
import Pipeline
import SimulatedEvents
import Wire

/// Everything that the service is made of, in this process: an embedded broker, its topics, a journal with the registry of
/// the simulated sources, and the roles on their threads, as `run` has them.
struct DemoService {
  let names = Names(prefix: "")
  let clock: DemoClock
  let broker: EmbeddedBroker
  let log: EmbeddedLogFactory
  let stop: StopFlag
  /// Where the page is; nil without one.
  let page: ListeningAddress?
  private let threads: [RoleThread]
  private let front: ServiceFront?

  /// `directory` takes librdkafka's own log and the read model.
  init(plan: SimulationPlan, directory: URL, stop: StopFlag, hasPage: Bool) throws {
    self.stop = stop
    let clock = DemoClock(plan.from.start)
    self.clock = clock
    let logFile = directory.appending(path: "librdkafka.log").path
    broker = try EmbeddedBroker(logFile: logFile)
    let log = EmbeddedLogFactory(broker: broker, logFile: logFile) { clock.now().milliseconds }
    self.log = log
    let names = names
    try Self.found(names, log, plan, at: plan.from.start)
    let roles = Pipeline.Role.allCases.filter { $0 != .serve || hasPage }
    let front =
      try !hasPage
      ? nil
      : ServiceFront(
        names: names, log: log, readModel: directory.appending(path: "readmodel.sqlite").path, roles: roles, stop: stop)
    self.front = front
    threads = roles.map { role in
      RoleThread(role, stop: stop) { () throws(RoleError) -> any Worker in
        let passing = front?.passing(role, nil)
        return switch role {
        case .ingest: try Ingest(log: log, names: names, instance: "demo", clock: clock, passing: passing)
        case .fold: try FoldRole(log: log, names: names, instance: "demo", passing: passing)
        case .serve: try servingWorker(front)()
        }
      }
    }
    page = try front?.start(on: Self.addresses, hasPage: true, showing: threads)
    for thread in threads { thread.start() }
  }

  /// The service's own port, or any when that is taken.
  private static let addresses = ["127.0.0.1:8080", "127.0.0.1:0"].compactMap { ListeningAddress($0) }

  private static func found(
    _ names: Names, _ log: EmbeddedLogFactory, _ plan: SimulationPlan, at: EventTime
  ) throws {
    let administration = try log.makeAdministration()
    defer { administration.close() }
    try administration.create(TopicPlan(names: names, administration: administration).missing)
    let feeds = SimulatedSource.all.filter { source in
      names.inputs.contains(names.input(source.topic)) && (source.topic != .hospital || !source.sites.isEmpty)
    }
    let sources = feeds.map { source in
      RegisteredSource(
        name: source.name, force: source.force, topics: [source.topic], cadenceMinutes: source.cadenceMinutes,
        sites: Dictionary(source.sites.map { ($0.code, $0.area) }) { first, _ in first })
    }
    let observedFrom = Dictionary(uniqueKeysWithValues: InputTopic.allCases.map { ($0, plan.from) })
    _ = try Founding(names: names, log: log).establish(
      configuration: Configuration(observedFrom: observedFrom, sources: sources),
      journal: String(repeating: "de30", count: 8), at: at)
  }

  /// Throws what has ended a role.
  func check() throws {
    if let failure = threads.lazy.compactMap(\.failure).first { throw failure }
  }

  /// How many input records are ingested and committed.
  var ingested: Int {
    log.committed(group: names.group(.ingest)).values.reduce(0) { $0 + Int($1.offset) }
  }

  /// Whether both roles have their partitions.
  var hasJoined: Bool { threads.allSatisfy { $0.standing != nil } }

  /// Waits until so many input records are ingested and the journal is folded, as long as it takes; false when the service
  /// stops first.
  func catchUp(with sent: Int) throws -> Bool {
    let administration = try log.makeAdministration()
    defer { administration.close() }
    let journal = TopicPartition(names(.journal), 0)
    while !stop.isSet {
      if ingested >= sent, let end = try administration.bounds(of: [journal])[journal]?.next,
        let folded = log.committed(group: names.group(.fold))[journal]?.offset, folded >= end
      {
        return true
      }
      Thread.sleep(forTimeInterval: 0.01)
    }
    return false
  }

  func end() {
    stop.set()
    front?.stop()
    for thread in threads { thread.join() }
  }
}
