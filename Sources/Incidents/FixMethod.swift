/// How a tag found out where it is.
public enum FixMethod: UInt8, ContractName {
  case gps, rf, lbs, wifi

  public init?(_ name: Span<UInt8>) {
    if name.spells("gps") {
      self = .gps
    } else if name.spells("rf") {
      self = .rf
    } else if name.spells("lbs") {
      self = .lbs
    } else if name.spells("wifi") {
      self = .wifi
    } else {
      return nil
    }
  }

  public var name: String { String(describing: self) }
}
