/// The members of the incidents' contract, in its order: of two faults of one code the one in the earlier member is
/// answered.
enum IncidentMember: UInt8, CaseIterable {
  /// The record as a whole.
  case record
  case specversion, id, source, type, time, datacontenttype, dataschema, data
  case reference, revision, occurredFrom, occurredTo, recordedAt, offenceCode, offenceClass
  case weapon, weaponUse, injury, victimAgeBand, imprecise
  case location, area, lsoa, latitude, longitude, easting, northing, precisionMetres, unknown
  case responsibleArea, reason, toForce

  var name: String { String(describing: self) }

  /// A JSON pointer (RFC 6901) into the event in structured form.
  var pointer: String {
    switch self {
    case .record: ""
    case .specversion, .id, .source, .type, .time, .datacontenttype, .dataschema, .data: "/\(name)"
    case .area, .lsoa, .latitude, .longitude, .easting, .northing, .precisionMetres, .unknown: "/data/location/\(name)"
    default: "/data/\(name)"
    }
  }
}

// MARK: - By name

extension IncidentMember {
  /// The member of the event of that name; nil for one that the contract does not know.
  init?(inEvent name: Span<UInt8>) {
    switch name.count {
    case 2 where name.spells("id"): self = .id
    case 4 where name.spells("data"): self = .data
    case 4 where name.spells("type"): self = .type
    case 4 where name.spells("time"): self = .time
    case 6 where name.spells("source"): self = .source
    case 10 where name.spells("dataschema"): self = .dataschema
    case 11 where name.spells("specversion"): self = .specversion
    case 15 where name.spells("datacontenttype"): self = .datacontenttype
    default: return nil
    }
  }

  /// The attribute that a record's header of that name holds in binary mode.
  init?(header name: Span<UInt8>) {
    switch name.count {
    case 5 where name.spells("ce_id"): self = .id
    case 7 where name.spells("ce_type"): self = .type
    case 7 where name.spells("ce_time"): self = .time
    case 9 where name.spells("ce_source"): self = .source
    case 12 where name.spells("content-type"): self = .datacontenttype
    case 13 where name.spells("ce_dataschema"): self = .dataschema
    case 14 where name.spells("ce_specversion"): self = .specversion
    default: return nil
    }
  }

  /// The member of `data` of that name.
  init?(inData name: Span<UInt8>) {
    switch name.count {
    case 6 where name.spells("weapon"): self = .weapon
    case 6 where name.spells("injury"): self = .injury
    case 6 where name.spells("reason"): self = .reason
    case 7 where name.spells("toForce"): self = .toForce
    case 8 where name.spells("revision"): self = .revision
    case 8 where name.spells("location"): self = .location
    case 9 where name.spells("reference"): self = .reference
    case 9 where name.spells("weaponUse"): self = .weaponUse
    case 9 where name.spells("imprecise"): self = .imprecise
    case 10 where name.spells("occurredTo"): self = .occurredTo
    case 10 where name.spells("recordedAt"): self = .recordedAt
    case 11 where name.spells("offenceCode"): self = .offenceCode
    case 12 where name.spells("occurredFrom"): self = .occurredFrom
    case 12 where name.spells("offenceClass"): self = .offenceClass
    case 13 where name.spells("victimAgeBand"): self = .victimAgeBand
    case 15 where name.spells("responsibleArea"): self = .responsibleArea
    default: return nil
    }
  }

  /// The member of `data.location` of that name.
  init?(inLocation name: Span<UInt8>) {
    switch name.count {
    case 4 where name.spells("area"): self = .area
    case 4 where name.spells("lsoa"): self = .lsoa
    case 7 where name.spells("easting"): self = .easting
    case 7 where name.spells("unknown"): self = .unknown
    case 8 where name.spells("latitude"): self = .latitude
    case 8 where name.spells("northing"): self = .northing
    case 9 where name.spells("longitude"): self = .longitude
    case 15 where name.spells("precisionMetres"): self = .precisionMetres
    default: return nil
    }
  }
}
