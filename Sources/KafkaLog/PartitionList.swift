import CRdkafka
import Pipeline
import Wire

/// A list of partitions as librdkafka takes it, with offsets and metadata.
@safe struct PartitionList: ~Copyable {
  private let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

  private init(capacity: Int) {
    // Ends the process when there is no memory, like every allocation in Swift.
    unsafe pointer = unsafe rd_kafka_topic_partition_list_new(Int32(clamping: capacity))
  }

  init(_ partitions: some Collection<TopicPartition>) {
    self.init(capacity: partitions.count)
    for partition in partitions { _ = unsafe add(partition) }
  }

  init(_ positions: [TopicPartition: Int64]) {
    self.init(capacity: positions.count)
    for (partition, offset) in positions.sorted(by: { $0.key < $1.key }) {
      unsafe add(partition).pointee.offset = offset
    }
  }

  init(_ offsets: [TopicPartition: CommittedOffset]) {
    self.init(capacity: offsets.count)
    for (partition, committed) in offsets.sorted(by: { $0.key < $1.key }) {
      let entry = unsafe add(partition)
      unsafe entry.pointee.offset = committed.offset
      let metadata = Array(committed.metadata.utf8)
      guard !metadata.isEmpty, let copy = unsafe rd_kafka_mem_malloc(nil, metadata.count) else { continue }
      // The list owns the copy from here on and frees it with the allocator that it came from.
      unsafe copy.copyMemory(from: metadata, byteCount: metadata.count)
      unsafe entry.pointee.metadata = unsafe copy
      unsafe entry.pointee.metadata_size = metadata.count
    }
  }

  deinit { unsafe rd_kafka_topic_partition_list_destroy(pointer) }

  /// The entry stays where it is until the next one is added.
  private func add(_ partition: TopicPartition) -> UnsafeMutablePointer<rd_kafka_topic_partition_t> {
    unsafe rd_kafka_topic_partition_list_add(pointer, partition.topic, partition.partition)
  }

  func withPointer<Result>(
    _ body: (UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) -> Result
  ) -> Result {
    unsafe body(pointer)
  }

  /// What a call has filled in.
  var entries: [Entry] { unsafe PartitionList.entries(of: pointer) }

  /// An entry of a list, read.
  struct Entry {
    var partition: TopicPartition
    var offset: Int64
    var metadata: String
    var error: rd_kafka_resp_err_t
  }

  /// Reads a list that somebody else owns, such as a part of an event.
  static func entries(of list: UnsafePointer<rd_kafka_topic_partition_list_t>) -> [Entry] {
    let elements = unsafe UnsafeBufferPointer(start: list.pointee.elems, count: Int(list.pointee.cnt))
    return unsafe elements.map { element in
      let metadata = unsafe UnsafeRawBufferPointer(
        start: element.metadata, count: element.metadata == nil ? 0 : element.metadata_size)
      return unsafe Entry(
        partition: TopicPartition(String(cString: element.topic), element.partition), offset: element.offset,
        metadata: String(decoding: metadata, as: UTF8.self), error: element.err)
    }
  }

  /// The committed offsets among the entries; an error that one of them has.
  static func committed(_ entries: [Entry]) throws(LibraryError) -> [TopicPartition: CommittedOffset] {
    var answer: [TopicPartition: CommittedOffset] = [:]
    for entry in entries {
      if entry.error != RD_KAFKA_RESP_ERR_NO_ERROR {
        throw LibraryError(entry.error, reason: "\(entry.partition): \(LibraryError.name(of: entry.error))")
      }
      // A negative offset says that there is none.
      guard entry.offset >= 0 else { continue }
      answer[entry.partition] = CommittedOffset(offset: entry.offset, metadata: entry.metadata)
    }
    return answer
  }
}
