import CRdkafka
import Glibc
import Wire

/// Something that librdkafka has put into the queue of a handle: records, delivery reports, a rebalance, an error, a line
/// of its log, or the answer to an administrative request.
@safe struct Event: ~Copyable {
  private let pointer: OpaquePointer

  init(owning pointer: OpaquePointer) { unsafe self.pointer = unsafe pointer }

  deinit { unsafe rd_kafka_event_destroy(pointer) }

  var kind: rd_kafka_event_type_t { unsafe rd_kafka_event_type(pointer) }

  func withPointer<Result>(_ body: (OpaquePointer) -> Result) -> Result { unsafe body(pointer) }

  /// What went wrong; nil when nothing did. Of a rebalance, this is no error but the kind of it.
  var error: LibraryError? {
    let code = unsafe rd_kafka_event_error(pointer)
    guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
    let reason = unsafe rd_kafka_event_error_string(pointer).map { unsafe String(cString: $0) }
    return unsafe LibraryError(code, reason: reason, isFatal: rd_kafka_event_error_is_fatal(pointer) != 0)
  }

  /// The partition that an error or an end of partition is about, and its position there.
  var partition: (partition: TopicPartition, offset: Int64)? {
    guard let entry = unsafe rd_kafka_event_topic_partition(pointer) else { return nil }
    defer { unsafe rd_kafka_topic_partition_destroy(entry) }
    let partition = unsafe TopicPartition(String(cString: entry.pointee.topic), entry.pointee.partition)
    return (partition, unsafe entry.pointee.offset)
  }

  /// The partitions of a rebalance.
  var partitions: [TopicPartition] {
    guard let list = unsafe rd_kafka_event_topic_partition_list(pointer) else { return [] }
    return unsafe PartitionList.entries(of: list).map(\.partition)
  }

  /// A line of the library's log.
  var logLine: (level: Int32, text: String)? {
    var facility: UnsafePointer<CChar>?
    var line: UnsafePointer<CChar>?
    var level: Int32 = 0
    guard unsafe rd_kafka_event_log(pointer, &facility, &line, &level) == 0 else { return nil }
    let name = unsafe facility.map { unsafe String(cString: $0) } ?? ""
    let text = unsafe line.map { unsafe String(cString: $0) } ?? ""
    return (level, "\(name): \(text)")
  }

  /// Hands over each message in turn; it belongs to the event.
  func forEachMessage(_ body: (borrowing Message) -> Void) {
    while let message = unsafe rd_kafka_event_message_next(pointer) {
      body(unsafe Message(borrowing: message))
    }
  }
}

/// A record read, or the report on a record written: a view that does not outlive its event.
@safe struct Message: ~Copyable {
  private let pointer: UnsafePointer<rd_kafka_message_t>

  fileprivate init(borrowing pointer: UnsafePointer<rd_kafka_message_t>) { unsafe self.pointer = unsafe pointer }

  var error: rd_kafka_resp_err_t { unsafe pointer.pointee.err }
  var partition: Int32 { unsafe pointer.pointee.partition }
  var offset: Int64 { unsafe pointer.pointee.offset }

  /// Milliseconds since 1970; -1 when there is none.
  var timestamp: Int64 { unsafe rd_kafka_message_timestamp(pointer, nil) }

  /// What tells the topic of one message from that of another without reading its name, while the handle has both.
  var topicIdentity: UInt { unsafe UInt(bitPattern: pointer.pointee.rkt) }

  var topic: String {
    guard let name = unsafe rd_kafka_topic_name(pointer.pointee.rkt) else { return "" }
    return unsafe String(cString: name)
  }

  /// The number that the record was produced with.
  var sequence: UInt { unsafe UInt(bitPattern: pointer.pointee._private) }

  /// Copies the record into the arena.
  func append(to batch: inout RecordBatch, source: Int) {
    let message = unsafe pointer.pointee
    let key = unsafe Message.copy(message.key, message.key_len, to: &batch)
    let value = unsafe Message.copy(message.payload, message.len, to: &batch)
    let firstHeader = batch.headers.count
    appendHeaders(to: &batch)
    batch.append(
      record: RecordBatch.Record(
        source: source, offset: offset, timestamp: timestamp, key: key, value: value, firstHeader: firstHeader,
        headerCount: batch.headers.count - firstHeader))
  }

  private func appendHeaders(to batch: inout RecordBatch) {
    var list: OpaquePointer?
    guard unsafe rd_kafka_message_headers(pointer, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list = unsafe list else {
      return
    }
    var index = 0
    var name: UnsafePointer<CChar>?
    var value: UnsafeRawPointer?
    var size = 0
    while unsafe rd_kafka_header_get_all(list, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
      index += 1
      guard let name = unsafe name else { continue }
      let nameSlice = unsafe batch.append(UnsafeRawBufferPointer(start: name, count: strlen(name)))
      let valueSlice = unsafe Message.copy(value, size, to: &batch)
      batch.append(header: RecordBatch.Header(name: nameSlice, value: valueSlice))
    }
  }

  /// Nothing and an empty part are different things: a tombstone has a null pointer, an empty value has not.
  private static func copy(
    _ start: UnsafeRawPointer?, _ count: Int, to batch: inout RecordBatch
  ) -> RecordBatch.Slice? {
    guard let start = unsafe start else { return nil }
    return unsafe batch.append(UnsafeRawBufferPointer(start: start, count: count))
  }
}
