/// What somebody who came to hospital after an assault was hurt with.
public enum AssaultMechanism: UInt8, ContractName {
  case bodyPart, knife, bottleOrGlass, blunt, firearm, other, unknown

  public init?(_ name: Span<UInt8>) {
    if name.spells("bodyPart") {
      self = .bodyPart
    } else if name.spells("knife") {
      self = .knife
    } else if name.spells("bottleOrGlass") {
      self = .bottleOrGlass
    } else if name.spells("blunt") {
      self = .blunt
    } else if name.spells("firearm") {
      self = .firearm
    } else if name.spells("other") {
      self = .other
    } else if name.spells("unknown") {
      self = .unknown
    } else {
      return nil
    }
  }

  public var name: String { String(describing: self) }
}

/// The rules by which assaults that hospitals tell of become measures.
public enum AssaultRules {
  /// What an assault counts in; they are nested.
  public static func measures(mechanism: AssaultMechanism) -> MeasureSet {
    switch mechanism {
    case .knife: [MeasureSet(.hospitalAssault), MeasureSet(.hospitalSharp), MeasureSet(.hospitalKnife)]
    case .bottleOrGlass: [MeasureSet(.hospitalAssault), MeasureSet(.hospitalSharp)]
    case .bodyPart, .blunt, .firearm, .other, .unknown: MeasureSet(.hospitalAssault)
    }
  }
}
