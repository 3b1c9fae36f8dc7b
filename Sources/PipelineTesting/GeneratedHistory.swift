import Hotspots
import Incidents
import Wire

/// A seeded history of incidents with every poison in it, and the registry that its reader is given.
public struct GeneratedHistory: Sendable {
  public let records: [GeneratedRecord]

  /// The folder of the records that an incident's contract refuses.
  public static let rejectedFolder = SlowReference.root.appending(path: "topics/incidents/rejected").path

  /// Every source that the generator writes under, with its force.
  public static let registry = GeneratedWorld.forces.map { force in
    RegisteredSource(name: force.source, force: Self.force(of: force), topics: [.incidents])
  }

  /// `now`: the reader's clock when it begins to read.
  public init(seed: UInt64, count: Int, now: EventTime, rates: IncidentGenerator.Rates = .usual) throws {
    var generator = IncidentGenerator(
      seed: seed, now: now, poison: try PoisonRecord.load(directory: Self.rejectedFolder), registry: true, rates: rates)
    records = generator.generate(count: count)
  }

  /// Parameters by which so sparse a history raises many signals, and takes many back.
  public static func easilyAlarmed(_ detector: Detector) -> [Double] {
    detector.parameters.map { ["threshold": 1.2, "minSigma": 0.5][$0.name] ?? $0.standard }
  }

  /// The records as they go to an input topic of that name.
  public func outgoing(topic: String) -> [OutgoingRecord] { records.map { $0.outgoing(topic: topic) } }

  private static func force(of force: GeneratedWorld.Force) -> Force? {
    guard let code = force.areas.first, case .current(let area) = AreaTable.lookup(code) else { return nil }
    return AreaTable.force(area)
  }
}
