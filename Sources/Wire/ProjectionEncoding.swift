import Hotspots
import Incidents

extension BoroughProjection {
  /// The value of the record in `borough-projections`: every member, always, in the contract's order.
  public var json: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("area", bucket.key)
      writer.member("name", bucket.name)
      writer.member("force", bucket.force?.name)
      writer.member("now", now)
      writer.object("position") { writer in
        writer.member("partition", position.partition)
        writer.member("frame", position.frame)
        writer.member("index", position.index)
      }
      writer.object("measures") { writer in
        for (measure, counts) in zip(Measure.allCases, measures) {
          writer.object(measure.name) { counts.write(into: &$0) }
        }
      }
      writer.object("sources") { writer in
        for (topic, freshness) in zip(InputTopic.allCases, sources) {
          writer.object(topic.name) { writer in
            writer.member("received", freshness.received)
            writer.member("occurred", freshness.occurred)
            writer.member("state", freshness.state.name)
          }
        }
      }
      // Neither has a reader of its own yet: hospitals are not read, and nothing is judged.
      writer.member("hiddenHarm", String?.none)
      writer.array("signals") { _ in }
    }
    return writer.bytes
  }

  /// The record as a CloudEvent in binary mode, but for its topic.
  public var headers: [RecordHeader] {
    let position = "\(position.partition).\(position.frame).\(position.index)"
    return [
      RecordHeader("ce_specversion", "1.0"), RecordHeader("ce_id", "\(bucket.key)@\(position)"),
      RecordHeader("ce_source", "/bellwether"), RecordHeader("ce_type", "borough.projection"),
      RecordHeader("ce_time", RFC3339.text(now)), RecordHeader("content-type", "application/json"),
    ]
  }
}

extension MeasureCounts {
  fileprivate func write(into writer: inout JSONWriter) {
    for window in Window.allCases { writer.member(window.name, windows[window]) }
    for window in Window.allCases { writer.member("previous" + window.name, previous[window]) }
    writer.member("today", today)
    writer.member("yesterday", yesterday)
    writer.member("total", total)
  }
}

extension JSONWriter {
  /// A time as text, or null.
  mutating func member(_ name: String, _ time: EventTime?) { member(name, time.map(RFC3339.text)) }
}
