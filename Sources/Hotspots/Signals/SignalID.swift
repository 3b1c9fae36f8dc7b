import Incidents

/// The name of a signal: a function of area, measure, detector and first day, so that whoever knows these knows it, and
/// an episode that comes again has the name it had.
public struct SignalID: Hashable, Sendable, BitwiseCopyable, CustomStringConvertible {
  private let hash: UInt128

  /// FNV-1a of 128 bits over `AREA|MEASURE|DETECTOR|yyyy-mm-dd`, for example `E09000022|knifeInjury|earsC2|2026-03-01`.
  public init(area: AreaIndex, measure: Measure, detector: String, firstDay: LocalDay) {
    self.init(hashing: "\(AreaTable.code(area))|\(measure.name)|\(detector)|\(firstDay)")
  }

  /// The hash of Fowler, Noll and Vo: for spreading names, no defence against an opponent, who cannot choose them.
  init(hashing text: String) {
    var hash: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
    for byte in text.utf8 { hash = (hash ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013b }
    self.hash = hash
  }

  /// `sig_` and 32 hexadecimal digits.
  public var description: String {
    let digits = String(hash, radix: 16)
    return "sig_" + String(repeating: "0", count: 32 - digits.count) + digits
  }
}
