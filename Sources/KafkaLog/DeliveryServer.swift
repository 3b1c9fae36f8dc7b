import CRdkafka
import Dispatch
import Foundation
import Pipeline
import Synchronization
import Wire

/// Takes delivery reports off a producer's queue, on a thread of its own: librdkafka's flush, commit and abort wait until
/// somebody else has done so.
final class DeliveryServer: Sendable {
  let client: Client
  /// Whether each delivery is wanted, or only how many there were.
  private let keepsDeliveries: Bool
  private let state = Mutex(State())
  private let stopping = Atomic(false)
  private let ended = DispatchSemaphore(value: 0)

  struct State {
    /// The sequence number of the first of `deliveries`.
    var base: UInt = 1
    var deliveries: [Delivery] = []
    var delivered = 0
    var failed = 0
    /// The first failure, and where.
    var failure: (error: LibraryError, partition: TopicPartition)?
  }

  init(_ client: consuming Client, keepsDeliveries: Bool) {
    self.client = client
    self.keepsDeliveries = keepsDeliveries
    let thread = Thread { [self] in serve() }
    thread.name = "kafka-deliveries"
    thread.start()
  }

  /// Ends the thread; afterwards nothing is taken off the queue any more.
  func stop() {
    stopping.store(true, ordering: .releasing)
    client.wake()
    ended.wait()
  }

  private func serve() {
    while !stopping.load(ordering: .acquiring) {
      guard let event = client.poll(milliseconds: 200) else { continue }
      if event.kind == RD_KAFKA_EVENT_DR {
        // The reports of an event are many, and of one partition.
        state.withLock { state in event.forEachMessage { record($0, in: &state) } }
      } else {
        client.note(event)
      }
    }
    ended.signal()
  }

  private func record(_ message: borrowing Message, in state: inout State) {
    if message.error == RD_KAFKA_RESP_ERR_NO_ERROR {
      state.delivered += 1
    } else {
      // Of what a former transaction has purged nobody wants to hear.
      guard !keepsDeliveries || message.sequence >= state.base else { return }
      state.failed += 1
      if state.failure == nil {
        state.failure = (LibraryError(message.error), TopicPartition(message.topic, message.partition))
      }
      return
    }
    guard keepsDeliveries, message.sequence >= state.base else { return }
    let index = Int(message.sequence - state.base)
    guard index < state.deliveries.count else { return }
    state.deliveries[index].partition.partition = message.partition
    // After a retry the library may know that a record is there, but not where.
    state.deliveries[index].offset = max(-1, message.offset)
    state.deliveries[index].timestamp = message.timestamp
  }

  /// The number that the next record is to be produced with.
  func expect(_ record: OutgoingRecord) -> UInt {
    guard keepsDeliveries else { return 0 }
    return state.withLock { state in
      state.deliveries.append(
        Delivery(partition: TopicPartition(record.topic, record.partition ?? -1), offset: -1, timestamp: -1))
      return state.base + UInt(state.deliveries.count) - 1
    }
  }

  /// The record expected last was not taken.
  func expectLess() {
    guard keepsDeliveries else { return }
    state.withLock { _ = $0.deliveries.popLast() }
  }

  /// What became of the records since the last call, in the order in which they were produced.
  func takeDeliveries() -> [Delivery] {
    state.withLock { state in
      defer { state.forget() }
      return state.deliveries
    }
  }

  /// The first failure since the last `reset`.
  var failure: (error: LibraryError, partition: TopicPartition)? { state.withLock { $0.failure } }

  /// How many records have been delivered and have failed since the last `reset`.
  var counts: (delivered: Int, failed: Int) { state.withLock { ($0.delivered, $0.failed) } }

  /// Forgets everything, also what is still to be reported.
  func reset() {
    state.withLock { state in
      state.forget()
      state.delivered = 0
      state.failed = 0
      state.failure = nil
    }
  }
}

extension DeliveryServer.State {
  mutating func forget() {
    base += UInt(deliveries.count)
    deliveries = []
  }
}
