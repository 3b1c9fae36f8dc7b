import Incidents

/// The members of the inputs' contracts, each contract's in its order: of two faults of one code the one in the earlier
/// member is answered.
///
/// The raw value names the member in what a content check is made of, so it stays what it is; the order is that of the
/// cases.
enum EventMember: UInt8, CaseIterable {
  /// The record as a whole.
  case record = 0
  case specversion = 1
  case id, source, type, time, datacontenttype, dataschema, data
  case reference = 9
  /// Of everything but a return, whose revision is a member of its own: it comes later in the order.
  case revision = 10
  // Tag breaches.
  case device = 33
  case wearer, kind, state
  // Hospitals: attendances, returns, and the assaults of both.
  case site = 41
  case periodStart = 47
  case periodEnd
  case revisionOfReturn = 50
  case assaults = 49
  case arrivedAt = 42
  case assaultAt, mechanism, ageBand, locationType
  // Incidents and tag breaches.
  case occurredFrom = 11
  case occurredTo
  case recordedAt = 13
  case detectedAt = 37
  case uploadedAt, knifeRelated
  case offenceCode = 14
  case offenceClass, weapon, weaponUse, injury, victimAgeBand, imprecise
  case location = 21
  case area, lsoa, latitude, longitude, easting, northing, precisionMetres
  case method = 40
  case unknown = 29
  case responsibleArea, reason, toForce

  /// One more than the largest raw value.
  static let limit = 51

  /// The place in the order of the contracts.
  var rank: Int { Self.ranks[Int(rawValue)] }

  private static let ranks: [Int] = {
    var ranks = [Int](repeating: 0, count: limit)
    for (rank, member) in allCases.enumerated() { ranks[Int(member.rawValue)] = rank }
    return ranks
  }()

  var name: String { self == .revisionOfReturn ? "revision" : String(describing: self) }

  /// A JSON pointer (RFC 6901) into the event in structured form; `row` is the place of the assault of a return that the
  /// member is one of, `assaults` standing for the assault itself.
  func pointer(row: Int?) -> String {
    let data = row.map { "/data/assaults/\($0)" } ?? "/data"
    switch self {
    case .record: return ""
    case .specversion, .id, .source, .type, .time, .datacontenttype, .dataschema, .data: return "/\(name)"
    case .area, .lsoa, .latitude, .longitude, .easting, .northing, .precisionMetres, .method, .unknown:
      return "\(data)/location/\(name)"
    case .assaults where row != nil: return data
    default: return "\(data)/\(name)"
    }
  }
}
