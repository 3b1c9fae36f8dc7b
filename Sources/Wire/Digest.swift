import CSodium
import CXxhash

/// 128 bits of a hash.
public struct Digest128: Hashable, Sendable, BitwiseCopyable, CustomStringConvertible {
  public var high: UInt64
  public var low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// 32 hexadecimal digits, the high half first.
  public var description: String {
    var text: [UInt8] = []
    text.appendHex(high)
    text.appendHex(low)
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads the text back.
  public init?(_ text: String) {
    guard text.utf8.count == 32, let high = UInt64(text.prefix(16), radix: 16),
      let low = UInt64(text.dropFirst(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }
}

/// XXH3: fast, for damage; no defence against an opponent.
public enum XXH3 {
  /// The 128-bit hash of the bytes.
  public static func digest128(_ bytes: Span<UInt8>) -> Digest128 {
    // The pointer lives as long as the call.
    let hash = unsafe bytes.withUnsafeBytes { unsafe XXH3_128bits($0.baseAddress, $0.count) }
    return Digest128(high: hash.high64, low: hash.low64)
  }

  /// The 128-bit hash of one text behind another.
  public static func digest128(_ first: ArraySlice<UInt8>, _ second: ArraySlice<UInt8>) -> Digest128 {
    guard let state = unsafe XXH3_createState() else { preconditionFailure("out of memory") }
    defer { unsafe XXH3_freeState(state) }
    unsafe XXH3_128bits_reset(state)
    for part in [first, second] {
      unsafe part.withUnsafeBytes { bytes in
        if let base = bytes.baseAddress { _ = unsafe XXH3_128bits_update(state, base, bytes.count) }
      }
    }
    let hash = unsafe XXH3_128bits_digest(state)
    return Digest128(high: hash.high64, low: hash.low64)
  }
}

/// BLAKE2b (RFC 7693) without a key: for names and contents that an opponent may try to make collide.
public enum BLAKE2b {
  /// The digest of 8 bytes, read as a big-endian number.
  public static func digest64(_ bytes: Span<UInt8>) -> UInt64 {
    var digest: UInt64 = 0
    unsafe withUnsafeMutableBytes(of: &digest) { unsafe hash(bytes, into: $0) }
    return UInt64(bigEndian: digest)
  }

  /// The digest of 16 bytes, read as two big-endian numbers.
  public static func digest128(_ bytes: Span<UInt8>) -> Digest128 {
    var digest: (UInt64, UInt64) = (0, 0)
    unsafe withUnsafeMutableBytes(of: &digest) { unsafe hash(bytes, into: $0) }
    return Digest128(high: UInt64(bigEndian: digest.0), low: UInt64(bigEndian: digest.1))
  }

  /// The digest of 32 bytes.
  public static func digest256(_ bytes: Span<UInt8>) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    unsafe digest.withUnsafeMutableBytes { unsafe hash(bytes, into: $0) }
    return digest
  }

  /// Chooses the implementation for this processor, once; without it the slow one would serve.
  private static let isReady = sodium_init() >= 0

  private static func hash(_ bytes: Span<UInt8>, into digest: UnsafeMutableRawBufferPointer) {
    _ = isReady
    // Both pointers live as long as the call. It fails for lengths of the digest outside 1 … 64 only.
    let result = unsafe bytes.withUnsafeBufferPointer { input in
      unsafe digest.withMemoryRebound(to: UInt8.self) { output in
        unsafe output.baseAddress.map { base in
          unsafe crypto_generichash(base, output.count, input.baseAddress, UInt64(input.count), nil, 0)
        }
      }
    }
    precondition(result == 0)
  }
}

extension [UInt8] {
  /// Appends 16 hexadecimal digits, small letters.
  mutating func appendHex(_ value: UInt64) {
    append(word: Self.eightHexDigits(UInt32(truncatingIfNeeded: value >> 32)))
    append(word: Self.eightHexDigits(UInt32(truncatingIfNeeded: value)))
  }

  /// Eight digits, the first in the lowest byte.
  private static func eightHexDigits(_ value: UInt32) -> UInt64 {
    // Four bits into each byte, by halves.
    var digits = UInt64(value)
    digits = (digits | digits << 16) & 0x0000_FFFF_0000_FFFF
    digits = (digits | digits << 8) & 0x00FF_00FF_00FF_00FF
    digits = (digits | digits << 4) & 0x0F0F_0F0F_0F0F_0F0F
    let isLetter = ((digits &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
    return (digits &+ 0x3030_3030_3030_3030 &+ (isLetter &* 39)).byteSwapped
  }
}
