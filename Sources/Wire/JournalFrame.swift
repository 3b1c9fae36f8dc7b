import Hotspots
import Incidents

/// What the headers of a journal record say of it. A frame is what one ingest transaction accepted for one partition, as
/// JSON lines; a tick is an empty frame; control frames hold one line.
public struct JournalFrame: Hashable, Sendable {
  public enum Kind: String, Sendable {
    case events, tick, birth, config, release
  }

  public static let format = 1

  public var kind: Kind
  /// When it arrived, by the clock of ingest.
  public var at: EventTime
  /// How many lines it holds.
  public var count: Int
  /// XXH3-128 over the other headers and the value.
  public var checksum: Digest128

  /// A frame of this value.
  public init(kind: Kind, at: EventTime, count: Int, value: [UInt8]) {
    self.kind = kind
    self.at = at
    self.count = count
    checksum = Self.checksum(kind: kind.rawValue, at: at, count: count, value: value[...])
  }

  public var headers: [RecordHeader] {
    [
      RecordHeader("format", String(Self.format)), RecordHeader("kind", kind.rawValue),
      RecordHeader("at", String(at.milliseconds)), RecordHeader("count", String(count)),
      RecordHeader("checksum", checksum.description),
    ]
  }

  /// Reads the headers of a record and checks its bytes against them.
  public init(_ record: RecordBatch.Record, of batch: borrowing RecordBatch) throws(JournalError) {
    func header(_ name: String) throws(JournalError) -> String {
      guard let text = batch.header(name, of: record) else { throw JournalError("the header \(name) is missing") }
      return text
    }
    guard try header("format") == String(Self.format) else {
      throw JournalError("its format is not \(Self.format): it was written by another version of this program")
    }
    guard let kind = Kind(rawValue: try header("kind")) else { throw JournalError("its kind is unknown") }
    guard let at = Int64(try header("at")), let count = Int(try header("count")), count >= 0 else {
      throw JournalError("its headers at and count are not numbers")
    }
    guard let value = record.value else { throw JournalError("it has no value") }
    self.kind = kind
    self.at = EventTime(milliseconds: at)
    self.count = count
    checksum = Self.checksum(
      kind: kind.rawValue, at: self.at, count: count, value: batch.bytes[value.start..<value.start + value.count])
    guard try header("checksum") == checksum.description else {
      throw JournalError("its bytes do not have the checksum that its header names")
    }
  }

  private static func checksum(kind: String, at: EventTime, count: Int, value: ArraySlice<UInt8>) -> Digest128 {
    XXH3.digest128(Array("\(format)\n\(kind)\n\(at.milliseconds)\n\(count)\n".utf8)[...], value)
  }
}

/// A frame that cannot be read: the journal was damaged, or was written by something else.
public struct JournalError: Error, Hashable, Sendable, CustomStringConvertible {
  public var reason: String

  public init(_ reason: String) { self.reason = reason }

  public var description: String { reason }
}
