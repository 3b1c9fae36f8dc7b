import CRdkafka
import Pipeline

/// A queue of our own for the answers to one question, so that a late answer to an earlier one is never taken for it.
@safe struct Queue: ~Copyable {
  private let pointer: OpaquePointer

  init?(of client: borrowing Client) {
    guard let pointer = unsafe client.withHandle({ unsafe rd_kafka_queue_new($0) }) else { return nil }
    unsafe self.pointer = unsafe pointer
  }

  deinit { unsafe rd_kafka_queue_destroy(pointer) }

  func withPointer<Result>(_ body: (OpaquePointer) -> Result) -> Result { unsafe body(pointer) }

  func poll(milliseconds: Int32) -> Event? {
    guard let event = unsafe rd_kafka_queue_poll(pointer, milliseconds) else { return nil }
    return unsafe Event(owning: event)
  }
}
