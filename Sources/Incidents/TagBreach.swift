/// What a tag tells of.
public enum TagBreachKind: UInt8, ContractName {
  case curfewAbsence, lateReturn, exclusionEntry, inclusionExit, restrictionBreach
  case strapTamper, equipmentTamper, batteryLow, batteryDead, noSignal, missedAppointment, deviceNotFitted

  public init?(_ name: Span<UInt8>) {
    if name.spells("curfewAbsence") {
      self = .curfewAbsence
    } else if name.spells("lateReturn") {
      self = .lateReturn
    } else if name.spells("exclusionEntry") {
      self = .exclusionEntry
    } else if name.spells("inclusionExit") {
      self = .inclusionExit
    } else if name.spells("restrictionBreach") {
      self = .restrictionBreach
    } else if name.spells("strapTamper") {
      self = .strapTamper
    } else if name.spells("equipmentTamper") {
      self = .equipmentTamper
    } else if name.spells("batteryLow") {
      self = .batteryLow
    } else if name.spells("batteryDead") {
      self = .batteryDead
    } else if name.spells("noSignal") {
      self = .noSignal
    } else if name.spells("missedAppointment") {
      self = .missedAppointment
    } else if name.spells("deviceNotFitted") {
      self = .deviceNotFitted
    } else {
      return nil
    }
  }

  public var name: String { String(describing: self) }
}

/// How far a tag's event has come: an alert is looked into, and confirmed or excused; what should never have been told is
/// withdrawn.
public enum TagBreachState: UInt8, ContractName {
  case alerted, confirmed, excused, withdrawn

  public init?(_ name: Span<UInt8>) {
    if name.spells("alerted") {
      self = .alerted
    } else if name.spells("confirmed") {
      self = .confirmed
    } else if name.spells("excused") {
      self = .excused
    } else if name.spells("withdrawn") {
      self = .withdrawn
    } else {
      return nil
    }
  }

  public var name: String { String(describing: self) }
}

/// The rules by which tags' events become measures.
public enum TagBreachRules {
  /// What an event counts in as it stands: an alert while it is open or confirmed, a breach once confirmed. A low battery
  /// is a warning and no breach.
  public static func measures(kind: TagBreachKind, state: TagBreachState, knifeRelated: Bool) -> MeasureSet {
    guard knifeRelated, kind != .batteryLow else { return [] }
    switch state {
    case .alerted: return MeasureSet(.tagAlert)
    case .confirmed: return [MeasureSet(.tagAlert), MeasureSet(.tagBreach)]
    case .excused, .withdrawn: return []
    }
  }
}
