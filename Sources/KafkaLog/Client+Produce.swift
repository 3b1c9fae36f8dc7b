import CRdkafka
import Pipeline
import Wire

extension Client {
  /// Queues a copy of a record; waits while the local queue is full, which needs a `DeliveryServer` on another thread.
  /// `timestamp`: milliseconds since 1970; 0 is now.
  func produce(_ record: OutgoingRecord, sequence: UInt, timestamp: Int64 = 0) throws(LibraryError) {
    let headers = try MessageHeaders(record.headers)
    // Each pointer among the arguments is of memory that a closure around the call keeps. The library copies all of it
    // before the call returns, except the list of headers, which it takes over when it succeeds.
    let failure = unsafe record.topic.withCString { topic in
      unsafe withOptionalBytes(record.key) { key in
        unsafe withOptionalBytes(record.value) { value in
          let arguments = unsafe [
            argument(RD_KAFKA_VTYPE_TOPIC) { unsafe $0.u.cstr = unsafe topic },
            argument(RD_KAFKA_VTYPE_PARTITION) { unsafe $0.u.i32 = record.partition ?? RD_KAFKA_PARTITION_UA },
            argument(RD_KAFKA_VTYPE_KEY) {
              unsafe $0.u.mem.ptr = unsafe UnsafeMutableRawPointer(mutating: key.baseAddress)
              unsafe $0.u.mem.size = key.count
            },
            argument(RD_KAFKA_VTYPE_VALUE) {
              unsafe $0.u.mem.ptr = unsafe UnsafeMutableRawPointer(mutating: value.baseAddress)
              unsafe $0.u.mem.size = value.count
            },
            argument(RD_KAFKA_VTYPE_TIMESTAMP) { unsafe $0.u.i64 = timestamp },
            argument(RD_KAFKA_VTYPE_OPAQUE) { unsafe $0.u.ptr = UnsafeMutableRawPointer(bitPattern: sequence) },
            argument(RD_KAFKA_VTYPE_MSGFLAGS) { unsafe $0.u.i = RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK },
            argument(RD_KAFKA_VTYPE_HEADERS) { unsafe $0.u.headers = unsafe headers.pointer },
          ]
          return unsafe withHandle { handle in
            unsafe LibraryError(consuming: rd_kafka_produceva(handle, arguments, arguments.count))
          }
        }
      }
    }
    if let failure { throw failure }
    headers.release()
  }
}

private func argument(_ kind: rd_kafka_vtype_t, _ fill: (inout rd_kafka_vu_t) -> Void) -> rd_kafka_vu_t {
  var argument = unsafe rd_kafka_vu_t()
  unsafe argument.vtype = kind
  unsafe fill(&argument)
  return unsafe argument
}

/// Lends bytes for a call: a null pointer for nothing, any other for something empty.
private func withOptionalBytes<Result>(
  _ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer) -> Result
) -> Result {
  guard let bytes else { return unsafe body(UnsafeRawBufferPointer(start: nil, count: 0)) }
  guard !bytes.isEmpty else {
    return unsafe withUnsafeBytes(of: UInt8(0)) { unsafe body(UnsafeRawBufferPointer(rebasing: $0.prefix(0))) }
  }
  return unsafe bytes.withUnsafeBytes { unsafe body($0) }
}

/// The headers of a record to be produced.
@safe private struct MessageHeaders: ~Copyable {
  /// Null when there are none.
  let pointer: OpaquePointer?

  init(_ headers: [RecordHeader]) throws(LibraryError) {
    guard !headers.isEmpty else {
      unsafe pointer = nil
      return
    }
    unsafe pointer = unsafe rd_kafka_headers_new(headers.count)
    for header in headers {
      // Name and value are copied, by the lengths given.
      let code = unsafe withOptionalBytes(header.value) { value in
        unsafe rd_kafka_header_add(pointer, header.name, header.name.utf8.count, value.baseAddress, value.count)
      }
      if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw LibraryError(code) }
    }
  }

  deinit {
    if let pointer = unsafe pointer { unsafe rd_kafka_headers_destroy(pointer) }
  }

  /// The library owns the list now.
  consuming func release() { discard self }
}
