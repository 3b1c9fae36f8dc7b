import Foundation
import Hotspots
import Incidents
import Wire

/// A seeded history of the inputs with every poison in it, and the registry that its reader is given.
public struct GeneratedHistory: Sendable {
  public let records: [GeneratedRecord]

  /// The folder of the records that an incident's contract refuses.
  public static let rejectedFolder = rejectedFolder(of: .incidents)

  /// The same of any input.
  public static func rejectedFolder(of topic: InputTopic) -> String {
    SlowReference.root.appending(path: "topics/\(topic.name)/rejected").path
  }

  /// Every source that the generators write under, with its force and the areas of its sites.
  public static let registry =
    GeneratedWorld.forces.map { force in
      RegisteredSource(name: force.source, force: Self.force(of: force), topics: [.incidents], cadenceMinutes: 60)
    }
    + InputsGenerator.taggers.map { sender in
      RegisteredSource(name: sender.source, force: Self.force(of: sender), topics: [.tagBreaches])
    }
    + InputsGenerator.hospitals.map { sender in
      let areas = GeneratedWorld.forces[sender.force ?? 0].areas
      let sites = sender.sites.enumerated().compactMap { number, site in
        number % 2 == 0 ? Self.area(areas[number]).map { (site, $0) } : nil
      }
      return RegisteredSource(
        name: sender.source, force: Self.force(of: sender), topics: [.hospital], cadenceMinutes: 28 * 1_440,
        sites: Dictionary(uniqueKeysWithValues: sites))
    }

  /// A history of incidents alone. `now`: the reader's clock when it begins to read.
  public init(seed: UInt64, count: Int, now: EventTime, rates: IncidentGenerator.Rates = .usual) throws {
    records = try Self.incidents(seed: seed, count: count, now: now, rates: rates)
  }

  /// Parameters by which so sparse a history raises many signals, and takes many back.
  public static func easilyAlarmed(_ detector: Detector) -> [Double] {
    detector.parameters.map { ["threshold": 1.2, "minSigma": 0.5][$0.name] ?? $0.standard }
  }

  /// A history of all inputs: as many incidents, and half as much of tags and hospitals. `after`: how many incidents
  /// other histories have made before, whose references are not used again.
  public init(ofAllInputs seed: UInt64, count: Int, now: EventTime, after: Int = 0) throws {
    let incidents = try Self.incidents(seed: seed, count: count, now: now, after: after)
    var poison: [InputTopic: [PoisonRecord]] = [:]
    for topic in [InputTopic.tagBreaches, .hospital] {
      poison[topic] = try PoisonRecord.load(directory: Self.rejectedFolder(of: topic))
    }
    var others = InputsGenerator(
      seed: seed, now: now, poison: poison, after: incidents.compactMap(\.series).max() ?? 0, afterThings: after)
    var random = SeededGenerator(seed: seed)
    records = Self.merged(incidents, others.generate(count: count / 2), using: &random)
  }

  private static func incidents(
    seed: UInt64, count: Int, now: EventTime, rates: IncidentGenerator.Rates = .usual, after: Int = 0
  ) throws -> [GeneratedRecord] {
    var generator = IncidentGenerator(
      seed: seed, now: now, poison: try PoisonRecord.load(directory: Self.rejectedFolder), registry: true, rates: rates,
      after: after)
    return generator.generate(count: count)
  }

  /// Each in its order, the one between the other.
  private static func merged(
    _ a: [GeneratedRecord], _ b: [GeneratedRecord], using random: inout SeededGenerator
  ) -> [GeneratedRecord] {
    var (a, b) = (a[...], b[...])
    var merged: [GeneratedRecord] = []
    while !a.isEmpty || !b.isEmpty {
      let next = random.below(a.count + b.count) < a.count ? a.popFirst() : b.popFirst()
      if let next { merged.append(next) }
    }
    return merged
  }

  /// The records as they go to the inputs of a deployment.
  public func outgoing(prefix: String = "") -> [OutgoingRecord] { records.map { $0.outgoing(prefix: prefix) } }

  private static func force(of sender: InputsGenerator.Sender) -> Force? {
    sender.force.flatMap { force(of: GeneratedWorld.forces[$0]) }
  }

  private static func force(of force: GeneratedWorld.Force) -> Force? {
    force.areas.first.flatMap(area).map(AreaTable.force)
  }

  private static func area(_ code: String) -> AreaIndex? {
    guard case .current(let area) = AreaTable.lookup(code) else { return nil }
    return area
  }
}
