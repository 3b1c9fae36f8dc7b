import Hotspots
import Incidents

extension PublishedSignal {
  /// Reads the value of a record of `hotspot-signals` as far as its next revision depends on it; nil when it is none of
  /// ours. Computed numbers come back as they were rounded, which is how a withdrawal tells them again.
  public init?(json value: JSONValue) {
    guard let code = value["area"]?.string, case .current(let area) = AreaTable.lookup(code),
      let measure = Measure.allCases.first(where: { $0.name == value["measure"]?.string }),
      let status = SignalStatus.allCases.first(where: { $0.name == value["status"]?.string }),
      let revision = value["revision"]?.integer, let raisedAt = value["raisedAt"]?.time,
      let statement = SignalStatement(json: value)
    else { return nil }
    self.init(
      area: area, measure: measure, revision: Int(revision), status: status, raisedAt: raisedAt, statement: statement)
  }
}

extension SignalStatement {
  fileprivate init?(json value: JSONValue) {
    guard let day = value["day"]?.day, let days = value["days"]?.elements, !days.isEmpty,
      let observed = value["observed"]?.integer, let expected = value["expected"]?.number,
      let score = value["score"]?.number, let baseline = value["baseline"]?.elements,
      let severity = Severity.allCases.first(where: { $0.name == value["severity"]?.string }),
      let detector = value["detector"].flatMap(DetectorIdentity.init(json:))
    else { return nil }
    self.init(
      day: day, days: days.compactMap(\.day),
      judgement: DayJudgement(
        observed: Int32(clamping: observed), expected: expected, threshold: value["threshold"]?.number, score: score,
        isAlarm: true),
      baseline: baseline.compactMap(\.integer).map(Int32.init(clamping:)),
      recurrenceIntervalDays: value["recurrenceIntervalDays"]?.integer.map(Int.init), severity: severity,
      detector: detector)
    guard self.days.count == days.count, self.baseline.count == baseline.count else { return nil }
  }
}

extension DetectorIdentity {
  fileprivate init?(json value: JSONValue) {
    guard let name = value["name"]?.string, let version = value["version"]?.integer,
      let parameters = value["parameters"]?.members
    else { return nil }
    self.init(
      name: name, version: Int(version),
      parameters: parameters.compactMap { member in
        member.value.number.map { Parameter(name: member.name, value: $0) }
      })
    guard self.parameters.count == parameters.count else { return nil }
  }
}

extension JSONValue {
  fileprivate var time: EventTime? {
    guard let text = string, case .success(let time) = RFC3339.parse(text.utf8.span) else { return nil }
    return time
  }

  fileprivate var day: LocalDay? { string.flatMap { LocalDay($0) } }
}
