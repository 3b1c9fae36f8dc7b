import Hotspots
import Incidents
import Wire

/// What a checkpoint says of itself: of which journal and partition, by which program, how far, and everything of the
/// fold but its events.
public struct CheckpointHeader: Sendable {
  /// What must be the same when a checkpoint is read: its journal and the program that made it.
  public struct Origin: Hashable, Sendable {
    public var journal: String
    public var areas: String
    public var rules: String
    /// The ledger of signals and the settings speak of them.
    public var detectors: String
    public var release: Int

    /// This program on that journal.
    public init(journal: String, release: Release = .current) {
      self.journal = journal
      areas = Birth.digest(of: AreaTable.canonicalText)
      rules = Birth.digest(of: OffenceTable.canonicalText)
      detectors = Birth.digest(of: Detector.canonicalText)
      self.release = release.number
    }
  }

  /// Raised when the members of the header, those of the fold in it, or the layout of a page change.
  static let format: Int64 = 2

  public var origin: Origin
  public var partition: TopicPartition
  /// The offset of the next frame to read.
  public var offset: Int64
  public var mark: FoldMark
  /// The digest of all pages' checksums, in their order.
  var pages: Digest128
  var fold: FoldHeader

  /// What a store keeps, under a checksum.
  var bytes: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("format", Self.format)
      writer.member("journal", origin.journal)
      writer.member("areas", origin.areas)
      writer.member("rules", origin.rules)
      writer.member("detectors", origin.detectors)
      writer.member("release", origin.release)
      writer.member("topic", partition.topic)
      writer.member("partition", partition.partition)
      writer.member("offset", offset)
      writer.member("mark", mark.metadata)
      writer.member("pages", pages.description)
      writer.key("fold")
      fold.write(into: &writer)
    }
    return ChecksummedBytes(writer.bytes).bytes
  }

  init(
    origin: Origin, partition: TopicPartition, offset: Int64, mark: FoldMark, pages: Digest128, fold: FoldHeader
  ) {
    self.origin = origin
    self.partition = partition
    self.offset = offset
    self.mark = mark
    self.pages = pages
    self.fold = fold
  }

  /// Reads a header back, or says in words why it is none.
  public init(bytes: [UInt8]) throws(CheckpointError) {
    guard let kept = ChecksummedBytes(bytes: bytes), let value = try? JSONValue(parsing: kept.contents) else {
      throw CheckpointError("its header is damaged")
    }
    guard value["format"]?.integer == Self.format else { throw CheckpointError("it has another format") }
    guard let journal = value["journal"]?.string, let areas = value["areas"]?.string,
      let rules = value["rules"]?.string, let detectors = value["detectors"]?.string,
      let release = value["release"]?.integer,
      let topic = value["topic"]?.string, let partition = value["partition"]?.integer,
      let offset = value["offset"]?.integer, let mark = value["mark"]?.string.flatMap(FoldMark.init(metadata:)),
      let pages = value["pages"]?.string.flatMap(Digest128.init), let fold = value["fold"].flatMap(FoldHeader.init)
    else { throw CheckpointError("its header lacks a member") }
    origin = Origin(journal: journal)
    origin.areas = areas
    origin.rules = rules
    origin.detectors = detectors
    origin.release = Int(release)
    self.partition = TopicPartition(topic, Int32(clamping: partition))
    self.offset = offset
    self.mark = mark
    self.pages = pages
    self.fold = fold
  }

  /// Throws in words why the checkpoint is of no use for a partition that is committed up to `committed`.
  func check(for partition: TopicPartition, from origin: Origin, upTo committed: Int64) throws(CheckpointError) {
    guard self.origin.journal == origin.journal else { throw CheckpointError("it is of another journal") }
    guard self.partition == partition, fold.partition == partition.partition else {
      throw CheckpointError("it is of \(self.partition)")
    }
    guard self.origin == origin else { throw CheckpointError("another version of the program made it") }
    guard offset <= committed else {
      throw CheckpointError("it lies at offset \(offset), behind the committed \(committed)")
    }
  }
}
