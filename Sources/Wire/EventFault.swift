import Incidents

/// What can be wrong with a record of an input, finer than the code of its rejection.
enum EventFault: UInt8 {
  case tombstone, tooLarge
  case notJSON, givenTwice
  case notAnEvent, notThisVersion, notGiven, notAName, headerTwice, notJSONContent
  case unknownType, unknownSchema, unlistedSource
  case missing, missingOffence, missingInstant, missingHalf
  case null, notText, emptyText, notNumber, notBool, notObject, notArray, notTrue
  case badTime, badDay, noZone, reversed, tooLongForExact, tooLong, inFuture, beforeHistory
  case neverAnArea, malformedLSOA
  case noLocation, emptyLocation, severalLocations, outOfRange, placesNotLoaded
  case malformedCode, malformedClass, unlistedName, badRevision, reversedPeriod, outsidePeriod

  var code: RejectionCode {
    switch self {
    case .tombstone: .tombstone
    case .tooLarge: .tooLarge
    case .notJSON, .givenTwice: .notJSON
    case .notAnEvent, .notThisVersion, .notGiven, .notAName, .headerTwice, .notJSONContent: .notCloudEvent
    case .unknownType: .unknownType
    case .unknownSchema: .unknownVersion
    case .unlistedSource: .unknownSource
    case .missing, .missingOffence, .missingInstant, .missingHalf: .missingMember
    case .null, .notText, .emptyText, .notNumber, .notBool, .notObject, .notArray, .notTrue: .wrongType
    case .badTime, .badDay: .badTime
    case .noZone: .timeWithoutZone
    case .reversed: .timeReversed
    case .tooLongForExact, .tooLong: .occurrenceTooLong
    case .inFuture: .inFuture
    case .beforeHistory: .beforeHistory
    case .neverAnArea, .malformedLSOA: .badAreaCode
    case .noLocation, .emptyLocation: .locationMissing
    case .severalLocations: .locationAmbiguous
    case .outOfRange: .locationOutOfRange
    case .placesNotLoaded: .placesNotLoaded
    case .malformedCode, .malformedClass: .badOffenceCode
    case .unlistedName: .badEnumeration
    case .badRevision: .badRevision
    case .reversedPeriod, .outsidePeriod: .badPeriod
    }
  }
}

/// The fault that a record is answered with: of all that were found the first by code, then by member, those of a
/// return's assaults by the place of the assault first.
struct FirstFault {
  /// `row` is the place of the assault that the member is of; nil outside them.
  private(set) var first: (fault: EventFault, member: EventMember, row: Int?)?

  mutating func note(_ fault: EventFault, _ member: EventMember, row: Int?) {
    if let first, Self.rank(first.fault, first.member, first.row) <= Self.rank(fault, member, row) { return }
    first = (fault, member, row)
  }

  /// Code, member, row, member in the row; a row has less than 32 bits by the size of a record.
  private static func rank(_ fault: EventFault, _ member: EventMember, _ row: Int?) -> UInt64 {
    let code = UInt64(fault.code.rawValue) << 56
    guard let row else { return code | UInt64(member.rank) << 48 }
    let assaults = UInt64(EventMember.assaults.rank) << 48
    // The assault itself comes before its members.
    let within = member == .assaults ? 0 : UInt64(member.rank) + 1
    return code | assaults | UInt64(row + 1) << 8 | within
  }
}
