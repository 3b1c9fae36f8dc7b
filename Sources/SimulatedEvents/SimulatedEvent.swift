import Incidents
import Wire

/// An event as a producer sends it.
public struct SimulatedEvent: Sendable {
  public var source: SimulatedSource
  /// When it arrives, in scripted time.
  public var at: EventTime
  public var key: String
  /// The CloudEvent in structured mode, on one line.
  public var value: [UInt8]
  /// The code that the event is refused with; nil when it is as it should be.
  public var refusal: String?

  public var topic: InputTopic { source.topic }

  /// The record to be sent to the topic of that name.
  public func record(topic name: String) -> OutgoingRecord {
    OutgoingRecord(
      topic: name, key: Array(key.utf8), value: value,
      headers: [RecordHeader("content-type", "application/cloudevents+json")])
  }
}

/// Something that will be sent, before it is written: only then is the time of its arrival known for sure.
struct Draft: Sendable {
  enum Content: Sendable {
    case incident(Incident)
    case breach(TagBreach)
    case attendance(Attendance)
    case hospitalReturn(HospitalReturn)
  }

  var source: SimulatedSource
  var arrival: EventTime
  /// When the last of what it tells of happened.
  var happened: EventTime
  var content: Content
  var flaw: Flaw?

  /// The event, arriving at the drafted time or at another one.
  func event(at time: EventTime? = nil) -> SimulatedEvent {
    let time = time ?? arrival
    var (key, value) = written(at: time)
    if flaw == .cutOff { value.removeLast(value.count / 3) }
    return SimulatedEvent(source: source, at: time, key: key, value: value, refusal: flaw?.code)
  }

  private func written(at time: EventTime) -> (key: String, value: [UInt8]) {
    switch content {
    case .incident(let incident):
      (
        incident.reference,
        envelope(id: "\(incident.reference)/\(incident.revision)", type: incident.change.type, time) {
          incident.write(to: &$0, flaw)
        }
      )
    case .breach(let breach):
      (
        breach.reference,
        envelope(id: "\(breach.reference)/\(breach.revision)", type: "tag.breach", time) {
          breach.write(to: &$0, uploaded: time, flaw)
        }
      )
    case .attendance(let attendance):
      (
        attendance.reference,
        envelope(id: "\(attendance.reference)/\(attendance.revision)", type: "hospital.attendance", time) {
          attendance.write(to: &$0, flaw)
        }
      )
    case .hospitalReturn(let sheet):
      (
        sheet.site.code,
        envelope(
          id: "\(sheet.site.code)/\(sheet.periodStart)/\(sheet.revision)", type: "hospital.return", time
        ) { sheet.write(to: &$0) }
      )
    }
  }

  private func envelope(
    id: String, type: String, _ time: EventTime, data: (inout JSONWriter) -> Void
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("specversion", "1.0")
      writer.member("id", id)
      writer.member("source", source.name)
      writer.member("type", flaw == .unknownType ? "incident.reported" : type)
      writer.member("time", RFC3339.text(time))
      writer.member("datacontenttype", "application/json")
      writer.object("data", data)
    }
    return writer.bytes
  }
}

/// What can be wrong with an event.
enum Flaw: CaseIterable, Sendable {
  case cutOff, unknownType, missingRevision, timeWithoutZone, unknownArea, unknownName, nextYear

  /// What the event is refused with.
  var code: String {
    switch self {
    case .cutOff: "notJSON"
    case .unknownType: "unknownType"
    case .missingRevision: "missingMember"
    case .timeWithoutZone: "timeWithoutZone"
    case .unknownArea: "badAreaCode"
    case .unknownName: "badEnumeration"
    case .nextYear: "inFuture"
    }
  }
}

extension JSONWriter {
  mutating func time(_ name: String, _ time: EventTime, _ flaw: Flaw? = nil) {
    let text = RFC3339.text(time)
    member(name, flaw == .timeWithoutZone ? String(text.dropLast()) : text)
  }

  mutating func revision(_ revision: Int, _ flaw: Flaw?) {
    if flaw != .missingRevision { member("revision", revision) }
  }

  /// A place by its area.
  mutating func location(_ area: AreaIndex?, _ flaw: Flaw?) {
    object("location") { writer in
      if flaw == .unknownArea {
        writer.member("area", "E09999999")
      } else if let area {
        writer.member("area", AreaTable.code(area))
      } else {
        writer.member("unknown", true)
      }
    }
  }
}
