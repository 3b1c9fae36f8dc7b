import CRdkafka
import Pipeline

/// The settings of a handle that is about to be made.
@safe struct Configuration: ~Copyable {
  private let pointer: OpaquePointer

  init(_ settings: [Setting]) throws(LogError) {
    // Ends the process when there is no memory, like every allocation in Swift.
    unsafe pointer = unsafe rd_kafka_conf_new()
    // What is not in this mask never comes: statistics and commit reports are of no use here.
    unsafe rd_kafka_conf_set_events(
      pointer,
      RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_FETCH | RD_KAFKA_EVENT_LOG | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_REBALANCE)
    for setting in settings { try set(setting) }
  }

  deinit { unsafe rd_kafka_conf_destroy(pointer) }

  /// The library's own message is not repeated: it quotes the value, which may be a secret.
  private func set(_ setting: Setting) throws(LogError) {
    switch unsafe rd_kafka_conf_set(pointer, setting.name, setting.value, nil, 0) {
    case RD_KAFKA_CONF_OK: return
    case RD_KAFKA_CONF_UNKNOWN:
      throw LogError(
        .invalidState, .stop, reason: "librdkafka has no property named \(setting.name)",
        advice: "correct or remove this property")
    default:
      throw LogError(
        .invalidState, .stop, reason: "librdkafka does not take this value of the property \(setting.name)",
        advice: "correct or remove this property")
    }
  }

  /// Makes the handle. It owns the settings from then on.
  consuming func makeHandle(_ kind: rd_kafka_type_t) throws(LogError) -> OpaquePointer {
    var reason = [CChar](repeating: 0, count: 512)
    // The pointer lives for the call alone; the library ends its text with a zero within the length that it is given.
    let handle = unsafe reason.withUnsafeMutableBufferPointer { buffer in
      unsafe rd_kafka_new(kind, pointer, buffer.baseAddress, buffer.count)
    }
    guard let handle = unsafe handle else {
      // The settings of a handle that was not made are still ours to end.
      _ = consume self
      throw LogError(
        .invalidState, .stop, reason: "librdkafka refuses its settings: \(text(of: reason))",
        advice: "look at the properties given with -X")
    }
    discard self
    return unsafe handle
  }
}

/// A property of librdkafka.
struct Setting: Hashable, Sendable {
  var name: String
  var value: String

  init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// The text in a buffer that C has filled, up to its terminating zero.
func text(of buffer: [CChar]) -> String {
  String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
