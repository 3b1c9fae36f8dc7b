import Hotspots
import Incidents

extension HotspotSignal {
  /// What every signal says of itself.
  private static let caveat = "Counts of recorded events; not evidence about any person."

  /// The value of the record in `hotspot-signals`: every member, always, in the contract's order. These bytes are part of
  /// the digest.
  public var json: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("id", id.description)
      writer.member("revision", revision)
      writer.member("status", status.name)
      writer.member("area", AreaTable.code(area))
      writer.member("name", AreaTable.name(area))
      writer.member("force", AreaTable.force(area).name)
      writer.member("measure", measure.name)
      writer.object("detector") { statement.detector.write(into: &$0) }
      statement.write(into: &writer)
      writer.member("raisedAt", raisedAt)
      writer.member("judgedAt", judgedAt)
      writer.object("position") { position.write(into: &$0) }
      // For detectors of places within an area.
      writer.member("focus", String?.none)
      writer.object("evidence") { writer in
        writer.member("count", evidence.count)
        writer.array("positions") { writer in
          for position in evidence.positions { writer.string(position.text) }
        }
      }
      writer.object("sources") { TopicFreshness.write(sources, into: &$0) }
      writer.member("reason", reason?.text)
      writer.member("explanation", explanation)
      writer.member("caveat", Self.caveat)
    }
    return writer.bytes
  }

  /// The record's headers: the attributes of a CloudEvent in binary mode, and what a reader may choose by.
  public var headers: [RecordHeader] {
    RecordHeader.cloudEvent(id: "\(id).\(revision)", type: "hotspot.signal", time: judgedAt) + [
      RecordHeader("signal-id", id.description), RecordHeader("revision", String(revision)),
      RecordHeader("status", status.name),
    ]
  }

  /// The record's key.
  public var key: [UInt8] { Array(AreaTable.code(area).utf8) }
}

extension DetectorIdentity {
  fileprivate func write(into writer: inout JSONWriter) {
    writer.member("name", name)
    writer.member("version", version)
    writer.object("parameters") { writer in
      for parameter in parameters {
        writer.key(parameter.name)
        writer.exact(parameter.value)
      }
    }
  }
}

extension SignalStatement {
  fileprivate func write(into writer: inout JSONWriter) {
    writer.member("day", day.description)
    writer.array("days") { writer in
      for day in days { writer.string(day.description) }
    }
    writer.member("observed", judgement.observed)
    writer.array("baseline") { writer in
      for count in baseline { writer.integer(count) }
    }
    writer.key("expected")
    writer.rounded(judgement.expected)
    writer.key("threshold")
    if let threshold = judgement.threshold { writer.rounded(threshold) } else { writer.null() }
    writer.key("score")
    writer.rounded(judgement.score)
    writer.key("recurrenceIntervalDays")
    if let days = recurrenceIntervalDays { writer.integer(days) } else { writer.null() }
    writer.member("severity", severity.name)
  }
}
