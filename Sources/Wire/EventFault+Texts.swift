import Incidents

extension Rejection {
  /// The answer to a fault in a member. The texts name members and rules, never what was sent.
  init(_ fault: EventFault, _ member: EventMember, row: Int? = nil, of topic: InputTopic, source: String?) {
    let name = row != nil && member == .assaults ? "an assault" : member.name
    let (reason, action) = fault.texts(member, name, topic)
    self.init(code: fault.code, reason: reason, action: action, member: member.pointer(row: row), source: source)
  }
}

extension EventFault {
  /// What is wrong and what to change, a sentence each.
  fileprivate func texts(
    _ member: EventMember, _ name: String, _ topic: InputTopic
  ) -> (reason: String, action: String) {
    switch self {
    case .tombstone:
      ("The record has no value.", "\(topic.retraction); a tombstone says nothing here.")
    case .tooLarge: ("The record is larger than 262,144 bytes.", "\(topic.remedyForSize).")
    case .notJSON:
      (
        "The value is no JSON: its syntax, its UTF-8, the size of a number, or more than 1,024 levels.",
        "Send one JSON object in UTF-8."
      )
    case .givenTwice: ("\(name) is given twice.", "Send \(name) once.")
    case .notAnEvent:
      ("The value is no JSON object.", "Send one CloudEvent a record, in structured or binary mode; no batches.")
    case .notThisVersion:
      ("specversion is not 1.0.", "Send \"specversion\":\"1.0\", or the header ce_specversion: 1.0.")
    case .notGiven:
      (
        "\(name) is missing, empty or no text.",
        "Send \(name) as a text that is not empty (in binary mode: header ce_\(name))."
      )
    case .notAName:
      (
        "source holds control characters or broken UTF-8.",
        "Send source as a URI reference, such as /police/metropolitan."
      )
    case .headerTwice: ("The header of \(name) is given twice.", "Send it once.")
    case .notJSONContent:
      (
        "The content is declared as something other than JSON.",
        "Send JSON and declare it as application/json, or not at all."
      )
    case .unknownType:
      (
        "type is none of this topic's.",
        "Send \(JournalEventType.names(of: topic))."
      )
    case .unknownSchema:
      (
        "dataschema names a version that is not known here.",
        "Leave dataschema out, or send \(topic.schema)."
      )
    case .unlistedSource:
      (
        "The registry of sources does not list this source for \(topic.name).",
        "Have the source registered, or correct it."
      )
    case .missing: ("\(name) is missing.", "Send \(name).")
    case .missingOffence:
      ("offenceCode and offenceClass are both missing.", "Send one of offenceCode and offenceClass.")
    case .missingInstant:
      ("assaultAt and arrivedAt are both missing.", "Send assaultAt, or arrivedAt where that is all that is known.")
    case .missingHalf: ("Only one half of the coordinates is there.", "Send \(name) as well.")
    case .null: ("\(name) is null.", "Leave \(name) out, or send a value.")
    case .notText: ("\(name) is no text.", "Send \(name) as a JSON string.")
    case .emptyText: ("\(name) is empty.", "Send \(name) as a text that is not empty.")
    case .notNumber: ("\(name) is no number.", "Send \(name) as a JSON number, without quotes.")
    case .notBool: ("\(name) is neither true nor false.", "Send \(name) as true or false, without quotes.")
    case .notObject: ("\(name) is no object.", "Send \(name) as a JSON object.")
    case .notArray: ("\(name) is no array.", "Send \(name) as a JSON array, empty where there was none.")
    case .notTrue: ("unknown is something other than true.", "Send \"unknown\":true, or say where it was.")
    case .badTime:
      ("\(name) is no date and time of RFC 3339, or one that does not exist.", "Send it as in 2026-03-01T20:55:00Z.")
    case .badDay: ("\(name) is no date, or one that does not exist.", "Send it as in 2026-02-28.")
    case .noZone:
      (
        "\(name) has no zone, and none is guessed.",
        "Append Z if it is UTC, or the offset, such as +01:00 in summer time."
      )
    case .reversed: ("occurredTo lies before occurredFrom.", "Send the earlier one as occurredFrom.")
    case .tooLongForExact:
      (
        "From occurredFrom to occurredTo it is more than 12 hours, and the event is not marked as imprecise.",
        "Narrow the times, or send \"imprecise\":true."
      )
    case .tooLong: ("From occurredFrom to occurredTo it is more than 366 days.", "Narrow the times.")
    case .inFuture:
      ("\(name) lies more than ten minutes ahead of the arrival.", "Check the sender's clock and the time's zone.")
    case .beforeHistory: ("\(name) lies before 1970.", "Check the year; what is older is not taken.")
    case .neverAnArea:
      (
        "\(name) was never the code of a local authority.",
        "Send the nine characters of the authority's ONS code, such as E09000022, not a name, ward or force."
      )
    case .malformedLSOA: ("lsoa is no code of a lower-layer super output area.", "Send E01 or W01 and six digits.")
    case .noLocation:
      ("location and responsibleArea are both missing.", "Send one of them, or \"location\":{\"unknown\":true}.")
    case .emptyLocation:
      (
        "location says nothing.",
        "Send area, lsoa, latitude and longitude, easting and northing, or \"unknown\":true; or leave location out."
      )
    case .severalLocations: ("location says where in more than one way.", "Send one way only, the most exact.")
    case .outOfRange: ("\(name) lies outside \(Self.range(of: member)).", "Check the unit, the sign and the order.")
    case .placesNotLoaded: ("Coordinates cannot be placed here yet.", "Send the area's code instead.")
    case .malformedCode:
      ("offenceCode has not the form of a Home Office code.", "Send it as published, such as 34B, 4.10 or 105A.")
    case .malformedClass:
      (
        "offenceClass has not the form of a publisher, a colon and a category.",
        "Send it as in police-uk:violence-and-sexual-offences."
      )
    case .unlistedName: ("\(name) is none of the contract's values.", "Send \(Self.names(of: member)).")
    case .badRevision:
      ("revision is no whole number from 1 to 9007199254740992.", "Number the revisions upwards from 1.")
    case .reversedPeriod:
      ("periodEnd lies before periodStart.", "Send the first day as periodStart, the last as periodEnd.")
    case .outsidePeriod:
      (
        "assaultAt lies outside the period, whose days are London's.",
        "Send the assault in the return of its own period, or correct the period."
      )
    }
  }

  private static func range(of member: EventMember) -> String {
    switch member {
    case .latitude: "49.5 to 61.5 degrees"
    case .longitude: "-8.5 to 2.6 degrees"
    case .easting: "0 to 600,000 metres"
    case .northing: "0 to 1,300,000 metres"
    default: "what is possible (0 metres or more)"
    }
  }

  private static func names(of member: EventMember) -> String {
    let names: [String] =
      switch member {
      case .weapon: Weapon.allCases.map(\.name)
      case .weaponUse: WeaponUse.allCases.map(\.name)
      case .injury: Injury.allCases.map(\.name)
      case .victimAgeBand, .ageBand: VictimAgeBand.allCases.map(\.name)
      case .kind: TagBreachKind.allCases.map(\.name)
      case .state: TagBreachState.allCases.map(\.name)
      case .method: FixMethod.allCases.map(\.name)
      case .mechanism: AssaultMechanism.allCases.map(\.name)
      default: CancellationReason.allCases.map(\.name)
      }
    return names.choice
  }
}

extension InputTopic {
  /// How an event is taken back, instead of by a tombstone.
  fileprivate var retraction: String {
    switch self {
    case .incidents: "Send incident.cancelled to take an incident back"
    case .tagBreaches: "Send the event with a higher revision and the state withdrawn to take it back"
    case .hospital: "Send a higher revision, of a return without assaults, to replace what was said"
    }
  }

  fileprivate var remedyForSize: String {
    switch self {
    case .incidents, .tagBreaches: "Send one event a record, without attachments"
    case .hospital: "Send one attendance a record, or a return for a shorter period, without attachments"
    }
  }
}

extension JournalEventType {
  /// The types of a topic, as a choice.
  fileprivate static func names(of topic: InputTopic) -> String {
    allCases.filter { $0.topic == topic }.map(\.name.description).choice
  }
}

extension [String] {
  /// In words: `a, b or c`.
  fileprivate var choice: String {
    guard let last, count > 1 else { return first ?? "" }
    return dropLast().joined(separator: ", ") + " or " + last
  }
}
