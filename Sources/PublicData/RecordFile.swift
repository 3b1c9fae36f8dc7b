import Wire

/// A file of events as producers send them: one structured CloudEvent a line (NDJSON), in the order written.
public struct RecordFile: ~Copyable {
  private var file: FileDescriptor
  private var pending: [UInt8] = []
  /// Events written.
  public private(set) var count = 0

  private static let flushed = 1 << 16

  /// Creates the file or empties it. Throws when it is one of the inputs, which would be lost.
  public init(path: String, inputs: [String] = []) throws(PublicDataError) {
    for input in inputs where FileDescriptor.isSameFile(input, path) {
      throw PublicDataError(.wouldOverwriteInput, path: path, reason: "this file is also read from; choose another")
    }
    file = try .openToWrite(path)
  }

  /// Appends a record's value. Its key, headers and topic are not kept: whoever reads the file makes them from the event.
  public mutating func write(_ record: OutgoingRecord) throws(PublicDataError) {
    guard let value = record.value, !value.isEmpty, !value.contains(where: { $0 == 0x0A || $0 == 0x0D }) else {
      throw PublicDataError(.notOneLine, path: file.path, reason: "a record without value or with a line end in it")
    }
    pending += value
    pending.append(0x0A)
    count += 1
    if pending.count >= Self.flushed { try flush() }
  }

  private mutating func flush() throws(PublicDataError) {
    try file.write(pending)
    pending.removeAll(keepingCapacity: true)
  }

  /// Writes what is pending and closes the file. A file that is not closed lacks its last events.
  public consuming func close() throws(PublicDataError) {
    try flush()
    try file.close()
  }
}
