/// The inputs of the journal, in the order in which they are always listed.
public enum InputTopic: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  case incidents
  case tagBreaches
  case hospital

  /// The topic's name on the log, without the deployment's prefix.
  public var name: String {
    switch self {
    case .incidents: "incidents"
    case .tagBreaches: "tag-breaches"
    case .hospital: "hospital"
    }
  }
}
