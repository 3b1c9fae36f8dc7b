import Incidents
import Pipeline
import Wire

/// The topics that the read model is made of, by their names on the log.
public struct OutputTopics: Sendable {
  enum Kind: Hashable, Sendable {
    case projections, days, signals, sources
    case rejections(InputTopic)
  }

  private let kinds: [String: Kind]

  public init(names: Names) {
    var kinds: [String: Kind] = [
      names(.boroughProjections): .projections, names(.boroughDays): .days, names(.hotspotSignals): .signals,
      names(.sourceStatus): .sources,
    ]
    for topic in InputTopic.allCases { kinds[names.rejections(of: topic)] = .rejections(topic) }
    self.kinds = kinds
  }

  public var names: [String] { kinds.keys.sorted() }

  /// Nil for a topic that is none of these.
  subscript(name: String) -> Kind? { kinds[name] }
}
