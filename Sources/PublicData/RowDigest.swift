import CSodium

/// 128 bits of BLAKE2b over some fields: equal fields, equal digest, on every machine.
struct RowDigest: Hashable, Sendable {
  private var first: UInt64
  private var second: UInt64

  /// `kind` keeps digests over different things apart. Each field's length is part of what is hashed, so that no two
  /// lists of fields are the same bytes.
  init(kind: Kind, _ fields: some Sequence<ArraySlice<UInt8>>) {
    var input: [UInt8] = [kind.rawValue]
    for field in fields {
      for shift in stride(from: 0, to: 64, by: 8) {
        input.append(UInt8(truncatingIfNeeded: field.count >> shift))
      }
      input += field
    }
    var output = [UInt8](repeating: 0, count: 16)
    // The library reads and writes within the lengths that it is given. It fails only for lengths that BLAKE2b does not
    // have, which 16 is not.
    let status = unsafe crypto_generichash(&output, output.count, input, UInt64(input.count), nil, 0)
    precondition(status == 0)
    (first, second) = (Self.number(output[..<8]), Self.number(output[8...]))
  }

  enum Kind: UInt8 {
    case crimeID, event, row
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

  /// 32 hexadecimal digits.
  var hexadecimal: String {
    [first, second].map { number in
      let digits = String(number, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}

/// Numbers what a file says of the same thing, in the order of the file.
struct ReferenceOrdinals {
  private var last: [RowDigest: Int32] = [:]
  private var known: [RowDigest: Int32] = [:]

  /// The ordinal of an event among the different events of one Crime ID, from 1; and whether it is known already.
  mutating func ordinal(of event: RowDigest, among crimeID: RowDigest) -> (ordinal: Int32, isRepeated: Bool) {
    if let ordinal = known[event] { return (ordinal, true) }
    let ordinal = next(among: crimeID)
    known[event] = ordinal
    return (ordinal, false)
  }

  /// The ordinal of a row among rows that are equal to it, from 1.
  mutating func next(among rows: RowDigest) -> Int32 {
    let ordinal = (last[rows] ?? 0) + 1
    last[rows] = ordinal
    return ordinal
  }
}
