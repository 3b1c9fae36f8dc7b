import CRdkafka
import Dispatch
import Foundation
import Pipeline
import Wire

/// A handle of librdkafka and the one queue on which all its events arrive. Everything that the library has to say comes
/// out of `poll`; it calls nothing of ours.
///
/// `Sendable`: the library's handles and queues may be used by several threads at once.
@safe struct Client: ~Copyable, Sendable {
  private nonisolated(unsafe) let handle: OpaquePointer
  private nonisolated(unsafe) let queue: OpaquePointer
  let chatter: Chatter

  /// How long the library may take to wind up a handle. After that it is left to its own threads: better a leak than a
  /// process that does not end.
  private static let destructionBound: DispatchTimeInterval = .seconds(10)

  init(_ kind: rd_kafka_type_t, settings: [Setting], chatter: consuming Chatter) throws(LogError) {
    let configuration = try Configuration(settings)
    let handle = unsafe try configuration.makeHandle(kind)
    var queue: OpaquePointer?
    if kind == RD_KAFKA_CONSUMER {
      // Errors and the log take the same way as the records, so that one poll sees them in their order.
      unsafe rd_kafka_poll_set_consumer(handle)
      unsafe queue = unsafe rd_kafka_queue_get_consumer(handle)
    } else {
      unsafe queue = unsafe rd_kafka_queue_get_main(handle)
    }
    guard let queue = unsafe queue else {
      unsafe rd_kafka_destroy(handle)
      throw LogError(.other, .stop, reason: "librdkafka gives no queue for a new handle")
    }
    unsafe rd_kafka_set_log_queue(handle, nil)
    unsafe self.handle = unsafe handle
    unsafe self.queue = unsafe queue
    self.chatter = chatter
  }

  deinit {
    drain()
    // Nothing may use the two from here on: this is their only owner, and the one place that ends them.
    nonisolated(unsafe) let handle = unsafe self.handle
    nonisolated(unsafe) let queue = unsafe self.queue
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      unsafe rd_kafka_queue_destroy(queue)
      unsafe rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
      done.signal()
    }
    if done.wait(timeout: .now() + Client.destructionBound) == .timedOut {
      chatter.write(level: 4, "the handle did not end in time and is left behind")
    }
  }

  /// Lends the handle to a call of the library. The pointer must not leave the closure.
  func withHandle<Result: ~Copyable, Failure: Error>(
    _ body: (OpaquePointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    unsafe try body(handle)
  }

  /// The next event; nil when none has come in that time.
  func poll(milliseconds: Int32) -> Event? {
    guard let event = unsafe rd_kafka_queue_poll(queue, milliseconds) else { return nil }
    return unsafe Event(owning: event)
  }

  /// Ends a `poll` that another thread is waiting in.
  func wake() { unsafe rd_kafka_queue_yield(queue) }

  /// The fatal error that the handle is in, in the words of whoever raised it.
  var fatalError: LibraryError? {
    var reason = [CChar](repeating: 0, count: 512)
    let code = unsafe reason.withUnsafeMutableBufferPointer { buffer in
      unsafe rd_kafka_fatal_error(handle, buffer.baseAddress, buffer.count)
    }
    guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
    return LibraryError(code, reason: text(of: reason), isFatal: true)
  }

  /// Whether a group knows the handle as a member.
  var isMember: Bool {
    guard let name = unsafe rd_kafka_memberid(handle) else { return false }
    // The text is a copy for us.
    defer { unsafe rd_kafka_mem_free(handle, name) }
    return unsafe name.pointee != 0
  }

  /// What stands behind an error: where the handle is in a fatal state, the calls say only that it is.
  func cause(of error: LibraryError) -> LibraryError {
    guard error.isFatal || error.code == RD_KAFKA_RESP_ERR__FATAL || error.code == RD_KAFKA_RESP_ERR__STATE else {
      return error
    }
    return fatalError ?? error
  }

  /// Writes what an event says to the file: a line of the library's log, or an error that mends itself.
  func note(_ event: borrowing Event) {
    if let line = event.logLine {
      chatter.write(level: line.level, line.text)
    } else if let error = event.error {
      chatter.write(level: 4, "\(LibraryError.name(of: error.code)): \(error.reason)")
    }
  }

  /// Writes down what has come so far, on a handle that is not polled for anything else.
  func drain() {
    // Bounded, for a library that talks faster than it is listened to.
    for _ in 0..<10_000 {
      guard let event = poll(milliseconds: 0) else { return }
      note(event)
    }
  }

  /// Waits until a broker has answered once, so that a wrong address or password is told at the start and not somewhere
  /// in the middle. Later on the library finds its brokers again by itself, however long that takes.
  func awaitBroker(patience: Duration) throws(LogError) {
    let deadline = Deadline(after: patience)
    var last: LibraryError?
    repeat {
      let code = withMetadata(allTopics: false, milliseconds: deadline.milliseconds(atMost: .milliseconds(500))) { _ in
      }
      if code == RD_KAFKA_RESP_ERR_NO_ERROR { return }
      // Why it did not answer stands in the events; the call itself knows only that it did not.
      while let event = poll(milliseconds: 0) {
        note(event)
        guard event.kind == RD_KAFKA_EVENT_ERROR, let error = event.error else { continue }
        if error.meaning == .refused { throw error.asLogError("cannot connect") }
        // That no broker is left says less than why the connection failed.
        if last == nil || error.code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN { last = error }
      }
    } while !deadline.hasPassed
    throw LogError(
      .unreachable, .stop, reason: "no broker answers within \(patience): \(last?.reason ?? "no connection")",
      advice: "check the address, and that the broker runs")
  }

  /// Asks the brokers about the cluster; topics that do not exist are not created by it.
  func withMetadata(
    allTopics: Bool, milliseconds: Int32, _ body: (borrowing ClusterMetadata) -> Void
  ) -> rd_kafka_resp_err_t {
    var answer: UnsafePointer<rd_kafka_metadata>?
    let code = unsafe rd_kafka_metadata(handle, allTopics ? 1 : 0, nil, &answer, max(1, milliseconds))
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let answer = unsafe answer else { return code }
    body(unsafe ClusterMetadata(owning: answer))
    return code
  }

  /// All topics that the user may see.
  func topics(within bound: Duration = .seconds(10)) throws(LogError) -> [String: TopicLayout] {
    let deadline = Deadline(after: bound)
    while true {
      var found: [String: TopicLayout] = [:]
      let code = withMetadata(allTopics: true, milliseconds: deadline.milliseconds()) { found = $0.topics }
      if code == RD_KAFKA_RESP_ERR_NO_ERROR { return found }
      let error = LibraryError(code)
      guard error.isTransient, !deadline.hasPassed else { throw error.asLogError("cannot list the topics") }
      deadline.pause()
    }
  }

  /// First offset and last stable offset of a partition, as the broker says.
  func bounds(of partition: TopicPartition, within bound: Duration = .seconds(10)) throws(LogError) -> OffsetBounds {
    let deadline = Deadline(after: bound)
    while true {
      var first: Int64 = 0
      var next: Int64 = 0
      let code = unsafe rd_kafka_query_watermark_offsets(
        handle, partition.topic, partition.partition, &first, &next, max(1, deadline.milliseconds()))
      if code == RD_KAFKA_RESP_ERR_NO_ERROR { return OffsetBounds(first: first, next: next) }
      let error = LibraryError(code)
      guard error.isTransient, !deadline.hasPassed else {
        throw error.asLogError("cannot ask for the bounds", partition: partition)
      }
      deadline.pause()
    }
  }
}

/// Partitions and replicas of a topic that exists.
struct TopicLayout: Hashable, Sendable {
  var partitions: Int
  var replicas: Int
  /// Whether every partition has a leader, so that it can be read and written.
  var isReady: Bool
}

/// The answer of the brokers to a question about the cluster.
@safe struct ClusterMetadata: ~Copyable {
  private let pointer: UnsafePointer<rd_kafka_metadata>

  fileprivate init(owning pointer: UnsafePointer<rd_kafka_metadata>) { unsafe self.pointer = unsafe pointer }

  deinit { unsafe rd_kafka_metadata_destroy(pointer) }

  var brokerCount: Int { unsafe Int(pointer.pointee.broker_cnt) }

  var topics: [String: TopicLayout] {
    var answer: [String: TopicLayout] = [:]
    let all = unsafe UnsafeBufferPointer(start: pointer.pointee.topics, count: Int(pointer.pointee.topic_cnt))
    for index in all.indices {
      let topic = unsafe all[index]
      guard unsafe topic.err == RD_KAFKA_RESP_ERR_NO_ERROR, let name = unsafe topic.topic else { continue }
      let partitions = unsafe UnsafeBufferPointer(start: topic.partitions, count: Int(topic.partition_cnt))
      unsafe answer[String(cString: name)] = unsafe TopicLayout(
        partitions: partitions.count, replicas: partitions.map { unsafe Int($0.replica_cnt) }.min() ?? 0,
        isReady: !partitions.isEmpty && partitions.allSatisfy { unsafe $0.leader >= 0 })
    }
    return answer
  }
}
