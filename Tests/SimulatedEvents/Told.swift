import Foundation
import Incidents

@testable import SimulatedEvents

/// A simulated event, read again as whoever gets it would.
struct Told: Sendable {
  struct Members: Decodable, Sendable {
    struct Location: Decodable, Sendable {
      var area: String?
    }

    struct Assault: Decodable, Sendable {
      var assaultAt: String
    }

    var reference: String?
    var revision: Int
    var occurredFrom, recordedAt, weapon, weaponUse, responsibleArea, state, site, periodStart, periodEnd: String?
    var location: Location?
    var assaults: [Assault]?
  }

  private struct Envelope: Decodable {
    var source, type: String
    var data: Members
  }

  var event: SimulatedEvent
  var type: String
  var data: Members

  init(_ event: SimulatedEvent) throws {
    self.event = event
    let envelope = try JSONDecoder().decode(Envelope.self, from: Data(event.value))
    guard envelope.source == event.source.name else { throw CocoaError(.propertyListReadCorrupt) }
    (type, data) = (envelope.type, envelope.data)
  }

  var occurredFrom: EventTime? { data.occurredFrom.flatMap(time(_:)) }

  /// Knife crime as far as the simulation makes any.
  var isBlade: Bool {
    ["knife", "otherBlade"].contains(data.weapon) && ["used", "threatened"].contains(data.weaponUse)
  }

  /// Calendar months from the occurrence to the record.
  var monthsToRecord: Int? {
    guard let from = occurredFrom, let recorded = data.recordedAt.flatMap(time(_:)) else { return nil }
    return recorded.month - from.month
  }
}

func time(_ text: String) -> EventTime? { try? RFC3339.parse(text.utf8.span).get() }

extension SimulationPlan {
  /// Four weeks, with few offences without a blade.
  static let fourWeeks = SimulationPlan(
    seed: 7, from: LocalDay(index: 20_485), days: 28, scale: 1.5, otherOffences: 0.1)

  /// A week of it.
  static var oneWeek: SimulationPlan {
    SimulationPlan(seed: 7, from: LocalDay(index: 20_485), days: 7, scale: 1, otherOffences: 0.1)
  }

  /// What is not wrong on purpose.
  func told() throws -> [Told] { try SimulatedStream(self).filter { $0.refusal == nil }.map { try Told($0) } }
}
