import Hotspots
import Incidents

// What was published of signals, as a checkpoint's header has it: read by the same program that wrote it, and by no other.
// Computed numbers are kept as their bits: the next revision is compared with them, so not one may change.

extension PublishedSignals {
  func write(into writer: inout JSONWriter) {
    writer.array { writer in
      for series in series { series.write(into: &writer) }
    }
  }

  init?(json value: JSONValue) {
    guard let elements = value.elements else { return nil }
    var series: [PublishedSeries] = []
    for element in elements {
      guard let one = PublishedSeries(json: element) else { return nil }
      series.append(one)
    }
    self.init(series)
  }
}

extension PublishedSeries {
  fileprivate func write(into writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("area", area.value)
      writer.member("measure", measure.rawValue)
      writer.member("detector", detector)
      writer.array("open") { writer in
        for signal in open { signal.write(into: &writer) }
      }
      // Many over the years: day, revision, day, revision …
      writer.array("past") { writer in
        for signal in past {
          writer.integer(signal.firstDay.index)
          writer.integer(signal.revision)
        }
      }
    }
  }

  fileprivate init?(json value: JSONValue) {
    guard let area = value["area"]?.integer, let measure = value["measure"]?.integer,
      let area = UInt8(exactly: area), let measure = UInt8(exactly: measure).flatMap(Measure.init(rawValue:)),
      let detector = value["detector"]?.string, let open = value["open"]?.elements,
      let past = value["past"]?.elements?.compactMap(\.integer), past.count % 2 == 0
    else { return nil }
    let signals = open.compactMap(SignalStep.init(json:))
    guard signals.count == open.count else { return nil }
    let pairs = stride(from: 0, to: past.count, by: 2).map { place in
      Past(firstDay: LocalDay(index: Int32(clamping: past[place])), revision: Int(past[place + 1]))
    }
    self.init(area: AreaIndex(area), measure: measure, detector: detector, open: signals, past: pairs)
  }
}

extension SignalStep {
  fileprivate func write(into writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("firstDay", firstDay.index)
      writer.member("revision", revision)
      writer.member("status", status.rawValue)
      writer.member("raisedAt", raisedAt.milliseconds)
      writer.member("day", statement.day.index)
      writer.array("days") { writer in
        for day in statement.days { writer.integer(day.index) }
      }
      writer.member("observed", statement.judgement.observed)
      writer.array("numbers") { writer in
        writer.bits(statement.judgement.expected)
        writer.bits(statement.judgement.score)
        if let threshold = statement.judgement.threshold { writer.bits(threshold) }
      }
      writer.member("isAlarm", statement.judgement.isAlarm)
      writer.array("baseline") { writer in
        for count in statement.baseline { writer.integer(count) }
      }
      writer.key("recurrence")
      if let days = statement.recurrenceIntervalDays { writer.integer(days) } else { writer.null() }
      writer.member("severity", statement.severity.rawValue)
      writer.member("detector", statement.detector.name)
      writer.member("version", statement.detector.version)
      writer.object("parameters") { writer in
        for parameter in statement.detector.parameters {
          writer.key(parameter.name)
          writer.bits(parameter.value)
        }
      }
    }
  }

  fileprivate init?(json value: JSONValue) {
    guard let firstDay = value["firstDay"]?.integer, let revision = value["revision"]?.integer,
      let status = value["status"]?.integer.flatMap({ UInt8(exactly: $0) }).flatMap(SignalStatus.init(rawValue:)),
      let raisedAt = value["raisedAt"]?.integer, let statement = SignalStatement(json: value)
    else { return nil }
    self.init(
      firstDay: LocalDay(index: Int32(clamping: firstDay)), revision: Int(revision), status: status,
      raisedAt: EventTime(milliseconds: raisedAt), statement: statement)
  }
}

extension SignalStatement {
  fileprivate init?(json value: JSONValue) {
    guard let day = value["day"]?.integer, let days = value["days"]?.elements?.compactMap(\.integer),
      let observed = value["observed"]?.integer, let isAlarm = value["isAlarm"],
      let numbers = value["numbers"]?.elements?.compactMap(\.bits), (2...3).contains(numbers.count),
      let baseline = value["baseline"]?.elements?.compactMap(\.integer),
      let severity = value["severity"]?.integer.flatMap({ UInt8(exactly: $0) }).flatMap(Severity.init(rawValue:)),
      let detector = value["detector"]?.string, let version = value["version"]?.integer,
      case .object(let members)? = value["parameters"]
    else { return nil }
    let parameters = members.compactMap { member in
      member.value.bits.map { DetectorIdentity.Parameter(name: member.name, value: $0) }
    }
    guard parameters.count == members.count else { return nil }
    self.init(
      day: LocalDay(index: Int32(clamping: day)), days: days.map { LocalDay(index: Int32(clamping: $0)) },
      judgement: DayJudgement(
        observed: Int32(clamping: observed), expected: numbers[0], threshold: numbers.count == 3 ? numbers[2] : nil,
        score: numbers[1], isAlarm: isAlarm == .bool(true)),
      baseline: baseline.map { Int32(clamping: $0) },
      recurrenceIntervalDays: value["recurrence"]?.integer.map { Int($0) },
      severity: severity, detector: DetectorIdentity(name: detector, version: Int(version), parameters: parameters))
  }
}

extension JSONWriter {
  /// A number as its 64 bits.
  fileprivate mutating func bits(_ value: Double) { integer(Int64(bitPattern: value.bitPattern)) }
}

extension JSONValue {
  fileprivate var bits: Double? { integer.map { Double(bitPattern: UInt64(bitPattern: $0)) } }
}
