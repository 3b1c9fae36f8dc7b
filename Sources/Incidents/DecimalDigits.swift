extension Span<UInt8> {
  /// The number that these digits write; nil when one is none. `offset + digits` must not pass the end, `digits` not
  /// exceed 18.
  @inline(__always)
  func decimal(at offset: Int, digits: Int) -> Int? {
    var value = 0
    for index in offset..<offset + digits {
      let digit = self[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value &* 10 &+ Int(digit)
    }
    return value
  }
}

extension [UInt8] {
  /// Appends the last `digits` decimal digits of a number that is not negative, zeros in front.
  @inline(__always)
  mutating func append(decimal value: Int, digits: Int) {
    var divisor = 1
    for _ in 1..<digits { divisor *= 10 }
    while divisor > 0 {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
      divisor /= 10
    }
  }
}
