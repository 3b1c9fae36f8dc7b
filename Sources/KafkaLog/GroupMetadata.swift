import CRdkafka
import Pipeline

/// What a member of a group is to a broker: group, generation, member and instance.
@safe struct GroupMetadata: ~Copyable {
  private let pointer: OpaquePointer

  deinit { unsafe rd_kafka_consumer_group_metadata_destroy(pointer) }

  /// What the consumer is at this moment; nil for one that has no group.
  init?(of client: borrowing Client) {
    // The pointer is new and belongs to the caller.
    guard let pointer = unsafe client.withHandle({ unsafe rd_kafka_consumer_group_metadata($0) }) else { return nil }
    unsafe self.pointer = unsafe pointer
  }

  /// Nobody in particular.
  init(group: String) {
    unsafe pointer = unsafe rd_kafka_consumer_group_metadata_new(group)
  }

  /// From what `bytes` gave, in this same process.
  init(reading bytes: [UInt8]) throws(LibraryError) {
    var pointer: OpaquePointer?
    // The library copies what it reads.
    let failure = unsafe bytes.withUnsafeBytes { buffer in
      unsafe rd_kafka_consumer_group_metadata_read(&pointer, buffer.baseAddress, buffer.count)
    }
    if let error = unsafe LibraryError(consuming: failure) { throw error }
    guard let pointer = unsafe pointer else { throw LibraryError(RD_KAFKA_RESP_ERR__INVALID_ARG) }
    unsafe self.pointer = unsafe pointer
  }

  func withPointer<Result>(_ body: (OpaquePointer) -> Result) -> Result { unsafe body(pointer) }

  /// The library's own encoding, good for this process only.
  func bytes() throws(LibraryError) -> [UInt8] {
    var buffer: UnsafeMutableRawPointer?
    var size = 0
    if let error = unsafe LibraryError(consuming: rd_kafka_consumer_group_metadata_write(pointer, &buffer, &size)) {
      throw error
    }
    // The buffer is ours to free once it is copied.
    defer { unsafe rd_kafka_mem_free(nil, buffer) }
    return unsafe Array(UnsafeRawBufferPointer(start: buffer, count: size))
  }

  /// The generation within what `bytes` gave; nil when the encoding is not the one that librdkafka 2 writes: the mark
  /// `CGMDv2:`, then the generation as the machine has it.
  static func generation(in bytes: [UInt8]) -> Int32? {
    let mark = Array("CGMDv2:".utf8)
    guard bytes.starts(with: mark), bytes.count >= mark.count + 4 else { return nil }
    return unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: mark.count, as: Int32.self) }
  }
}
