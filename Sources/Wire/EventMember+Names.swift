import Incidents

// The members by their names. A name that a contract does not know is allowed and not kept, so each contract knows only
// its own.
extension EventMember {
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

  /// The member of `data` of that name in the contract of a topic.
  init?(inData name: Span<UInt8>, of topic: InputTopic) {
    switch topic {
    case .incidents: self.init(inIncident: name)
    case .tagBreaches: self.init(inTagBreach: name)
    case .hospital: self.init(inHospital: name)
    }
  }

  private init?(inIncident name: Span<UInt8>) {
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

  private init?(inTagBreach name: Span<UInt8>) {
    switch name.count {
    case 4 where name.spells("kind"): self = .kind
    case 5 where name.spells("state"): self = .state
    case 6 where name.spells("device"): self = .device
    case 6 where name.spells("wearer"): self = .wearer
    case 8 where name.spells("revision"): self = .revision
    case 8 where name.spells("location"): self = .location
    case 9 where name.spells("reference"): self = .reference
    case 10 where name.spells("occurredTo"): self = .occurredTo
    case 10 where name.spells("detectedAt"): self = .detectedAt
    case 10 where name.spells("uploadedAt"): self = .uploadedAt
    case 12 where name.spells("occurredFrom"): self = .occurredFrom
    case 12 where name.spells("knifeRelated"): self = .knifeRelated
    case 15 where name.spells("responsibleArea"): self = .responsibleArea
    default: return nil
    }
  }

  private init?(inHospital name: Span<UInt8>) {
    switch name.count {
    case 4 where name.spells("site"): self = .site
    case 8 where name.spells("revision"): self = .revision
    case 8 where name.spells("assaults"): self = .assaults
    case 9 where name.spells("reference"): self = .reference
    case 9 where name.spells("periodEnd"): self = .periodEnd
    case 11 where name.spells("periodStart"): self = .periodStart
    default: self.init(inAssault: name)
    }
  }

  /// The member of that name of an assault, which is an attendance's `data` or one of a return's `assaults`.
  init?(inAssault name: Span<UInt8>) {
    switch name.count {
    case 7 where name.spells("ageBand"): self = .ageBand
    case 8 where name.spells("location"): self = .location
    case 9 where name.spells("assaultAt"): self = .assaultAt
    case 9 where name.spells("arrivedAt"): self = .arrivedAt
    case 9 where name.spells("mechanism"): self = .mechanism
    case 12 where name.spells("locationType"): self = .locationType
    default: return nil
    }
  }

  /// The member of that name of a `location` in the contract of a topic.
  init?(inLocation name: Span<UInt8>, of topic: InputTopic) {
    switch name.count {
    case 4 where name.spells("area"): self = .area
    case 4 where name.spells("lsoa"): self = .lsoa
    case 6 where topic == .tagBreaches && name.spells("method"): self = .method
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
