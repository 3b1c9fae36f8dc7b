import Hotspots
import Incidents

/// The types of events that the journal holds, as the contracts name them.
public enum JournalEventType: UInt8, CaseIterable, Hashable, Sendable, BitwiseCopyable {
  case incidentRecorded, incidentAmended, incidentCancelled, incidentTransferred
  case tagBreach
  case hospitalAttendance, hospitalReturn

  /// The CloudEvents `type`.
  public var name: StaticString {
    switch self {
    case .incidentRecorded: "incident.recorded"
    case .incidentAmended: "incident.amended"
    case .incidentCancelled: "incident.cancelled"
    case .incidentTransferred: "incident.transferred"
    case .tagBreach: "tag.breach"
    case .hospitalAttendance: "hospital.attendance"
    case .hospitalReturn: "hospital.return"
    }
  }

  /// The type of that name; nil when there is none.
  public init?(_ name: Span<UInt8>) {
    for type in Self.allCases where name.spells(type.name) {
      self = type
      return
    }
    return nil
  }

  /// The topic whose contract has it.
  public var topic: InputTopic {
    switch self {
    case .incidentRecorded, .incidentAmended, .incidentCancelled, .incidentTransferred: .incidents
    case .tagBreach: .tagBreaches
    case .hospitalAttendance, .hospitalReturn: .hospital
    }
  }

  public var kind: JournalEvent.Kind {
    switch self {
    case .incidentRecorded, .incidentAmended, .tagBreach, .hospitalAttendance: .fact
    case .incidentCancelled, .incidentTransferred: .retraction
    case .hospitalReturn: .return
    }
  }
}
