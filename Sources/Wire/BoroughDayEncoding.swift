import Hotspots
import Incidents

extension BoroughDay {
  /// The value of the record in `borough-days`, members in the contract's order.
  public var json: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("area", bucket.key)
      writer.member("day", day.description)
      writer.object("position") { position.write(into: &$0) }
      writer.object("measures") { writer in
        for entry in measures {
          writer.object(entry.measure.name) { writer in
            writer.member("count", entry.count)
            for judgement in entry.judgements { writer.object(judgement.detector) { judgement.write(into: &$0) } }
          }
        }
      }
    }
    return writer.bytes
  }

  /// The record's headers: the attributes of a CloudEvent in binary mode.
  public var headers: [RecordHeader] {
    RecordHeader.cloudEvent(id: "\(name)@\(position.text)", type: "borough.day", time: now)
  }

  /// The record's key.
  public var key: [UInt8] { Array(name.utf8) }

  private var name: String { "\(bucket.key):\(day)" }
}

extension BoroughDay.Judgement {
  fileprivate func write(into writer: inout JSONWriter) {
    writer.key("expected")
    writer.rounded(expected)
    writer.key("threshold")
    if let threshold { writer.rounded(threshold) } else { writer.null() }
    writer.member("alarm", isAlarm)
  }
}
