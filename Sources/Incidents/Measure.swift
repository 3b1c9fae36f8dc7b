/// What is counted. Measures are nested and never summed with one another. The order of the cases is the table order of
/// every output.
public enum Measure: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  case knifeCrime, knifeInjury, knifeInjuryUnder25, knifeRobbery, knifeHomicide
  case possession, robbery, violence, openViolence, openWeapons
  case hospitalAssault, hospitalSharp, hospitalKnife
  case tagAlert, tagBreach

  /// The name in contracts and outputs.
  public var name: String { String(describing: self) }

  /// The input that it is counted from.
  public var topic: InputTopic {
    switch self {
    case .knifeCrime, .knifeInjury, .knifeInjuryUnder25, .knifeRobbery, .knifeHomicide: .incidents
    case .possession, .robbery, .violence, .openViolence, .openWeapons: .incidents
    case .hospitalAssault, .hospitalSharp, .hospitalKnife: .hospital
    case .tagAlert, .tagBreach: .tagBreaches
    }
  }
}

/// The measures that one event counts in.
public struct MeasureSet: OptionSet, Hashable, Sendable, BitwiseCopyable {
  public var rawValue: UInt16

  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public init(_ measure: Measure) { rawValue = 1 << UInt16(measure.rawValue) }

  /// Every measure.
  public static let all = MeasureSet(rawValue: 1 << UInt16(Measure.allCases.count) - 1)

  public func contains(_ measure: Measure) -> Bool { rawValue & (1 << UInt16(measure.rawValue)) != 0 }
}
