/// The groups of the rules table that an offence code belongs to.
public struct OffenceGroups: OptionSet, Hashable, Sendable, BitwiseCopyable {
  public var rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// One of the seven groups to which the Home Office's knife-enabled flag applies.
  public static let flaggable = OffenceGroups(rawValue: 1)
  public static let homicide = OffenceGroups(rawValue: 2)
  public static let robbery = OffenceGroups(rawValue: 4)
  public static let violence = OffenceGroups(rawValue: 8)
  /// Possession of a knife or another weapon that is no firearm.
  public static let possession = OffenceGroups(rawValue: 16)
}

/// What the rules table says of an offence.
public enum Offence: Hashable, Sendable, BitwiseCopyable {
  /// A listed Home Office code and its groups, of which there may be none.
  case code(OffenceGroups)
  /// A listed class of a published table and what it counts in, which may be nothing.
  case category(MeasureSet)
  /// Well-formed, and not listed: it counts in nothing and is reported.
  case unmapped

  /// What an incident with this offence counts in. What else is known of it matters for codes only: a class says itself
  /// what its publisher counted.
  public func measures(
    weapon: Weapon, use: WeaponUse, injury: Injury, victimAge: VictimAgeBand
  ) -> MeasureSet {
    switch self {
    case .unmapped: return []
    case .category(let measures): return measures
    case .code(let groups):
      var measures: MeasureSet = []
      if groups.contains(.possession) { measures.insert(MeasureSet(.possession)) }
      if groups.contains(.robbery) { measures.insert(MeasureSet(.robbery)) }
      if groups.contains(.violence) { measures.insert(MeasureSet(.violence)) }
      guard groups.contains(.flaggable), weapon.isBlade, use == .used || use == .threatened else { return measures }
      measures.insert(MeasureSet(.knifeCrime))
      if groups.contains(.robbery) { measures.insert(MeasureSet(.knifeRobbery)) }
      if groups.contains(.homicide) { measures.insert(MeasureSet(.knifeHomicide)) }
      guard injury.isHarm else { return measures }
      measures.insert(MeasureSet(.knifeInjury))
      if victimAge.isUnder25 { measures.insert(MeasureSet(.knifeInjuryUnder25)) }
      return measures
    }
  }
}
