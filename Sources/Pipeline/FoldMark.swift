import Hotspots
import Incidents
import Wire

/// What rides in the metadata of the fold's committed offset: how far it is, and digests by which a restart proves that
/// code and history still agree.
public struct FoldMark: Hashable, Sendable {
  /// The version of the fold; outputs of another one may differ.
  public static let release = 1
  private static let format = "1"

  public var release: Int
  /// Committed frames before the offset.
  public var frame: Int64
  /// The running digest of everything ever published from the partition.
  public var digest: Digest256
  /// An order-free sum of hashes of all counts.
  public var counts: UInt64

  public init(release: Int = FoldMark.release, frame: Int64, digest: Digest256, counts: UInt64) {
    self.release = release
    self.frame = frame
    self.digest = digest
    self.counts = counts
  }

  /// Before the first frame.
  public static func start(_ release: Release) -> FoldMark {
    FoldMark(release: release.number, frame: 0, digest: .zero, counts: 0)
  }

  /// `format:version:frame:digest:counts`.
  public var metadata: String { "\(Self.format):\(release):\(frame):\(digest):\(countsText)" }

  /// The sum as 16 hexadecimal digits.
  var countsText: String {
    let digits = String(counts, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Reads a committed offset's metadata back; nil when it is not ours.
  public init?(metadata: String) {
    let parts = metadata.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0] == Self.format, let release = Int(parts[1]), let frame = Int64(parts[2]),
      let digest = Digest256(String(parts[3])), let counts = UInt64(parts[4], radix: 16)
    else { return nil }
    self.init(release: release, frame: frame, digest: digest, counts: counts)
  }

  /// The committed offset that a record of `progress` speaks of; nil when it is none.
  static func committed(json: [UInt8]) -> CommittedOffset? {
    guard let value = try? JSONValue(parsing: json), let offset = value["offset"]?.integer,
      let release = value["release"]?.integer, let frame = value["frame"]?.integer,
      let digest = value["digest"]?.string.flatMap({ Digest256($0) }),
      let counts = value["counts"]?.string.flatMap({ UInt64($0, radix: 16) })
    else { return nil }
    var mark = FoldMark(frame: frame, digest: digest, counts: counts)
    mark.release = Int(release)
    return CommittedOffset(offset: offset, metadata: mark.metadata)
  }
}

// MARK: - In `progress`

extension FoldMark {
  /// Reads what a record of `progress` says of it.
  init?(progress value: JSONValue) {
    guard let release = value["release"]?.integer, let frame = value["frame"]?.integer,
      let digest = value["digest"]?.string.flatMap(Digest256.init),
      let counts = value["counts"]?.string.flatMap({ UInt64($0, radix: 16) })
    else { return nil }
    self.init(release: Int(release), frame: frame, digest: digest, counts: counts)
  }

  /// Writes the members by which a record of `progress` says it.
  func write(into writer: inout JSONWriter) {
    writer.member("release", release)
    writer.member("frame", frame)
    writer.member("digest", digest.description)
    writer.member("counts", countsText)
  }
}
