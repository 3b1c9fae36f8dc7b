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
      writer.object("position") { position.write(into: &$0) }
      writer.object("measures") { writer in
        for (measure, counts) in zip(Measure.allCases, measures) {
          writer.object(measure.name) { counts.write(into: &$0) }
        }
      }
      writer.object("sources") { TopicFreshness.write(sources, into: &$0) }
      writer.key("hiddenHarm")
      if let hiddenHarm { hiddenHarm.write(into: &writer) } else { writer.null() }
      writer.array("signals") { writer in
        for signal in signals {
          writer.object { writer in
            writer.member("id", signal.id.description)
            writer.member("measure", signal.measure.name)
            writer.member("severity", signal.severity.name)
            writer.member("since", signal.since)
          }
        }
      }
    }
    return writer.bytes
  }

  /// The record as a CloudEvent in binary mode, but for its topic.
  public var headers: [RecordHeader] {
    RecordHeader.cloudEvent(id: "\(bucket.key)@\(position.text)", type: "borough.projection", time: now)
  }
}

extension RecordHeader {
  /// The attributes of an output, as a CloudEvent in binary mode.
  static func cloudEvent(id: String, type: String, time: EventTime) -> [RecordHeader] {
    [
      RecordHeader("ce_specversion", "1.0"), RecordHeader("ce_id", id), RecordHeader("ce_source", "/bellwether"),
      RecordHeader("ce_type", type), RecordHeader("ce_time", RFC3339.text(time)),
      RecordHeader("content-type", "application/json"),
    ]
  }
}

extension JournalPosition {
  /// `partition.frame.index`.
  var text: String { "\(partition).\(frame).\(index)" }

  /// The members of the object that names it.
  func write(into writer: inout JSONWriter) {
    writer.member("partition", partition)
    writer.member("frame", frame)
    writer.member("index", index)
  }
}

extension TopicFreshness {
  /// The members of `sources`: what is known of each input topic.
  static func write(_ sources: [TopicFreshness], into writer: inout JSONWriter) {
    for (topic, freshness) in zip(InputTopic.allCases, sources) {
      writer.object(topic.name) { freshness.write(into: &$0) }
    }
  }
}

extension TopicFreshness {
  func write(into writer: inout JSONWriter) {
    writer.member("received", received)
    writer.member("occurred", occurred)
    writer.member("state", state.name)
  }
}

extension HiddenHarm {
  fileprivate func write(into writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("window", "28d")
      writer.member("until", until)
      writer.member("hospitalKnife", hospitalKnife)
      writer.member("knifeInjury", knifeInjury)
      writer.member("atLeast", atLeast)
      writer.member("atMost", atMost)
    }
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
