import CRdkafka

/// An error of librdkafka as a value: read from its C object, which is destroyed by whoever made this.
struct LibraryError: Error {
  var code: rd_kafka_resp_err_t
  var reason: String
  var isFatal = false
  var isRetriable = false
  var requiresAbort = false

  init(_ code: rd_kafka_resp_err_t, reason: String? = nil, isFatal: Bool = false) {
    self.code = code
    self.reason = reason ?? LibraryError.name(of: code)
    self.isFatal = isFatal
  }

  /// Reads and destroys what a call returned; nil when the call succeeded.
  init?(consuming error: OpaquePointer?) {
    guard let error = unsafe error else { return nil }
    unsafe self.init(reading: error)
    unsafe rd_kafka_error_destroy(error)
  }

  /// Reads an error that somebody else owns, such as a part of an event.
  init(reading error: OpaquePointer) {
    code = unsafe rd_kafka_error_code(error)
    reason = unsafe String(cString: rd_kafka_error_string(error))
    isFatal = unsafe rd_kafka_error_is_fatal(error) != 0
    isRetriable = unsafe rd_kafka_error_is_retriable(error) != 0
    requiresAbort = unsafe rd_kafka_error_txn_requires_abort(error) != 0
  }

  static func name(of code: rd_kafka_resp_err_t) -> String {
    // The library's own table; it answers every code with a text.
    guard let text = unsafe rd_kafka_err2str(code) else { return "error \(code.rawValue)" }
    return unsafe String(cString: text)
  }
}
