import Wire

/// 128 bits of BLAKE2b over some fields: equal fields, equal digest, on every machine.
struct RowDigest: Hashable, Sendable {
  private let digest: Digest128

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
    digest = BLAKE2b.digest128(input.span)
  }

  enum Kind: UInt8 {
    case crimeID, event, row
  }

  /// 32 hexadecimal digits.
  var hexadecimal: String { digest.description }
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
