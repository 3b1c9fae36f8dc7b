/// A closed list of names in a contract.
public protocol ContractName: CaseIterable, Hashable, Sendable, BitwiseCopyable {
  /// The value of that name; nil when the contract has none.
  init?(_ name: Span<UInt8>)
  /// As the contract spells it.
  var name: String { get }
}

/// The weapon of an incident.
public enum Weapon: UInt8, ContractName {
  case knife, otherBlade, firearm, other, none, unknown

  public init?(_ name: Span<UInt8>) {
    if name.spells("knife") {
      self = .knife
    } else if name.spells("none") {
      self = .none
    } else if name.spells("unknown") {
      self = .unknown
    } else if name.spells("otherBlade") {
      self = .otherBlade
    } else if name.spells("firearm") {
      self = .firearm
    } else if name.spells("other") {
      self = .other
    } else {
      return nil
    }
  }

  public var name: String { String(describing: self) }

  /// Whether it is a knife or another blade.
  public var isBlade: Bool { self == .knife || self == .otherBlade }
}

/// What was done with the weapon.
public enum WeaponUse: UInt8, ContractName {
  case used, threatened, possessed, none, unknown

  public init?(_ name: Span<UInt8>) {
    if name.spells("used") {
      self = .used
    } else if name.spells("threatened") {
      self = .threatened
    } else if name.spells("none") {
      self = .none
    } else if name.spells("unknown") {
      self = .unknown
    } else if name.spells("possessed") {
      self = .possessed
    } else {
      return nil
    }
  }

  public var name: String { String(describing: self) }
}

/// How badly the victim was hurt.
public enum Injury: UInt8, ContractName {
  case none, minor, serious, fatal, unknown

  public init?(_ name: Span<UInt8>) {
    if name.spells("none") {
      self = .none
    } else if name.spells("minor") {
      self = .minor
    } else if name.spells("serious") {
      self = .serious
    } else if name.spells("unknown") {
      self = .unknown
    } else if name.spells("fatal") {
      self = .fatal
    } else {
      return nil
    }
  }

  public var name: String { String(describing: self) }

  /// Whether there was one, as far as known.
  public var isHarm: Bool { self == .minor || self == .serious || self == .fatal }
}

/// The victim's age in years, in bands.
public enum VictimAgeBand: UInt8, ContractName {
  case under18, from18To24, from25To34, from35To54, from55, unknown

  public init?(_ name: Span<UInt8>) {
    if name.spells("unknown") {
      self = .unknown
    } else if name.spells("18-24") {
      self = .from18To24
    } else if name.spells("under18") {
      self = .under18
    } else if name.spells("25-34") {
      self = .from25To34
    } else if name.spells("35-54") {
      self = .from35To54
    } else if name.spells("55plus") {
      self = .from55
    } else {
      return nil
    }
  }

  public var name: String {
    switch self {
    case .under18: "under18"
    case .from18To24: "18-24"
    case .from25To34: "25-34"
    case .from35To54: "35-54"
    case .from55: "55plus"
    case .unknown: "unknown"
    }
  }

  /// Whether the victim was younger than 25, as far as known.
  public var isUnder25: Bool { self == .under18 || self == .from18To24 }
}

/// Why a crime record was cancelled, after section C of the Home Office counting rules.
public enum CancellationReason: UInt8, ContractName {
  /// Outside the force's jurisdiction.
  case c1 = 1
  /// Additional verifiable information: no notifiable crime.
  case c2
  /// A duplicate, or part of a crime already recorded.
  case c3
  /// Recorded in error.
  case c4
  /// Self-defence.
  case c5

  public init?(_ name: Span<UInt8>) {
    guard name.count == 2, name[0] == UInt8(ascii: "C") else { return nil }
    self.init(rawValue: name[1] &- UInt8(ascii: "0"))
  }

  public var name: String { "C\(rawValue)" }
}

extension Span<UInt8> {
  /// Whether these bytes are the literal's. Inlined, so that the literal's bytes become part of the code.
  @inline(__always)
  func spells(_ literal: StaticString) -> Bool {
    guard count == literal.utf8CodeUnitCount else { return false }
    for index in indices where self[index] != literal.utf8Start[index] { return false }
    return true
  }
}
