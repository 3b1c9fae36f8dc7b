/// The hash by which Java's Kafka clients (and librdkafka's `murmur2_random`) spread keys over partitions: MurmurHash2,
/// 32 bits, with Kafka's seed.
///
/// Source: `org.apache.kafka.common.utils.Utils.murmur2`.
public enum Murmur2 {
  public static func hash(_ bytes: [UInt8]) -> UInt32 {
    let multiplier: UInt32 = 0x5bd1_e995
    var hash: UInt32 = 0x9747_b28c ^ UInt32(truncatingIfNeeded: bytes.count)
    var index = 0
    while bytes.count - index >= 4 {
      var word = UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8
      word |= UInt32(bytes[index + 2]) << 16 | UInt32(bytes[index + 3]) << 24
      word &*= multiplier
      word ^= word >> 24
      word &*= multiplier
      hash = (hash &* multiplier) ^ word
      index += 4
    }
    let rest = bytes.count - index
    if rest >= 3 { hash ^= UInt32(bytes[index + 2]) << 16 }
    if rest >= 2 { hash ^= UInt32(bytes[index + 1]) << 8 }
    if rest >= 1 {
      hash ^= UInt32(bytes[index])
      hash &*= multiplier
    }
    hash ^= hash >> 13
    hash &*= multiplier
    hash ^= hash >> 15
    return hash
  }

  /// The partition of a key among `count`, which is at least 1.
  public static func partition(of key: [UInt8], among count: Int) -> Int32 {
    Int32(hash(key) & 0x7fff_ffff) % Int32(clamping: count)
  }
}
