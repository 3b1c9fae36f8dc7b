import Arguments
import Dashboard
import Foundation
import HTTPService
import KafkaLog
import Pipeline
import SQLite
import Synchronization
import Wire

/// What a process shows of itself over HTTP: with the role `serve` the API, the live stream and the page; without it how
/// the process is.
final class ServiceFront: Sendable {
  let isServing: Bool
  private let names: Names
  private let log: any LogFactory
  private let model: ReadModel
  private let live: LiveStream
  private let follower: ProgressFollower
  private let timings: [Pipeline.Role: RoleTimings]
  private let listener = Mutex<HTTPListener?>(nil)
  private let threads = Mutex<[RoleThread]>([])
  private let began = Date()

  /// Opens the read model in that file; without the role, one in memory that stays empty.
  ///
  /// - Parameter log: for what reads along: it should fetch little ahead.
  init(names: Names, log: any LogFactory, readModel file: String, roles: [Pipeline.Role], stop: StopFlag) throws {
    self.names = names
    self.log = log
    isServing = roles.contains(.serve)
    do {
      model = try isServing ? Self.open(file) : ReadModel(path: ":memory:")
    } catch {
      throw CommandFailure("the read model \(file) cannot be opened: \(error)")
    }
    live = LiveStream(model: model)
    timings = Dictionary(roles.map { ($0, RoleTimings()) }) { first, _ in first }
    follower = ProgressFollower(names: names, log: log, stop: stop)
  }

  private static func open(_ file: String) throws(SQLiteError) -> ReadModel {
    do {
      return try ReadModel(path: file)
    } catch {
      guard error.code == .damaged else { throw error }
      Output.complain("\(file) is damaged; it is made anew from the topics")
      for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + suffix) }
      return try ReadModel(path: file)
    }
  }

  /// Notes what a role passes, for its metrics.
  func passing(_ role: Pipeline.Role, _ hook: CrashPoint.Hook?) -> CrashPoint.Hook? {
    guard let timings = timings[role] else { return hook }
    return { point in
      timings.pass(point)
      hook?(point)
    }
  }

  /// Begins to listen on the first of the addresses that is free; where.
  func start(on addresses: [ListeningAddress], hasPage: Bool, showing threads: [RoleThread]) throws -> ListeningAddress
  {
    self.threads.withLock { $0 = threads }
    follower.start()
    let d3 = hasPage && isServing ? FileManager.default.contents(atPath: PageFiles.debianD3).map { Array($0) } : nil
    if hasPage, isServing, d3 == nil {
      Output.complain("\(PageFiles.debianD3) is not there: the page has no map and no charts; install node-d3")
    }
    let router = Router(model: model, live: live, page: PageFiles(d3: d3, hasPage: hasPage && isServing)) { [self] in
      ServiceHealth(obstacles: obstacles, metrics: metrics)
    }
    let isServing = isServing
    let answer: @Sendable (HTTPRequest) -> HTTPResponse = { request in
      if !isServing, !Self.ownPaths.contains(request.path) {
        return HTTPResponse(
          HTTPFault(404, "This process does not serve.", "Ask one that runs with --roles serve."),
          isHead: request.method == "HEAD")
      }
      return router.answer(request)
    }
    let listener = try Self.listener(on: addresses[...], answer)
    live.onPublish { [weak listener] in listener?.wake() }
    self.listener.withLock { $0 = listener }
    return listener.address
  }

  private static func listener(
    on addresses: ArraySlice<ListeningAddress>, _ answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse
  ) throws(ListenerError) -> HTTPListener {
    guard let address = addresses.first else { preconditionFailure("nowhere to listen") }
    do {
      return try HTTPListener(on: address, handler: answer)
    } catch {
      guard addresses.count > 1 else { throw error }
      return try listener(on: addresses.dropFirst(), answer)
    }
  }

  private static let ownPaths = [["healthz"], ["readyz"], ["metrics"]]

  func stop() {
    let listener = listener.withLock { listener in
      defer { listener = nil }
      return listener
    }
    listener?.stop()
  }

  /// How long the role waits before it tries again, the first time and at most.
  private static let pauses = (first: 0.5, longest: 30.0)

  /// Makes the serve role's worker. A fault that goes on is tried again ever more seldom: it must not end the others.
  func makeWorker() -> @Sendable () throws(RoleError) -> any Worker {
    let failures = Mutex(0)
    return { [self] () throws(RoleError) in
      let count = failures.withLock { count in
        defer { count += 1 }
        return count
      }
      if count > 0 {
        Thread.sleep(forTimeInterval: min(Self.pauses.first * pow(2, Double(min(count, 10))), Self.pauses.longest))
      }
      let role = try ServeRole(log: log, names: names, model: model, live: live)
      failures.withLock { $0 = 0 }
      return role
    }
  }

  // MARK: How it is

  private var obstacles: [String] {
    threads.withLock(\.self).compactMap { thread in
      guard let standing = thread.standing else { return "\(thread.role.rawValue) has not started its work" }
      let behind = standing.owned.filter { standing.caughtUp[$0] == nil }
      guard thread.role == .serve, !behind.isEmpty, !thread.hasCaughtUp else { return nil }
      return "the read model is being read: \(behind.map(\.description).sorted().joined(separator: ", "))"
    }
  }

  private var metrics: [UInt8] {
    var text = PrometheusText()
    let threads = threads.withLock(\.self)
    ServiceMetrics.write(threads: threads, timings: timings, follower.report, into: &text)
    ServiceMetrics.writeProcess(since: began, into: &text)
    if isServing { model.write(into: &text) }
    if let load = listener.withLock({ $0?.load }) {
      text.metric("bellwether_http_connections", .gauge, "Connections open now, those of streams among them.")
      text.sample("bellwether_http_connections", [:], load.connections)
      text.metric("bellwether_stream_readers", .gauge, "Readers of the live stream now.")
      text.sample("bellwether_stream_readers", [:], load.streams)
    }
    return text.bytes
  }
}
