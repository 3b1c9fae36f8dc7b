/// A repeatable source of randomness that can be split: each day and purpose of a simulation has a stream of its own, so
/// that one that is left out or added changes none of the others. SplitMix64 (Steele, Lea and Flood, "Fast splittable
/// pseudorandom number generators", 2014); whole numbers only, so that a seed means the same on every machine.
struct Draws {
  /// What a stream of numbers is for.
  enum Purpose: UInt64 {
    case incidents = 1
    case breaches, attendances, returns, poison, hotspots, live
  }

  private var state: UInt64

  init(seed: UInt64, _ purpose: Purpose, _ parts: Int...) {
    state = seed
    for part in [purpose.rawValue] + parts.map({ UInt64(bitPattern: Int64($0)) }) {
      state = next() ^ (part &* 0xD6E8_FEB8_6659_FD93)
    }
    _ = next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number in `0 ..< bound`; `bound` must be positive.
  mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0)
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A number in the range.
  mutating func pick(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.upperBound - range.lowerBound + 1)
  }

  /// True so many times out of 10,000.
  mutating func chance(_ share: Int) -> Bool { below(10_000) < share }

  mutating func pick<Value>(_ weighted: Weighted<Value>) -> Value { weighted.value(at: below(weighted.total)) }

  /// A whole number that is `expected` on average, spread all but like Poisson's: the sum of many small chances, which
  /// needs no logarithm.
  mutating func count(expected: Double) -> Int {
    let chances = max(0, expected) * Double(Self.fineness)
    let whole = Int(chances)
    var count = 0
    for _ in 0..<whole where next() >> (64 - Self.finenessBits) == 0 { count += 1 }
    let rest = chances - Double(whole)
    if Double(below(1 << 30)) < rest * Double(1 << 30), next() >> (64 - Self.finenessBits) == 0 { count += 1 }
    return count
  }

  /// The variance is 1 − 1/16 of Poisson's.
  private static let finenessBits: UInt64 = 4
  private static let fineness = 1 << finenessBits
}

/// Values and how often each comes, in whole numbers.
struct Weighted<Value> {
  private var values: [Value] = []
  private var sums: [Int] = []

  /// Weights of nothing are left out; there must be one above it.
  init(_ pairs: some Sequence<(Value, Int)>) {
    var sum = 0
    for (value, weight) in pairs where weight > 0 {
      sum += weight
      values.append(value)
      sums.append(sum)
    }
    precondition(sum > 0, "nothing to choose from")
  }

  init(_ pairs: KeyValuePairs<Value, Int>) { self.init(pairs.map { ($0.key, $0.value) }) }

  var total: Int { sums[sums.count - 1] }

  /// The value whose part of `0 ..< total` the number lies in.
  func value(at number: Int) -> Value {
    var low = 0
    var high = sums.count - 1
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] > number { high = middle } else { low = middle + 1 }
    }
    return values[low]
  }
}

extension Weighted: Sendable where Value: Sendable {}
