import Foundation
import Testing

@testable import Wire

/// One broken event, and the answer that it must get.
struct BrokenEvent: Sendable, CustomTestStringConvertible {
  var event: String
  var code: RejectionCode
  var member: String

  init(_ event: String, _ code: RejectionCode, _ member: String) {
    self.event = event
    self.code = code
    self.member = member
  }

  init(_ changes: [String: String?] = [:], data: [String: String?], _ code: RejectionCode, _ member: String) {
    self.init(Events.event(changes, data: data), code, member)
  }

  var testDescription: String { "\(code) \(member): \(event.prefix(200))" }
}

@Suite struct IncidentRejectionTests {
  static let broken: [BrokenEvent] = [
    BrokenEvent("", .notJSON, ""), BrokenEvent("{", .notJSON, ""), BrokenEvent("nonsense", .notJSON, ""),
    BrokenEvent(Events.event() + "}", .notJSON, ""), BrokenEvent("\u{FEFF}" + Events.event(), .notJSON, ""),
    BrokenEvent(Events.event(["x": String(repeating: "9", count: 400)]), .notJSON, ""),
    BrokenEvent(Events.event(["x": "1e400"]), .notJSON, ""),
    BrokenEvent(Events.event(["x": nested(10_000)]), .notJSON, ""),
    BrokenEvent(Events.event(["x": "NaN"]), .notJSON, ""), BrokenEvent(Events.event(["x": #""\ud800""#]), .notJSON, ""),
    BrokenEvent(Events.event(["source": #""\udc00""#]), .notJSON, ""),
    BrokenEvent(data: ["reference": #""\ud83d\ud83d""#], .notJSON, ""),
    BrokenEvent(Events.event(raw: #""revision":1"#), .notJSON, "/data/revision"),
    BrokenEvent(Events.event(raw: #""toForce":1,"toForce":1"#), .notJSON, "/data/toForce"),
    BrokenEvent(data: ["location": #"{"area":"E09000022","area":"E09000022"}"#], .notJSON, "/data/location/area"),
    BrokenEvent(String(Events.event().dropLast()) + #","id":"1"}"#, .notJSON, "/id"),
    BrokenEvent(String(Events.event(["type": "5"]).dropLast()) + #","\u0064ata":{}}"#, .notJSON, "/data"),

    BrokenEvent("[]", .notCloudEvent, ""), BrokenEvent("[\(Events.event())]", .notCloudEvent, ""),
    BrokenEvent("null", .notCloudEvent, ""), BrokenEvent("{}", .notCloudEvent, "/specversion"),
    BrokenEvent(Events.event(["specversion": #""1.1""#]), .notCloudEvent, "/specversion"),
    BrokenEvent(Events.event(["specversion": "1.0"]), .notCloudEvent, "/specversion"),
    BrokenEvent(Events.event(["id": #""""#]), .notCloudEvent, "/id"),
    BrokenEvent(Events.event(["id": "5"]), .notCloudEvent, "/id"),
    BrokenEvent(Events.event(["id": nil]), .notCloudEvent, "/id"),
    BrokenEvent(Events.event(["source": nil]), .notCloudEvent, "/source"),
    BrokenEvent(Events.event(["source": #""""#]), .notCloudEvent, "/source"),
    BrokenEvent(Events.event(["source": "null"]), .notCloudEvent, "/source"),
    BrokenEvent(Events.event(["source": #""/a\u0000b""#]), .notCloudEvent, "/source"),
    BrokenEvent(Events.event(["type": nil]), .notCloudEvent, "/type"),
    BrokenEvent(Events.event(["type": #""""#]), .notCloudEvent, "/type"),
    BrokenEvent(Events.event(["datacontenttype": #""text/csv""#]), .notCloudEvent, "/datacontenttype"),
    BrokenEvent(Events.event(["datacontenttype": #""json""#]), .notCloudEvent, "/datacontenttype"),
    BrokenEvent(Events.event(["datacontenttype": #""application/xjson""#]), .notCloudEvent, "/datacontenttype"),

    BrokenEvent(Events.event(["type": #""tag.breach""#]), .unknownType, "/type"),
    BrokenEvent(Events.event(["type": #""incident.recorded ""#, "data": nil]), .unknownType, "/type"),
    BrokenEvent(Events.event(["dataschema": #""urn:bellwether:incidents:2""#]), .unknownVersion, "/dataschema"),
    BrokenEvent(Events.event(["dataschema": #""""#]), .unknownVersion, "/dataschema"),

    BrokenEvent(Events.event(["data": nil]), .missingMember, "/data"),
    BrokenEvent(data: ["reference": nil], .missingMember, "/data/reference"),
    BrokenEvent(data: ["revision": nil], .missingMember, "/data/revision"),
    BrokenEvent(data: ["occurredFrom": nil], .missingMember, "/data/occurredFrom"),
    BrokenEvent(data: ["offenceCode": nil], .missingMember, "/data/offenceCode"),
    BrokenEvent(data: ["location": #"{"latitude":51.5}"#], .missingMember, "/data/location/longitude"),
    BrokenEvent(data: ["location": #"{"northing":51}"#], .missingMember, "/data/location/easting"),
    BrokenEvent(["type": #""incident.cancelled""#], data: [:], .missingMember, "/data/reason"),
    BrokenEvent(["type": #""incident.transferred""#], data: [:], .missingMember, "/data/toForce"),
    BrokenEvent(["type": #""incident.cancelled""#, "data": "{}"], data: [:], .missingMember, "/data/reference"),

    BrokenEvent(Events.event(["time": "5"]), .wrongType, "/time"),
    BrokenEvent(Events.event(["datacontenttype": "null"]), .wrongType, "/datacontenttype"),
    BrokenEvent(Events.event(["dataschema": "1"]), .wrongType, "/dataschema"),
    BrokenEvent(Events.event(["data": "null"]), .wrongType, "/data"),
    BrokenEvent(Events.event(["data": "[]"]), .wrongType, "/data"),
    BrokenEvent(data: ["reference": "5"], .wrongType, "/data/reference"),
    BrokenEvent(data: ["reference": #""""#], .wrongType, "/data/reference"),
    BrokenEvent(data: ["revision": #""1""#], .wrongType, "/data/revision"),
    BrokenEvent(data: ["revision": "null"], .wrongType, "/data/revision"),
    BrokenEvent(data: ["occurredFrom": "1772398500000"], .wrongType, "/data/occurredFrom"),
    BrokenEvent(data: ["occurredTo": "null"], .wrongType, "/data/occurredTo"),
    BrokenEvent(data: ["recordedAt": "{}"], .wrongType, "/data/recordedAt"),
    BrokenEvent(data: ["offenceCode": "34"], .wrongType, "/data/offenceCode"),
    BrokenEvent(data: ["offenceClass": "null"], .wrongType, "/data/offenceClass"),
    BrokenEvent(data: ["weapon": "true"], .wrongType, "/data/weapon"),
    BrokenEvent(data: ["weaponUse": "null"], .wrongType, "/data/weaponUse"),
    BrokenEvent(data: ["injury": "0"], .wrongType, "/data/injury"),
    BrokenEvent(data: ["victimAgeBand": "17"], .wrongType, "/data/victimAgeBand"),
    BrokenEvent(data: ["imprecise": #""true""#], .wrongType, "/data/imprecise"),
    BrokenEvent(data: ["imprecise": "null"], .wrongType, "/data/imprecise"),
    BrokenEvent(data: ["location": "null"], .wrongType, "/data/location"),
    BrokenEvent(data: ["location": #""E09000022""#], .wrongType, "/data/location"),
    BrokenEvent(data: ["location": #"{"area":9}"#], .wrongType, "/data/location/area"),
    BrokenEvent(data: ["location": #"{"lsoa":null}"#], .wrongType, "/data/location/lsoa"),
    BrokenEvent(data: ["location": #"{"latitude":"51.5","longitude":0}"#], .wrongType, "/data/location/latitude"),
    BrokenEvent(data: ["location": #"{"easting":1,"northing":[]}"#], .wrongType, "/data/location/northing"),
    BrokenEvent(
      data: ["location": #"{"area":"E09000022","precisionMetres":"5"}"#], .wrongType, "/data/location/precisionMetres"),
    BrokenEvent(data: ["location": #"{"unknown":false}"#], .wrongType, "/data/location/unknown"),
    BrokenEvent(data: ["location": #"{"unknown":1}"#], .wrongType, "/data/location/unknown"),
    BrokenEvent(data: ["responsibleArea": "null"], .wrongType, "/data/responsibleArea"),
    BrokenEvent(["type": #""incident.cancelled""#], data: ["reason": "3"], .wrongType, "/data/reason"),
    BrokenEvent(["type": #""incident.transferred""#], data: ["toForce": #""""#], .wrongType, "/data/toForce"),

    BrokenEvent(Events.event(["time": #""yesterday""#]), .badTime, "/time"),
    BrokenEvent(data: ["occurredFrom": #""2026-02-29T00:00:00Z""#], .badTime, "/data/occurredFrom"),
    BrokenEvent(data: ["occurredTo": #""2026-03-01T23:59:60Z""#], .badTime, "/data/occurredTo"),
    BrokenEvent(data: ["recordedAt": #""2026-03-01""#], .badTime, "/data/recordedAt"),
    BrokenEvent(Events.event(["time": #""2026-03-01T20:55:00""#]), .timeWithoutZone, "/time"),
    BrokenEvent(data: ["occurredFrom": #""2026-03-01T20:55:00""#], .timeWithoutZone, "/data/occurredFrom"),
    BrokenEvent(data: ["occurredTo": #""2026-03-01T20:54:59.999Z""#], .timeReversed, "/data/occurredTo"),
    BrokenEvent(data: ["occurredTo": #""2026-03-02T08:55:00.001Z""#], .occurrenceTooLong, "/data/occurredTo"),
    BrokenEvent(
      data: ["occurredTo": #""2027-03-02T20:55:00.001Z""#, "imprecise": "true"], .occurrenceTooLong, "/data/occurredTo"),
    BrokenEvent(data: ["occurredFrom": #""2026-03-02T00:10:00.001Z""#], .inFuture, "/data/occurredFrom"),
    BrokenEvent(data: ["occurredFrom": #""1969-12-31T23:59:59.999Z""#], .beforeHistory, "/data/occurredFrom"),

    BrokenEvent(data: ["location": #"{"area":"Lambeth"}"#], .badAreaCode, "/data/location/area"),
    BrokenEvent(data: ["location": #"{"area":"E09000034"}"#], .badAreaCode, "/data/location/area"),
    BrokenEvent(data: ["location": #"{"area":""}"#], .badAreaCode, "/data/location/area"),
    BrokenEvent(data: ["location": #"{"lsoa":"E0100000A"}"#], .badAreaCode, "/data/location/lsoa"),
    BrokenEvent(data: ["location": #"{"lsoa":"E02000001"}"#], .badAreaCode, "/data/location/lsoa"),
    BrokenEvent(data: ["responsibleArea": #""E23000001""#], .badAreaCode, "/data/responsibleArea"),
    BrokenEvent(data: ["location": "{}"], .locationMissing, "/data/location"),
    BrokenEvent(
      data: ["location": #"{"precisionMetres":5}"#, "responsibleArea": #""E09000022""#], .locationMissing,
      "/data/location"),
    BrokenEvent(data: ["location": nil], .locationMissing, "/data/location"),
    BrokenEvent(
      data: ["location": #"{"area":"E09000022","unknown":true}"#], .locationAmbiguous, "/data/location"),
    BrokenEvent(
      data: ["location": #"{"latitude":51.5,"longitude":0,"easting":5,"northing":5}"#], .locationAmbiguous,
      "/data/location"),
    BrokenEvent(
      data: ["location": #"{"latitude":-0.1,"longitude":51.5}"#], .locationOutOfRange, "/data/location/latitude"),
    BrokenEvent(
      data: ["location": #"{"latitude":51.5,"longitude":2.7}"#], .locationOutOfRange, "/data/location/longitude"),
    BrokenEvent(
      data: ["location": #"{"easting":600000.5,"northing":5}"#], .locationOutOfRange, "/data/location/easting"),
    BrokenEvent(data: ["location": #"{"easting":5,"northing":-1}"#], .locationOutOfRange, "/data/location/northing"),
    BrokenEvent(
      data: ["location": #"{"area":"E09000022","precisionMetres":-1}"#], .locationOutOfRange,
      "/data/location/precisionMetres"),
    BrokenEvent(data: ["location": #"{"latitude":51.5,"longitude":-0.1}"#], .placesNotLoaded, "/data/location"),
    BrokenEvent(data: ["location": #"{"easting":600000,"northing":1300000}"#], .placesNotLoaded, "/data/location"),

    BrokenEvent(data: ["offenceCode": #""robbery""#], .badOffenceCode, "/data/offenceCode"),
    BrokenEvent(data: ["offenceCode": #""""#], .badOffenceCode, "/data/offenceCode"),
    BrokenEvent(data: ["offenceClass": #""robbery""#], .badOffenceCode, "/data/offenceClass"),
    BrokenEvent(data: ["weapon": #""Knife""#], .badEnumeration, "/data/weapon"),
    BrokenEvent(data: ["weaponUse": #""""#], .badEnumeration, "/data/weaponUse"),
    BrokenEvent(data: ["injury": #""grave""#], .badEnumeration, "/data/injury"),
    BrokenEvent(data: ["victimAgeBand": #""18–24""#], .badEnumeration, "/data/victimAgeBand"),
    BrokenEvent(["type": #""incident.cancelled""#], data: ["reason": #""C6""#], .badEnumeration, "/data/reason"),
    BrokenEvent(data: ["revision": "0"], .badRevision, "/data/revision"),
    BrokenEvent(data: ["revision": "-1"], .badRevision, "/data/revision"),
    BrokenEvent(data: ["revision": "1.5"], .badRevision, "/data/revision"),
    BrokenEvent(data: ["revision": "9007199254740993"], .badRevision, "/data/revision"),
    BrokenEvent(data: ["revision": "18446744073709551615"], .badRevision, "/data/revision"),
    BrokenEvent(data: ["revision": "1e300"], .badRevision, "/data/revision"),
  ]

  static func nested(_ depth: Int) -> String {
    String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
  }

  @Test(arguments: broken)
  func aFaultGetsItsCodeAndItsMember(_ broken: BrokenEvent) {
    let (rejection, line) = translate(broken.event)
    #expect(rejection?.code == broken.code)
    #expect(rejection?.member == broken.member)
    #expect(line == "")
    #expect(rejection?.reason.hasSuffix(".") == true && rejection?.action.hasSuffix(".") == true)
  }

  /// Every code but those that an incident cannot earn, or not by what it says, is in the list above.
  @Test func everyCodeIsTried() {
    let elsewhere: Set<RejectionCode> = [.tombstone, .tooLarge, .unknownSource, .badPeriod]
    #expect(Set(Self.broken.map(\.code)).union(elsewhere) == Set(RejectionCode.allCases))
    #expect(translate([UInt8]?.none).rejection?.code == .tombstone)
    #expect(translate([UInt8](repeating: 0x20, count: 10 << 20)).rejection?.code == .tooLarge)
  }

  @Test func brokenUTF8IsNoJSON() {
    for bytes in [[0xC3], [0xC3, 0x28], [0xED, 0xB0, 0x80], [0xFF], [0xC0, 0x80]] as [[UInt8]] {
      var event = Array(Events.event(["x": #""marker""#]).utf8)
      guard let place = event.firstRange(of: Array("marker".utf8)) else { continue }
      event.replaceSubrange(place, with: bytes)
      #expect(translate(event).rejection?.code == .notJSON)
    }
  }

  @Test func nestingIsTakenToItsBound() {
    // The event itself is one level.
    #expect(translate(Events.event(["x": Self.nested(1_023)])).rejection == nil)
    #expect(translate(Events.event(["x": Self.nested(1_024)])).rejection?.code == .notJSON)
  }

  /// Of any two broken members the answer is the one whose code comes first, and of equal codes the earlier member's.
  @Test func ofTwoFaultsTheFirstIsAnswered() {
    struct Fault {
      var name: String
      var value: String
      var code: RejectionCode
    }
    let faults = [
      Fault(name: "reference", value: "1", code: .wrongType), Fault(name: "revision", value: "0", code: .badRevision),
      Fault(name: "occurredFrom", value: #""x""#, code: .badTime),
      Fault(name: "recordedAt", value: #""2026-01-01T00:00:00""#, code: .timeWithoutZone),
      Fault(name: "offenceCode", value: #""?""#, code: .badOffenceCode),
      Fault(name: "offenceClass", value: #""?""#, code: .badOffenceCode),
      Fault(name: "weapon", value: #""?""#, code: .badEnumeration),
      Fault(name: "injury", value: "null", code: .wrongType),
      Fault(name: "imprecise", value: "1", code: .wrongType),
      Fault(name: "location", value: "{}", code: .locationMissing),
      Fault(name: "responsibleArea", value: #""?""#, code: .badAreaCode),
    ]
    for (index, a) in faults.enumerated() {
      for b in faults[(index + 1)...] {
        let first = b.code.rawValue < a.code.rawValue ? b : a
        let rejection = translate(Events.event(data: [a.name: a.value, b.name: b.value])).rejection
        #expect(rejection?.code == first.code && rejection?.member == "/data/\(first.name)")
      }
    }
  }

  @Test func theSourceIsNamedWhereItCouldBeRead() {
    #expect(translate(Events.event(data: ["revision": "0"])).rejection?.source == "/police/test")
    #expect(translate(Events.event(["id": "0"])).rejection?.source == "/police/test")
    #expect(translate(Events.event(), sources: []).rejection?.source == "/police/test")
    #expect(translate(Events.event(["source": "5"])).rejection?.source == nil)
    #expect(translate("nonsense").rejection?.source == nil)
  }

  @Test func binaryModeNamesTheSameMembers() {
    let good: [(String, String)] = [
      ("ce_specversion", "1.0"), ("ce_id", "1"), ("ce_source", "/s"), ("ce_type", "incident.recorded"),
      ("content-type", "application/json"),
    ]
    func answer(_ changes: [String: [UInt8]?], _ data: String, added: [(String, [UInt8]?)] = []) -> [String]? {
      var headers: [(String, [UInt8]?)] = good.compactMap { name, value in
        guard let change = changes[name] else { return (name, Array(value.utf8)) }
        return change.map { (name, $0) }
      }
      headers += added
      return translate(data, headers: headers).rejection.map { [$0.code.name, $0.member, $0.source ?? "-"] }
    }
    let data = Events.object(Events.data, [:])
    #expect(answer([:], data) == nil)
    #expect(answer(["content-type": nil], data) == nil)
    #expect(answer(["ce_specversion": Array("0.3".utf8)], data) == ["notCloudEvent", "/specversion", "/s"])
    #expect(answer(["ce_id": nil], data) == ["notCloudEvent", "/id", "/s"])
    #expect(answer(["ce_id": []], data) == ["notCloudEvent", "/id", "/s"])
    #expect(answer(["ce_source": nil], data) == ["notCloudEvent", "/source", "-"])
    #expect(answer(["ce_source": [0xFF]], data) == ["notCloudEvent", "/source", "-"])
    #expect(answer(["ce_source": [0x2F, 0]], data) == ["notCloudEvent", "/source", "-"])
    #expect(answer(["ce_type": Array("x".utf8)], data) == ["unknownType", "/type", "/s"])
    #expect(answer(["content-type": Array("text/csv".utf8)], data) == ["notCloudEvent", "/datacontenttype", "/s"])
    #expect(answer([:], data, added: [("ce_time", Array("now".utf8))]) == ["badTime", "/time", "/s"])
    #expect(answer([:], data, added: [("ce_time", nil)]) == ["badTime", "/time", "/s"])
    #expect(answer([:], data, added: [("ce_dataschema", Array("2".utf8))]) == ["unknownVersion", "/dataschema", "/s"])
    #expect(answer([:], data, added: [("ce_id", Array("2".utf8))]) == ["notCloudEvent", "/id", "/s"])
    #expect(answer([:], "{") == ["notJSON", "/data", "/s"])
    #expect(answer(["ce_id": nil], "") == ["notJSON", "/data", "/s"])
    #expect(answer([:], "[]") == ["wrongType", "/data", "/s"])
    #expect(answer([:], "{}") == ["missingMember", "/data/reference", "/s"])
    #expect(answer([:], Events.object(Events.data, [:], #""revision":2"#)) == ["notJSON", "/data/revision", "/s"])
  }
}
