import Hotspots

/// Bytes kept with their own XXH3 checksum, so that damage is found before they are believed.
public struct ChecksummedBytes: Hashable, Sendable {
  public var checksum: Digest128
  public var contents: [UInt8]

  public init(_ contents: [UInt8]) {
    checksum = XXH3.digest128(contents.span)
    self.contents = contents
  }

  /// Checksum, then contents.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(16 + contents.count)
    bytes.append(word: checksum.high)
    bytes.append(word: checksum.low)
    bytes += contents
    return bytes
  }

  /// Reads them back; nil when they are not what they were.
  public init?(bytes: [UInt8]) {
    guard bytes.count >= 16 else { return nil }
    let checksum = Digest128(high: bytes.span.word(at: 0), low: bytes.span.word(at: 8))
    self.init(Array(bytes[16...]))
    guard checksum == self.checksum else { return nil }
  }
}

extension EventPage {
  /// The words one after the other, the lowest byte first.
  public var bytes: [UInt8] {
    let words = words
    var bytes: [UInt8] = []
    bytes.reserveCapacity(words.count * 8)
    for word in words { bytes.append(word: word) }
    return bytes
  }

  /// Reads a page back; nil when the bytes are none.
  public init?(index: Int, bytes: [UInt8]) {
    guard bytes.count % 8 == 0 else { return nil }
    var words: [UInt64] = []
    words.reserveCapacity(bytes.count / 8)
    for position in stride(from: 0, to: bytes.count, by: 8) { words.append(bytes.span.word(at: position)) }
    self.init(index: index, words: words.span)
  }
}

extension Span<UInt8> {
  /// The eight bytes from `position` on as a number, the lowest first.
  fileprivate func word(at position: Int) -> UInt64 {
    precondition(position >= 0 && position <= count - 8)
    // Within the bytes by the line above; any bytes make a number.
    return unsafe withUnsafeBytes {
      unsafe UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }
  }
}

extension Digest128 {
  /// The digest of many, in their order.
  public static func digest(of digests: [Digest128]) -> Digest128 {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digests.count * 16)
    for digest in digests {
      bytes.append(word: digest.high)
      bytes.append(word: digest.low)
    }
    return XXH3.digest128(bytes.span)
  }
}
