import Hotspots
import Incidents
import Testing

@testable import Wire

@Suite struct TagBreachTranslatorTests {
  private func translate(_ event: String) -> (rejection: Rejection?, line: String) {
    WireTests.translate(event, topic: .tagBreaches)
  }

  private func content(_ event: String) throws -> String {
    let (rejection, line) = translate(event)
    try #require(rejection == nil, "\(event)")
    return try #require(JSONValue(parsing: Array(line.utf8))["content"]?.string)
  }

  private func scan(_ line: String) throws -> JournalEvent {
    var sources = SourceTable()
    let events = try JournalLineTests.scan(Array(line.utf8), &sources)
    try #require(events.count == 1)
    return events[0]
  }

  @Test func everyMemberButDeviceAndWearerIsInTheLine() throws {
    let event = Events.tagBreach([
      "occurredTo": #""2026-03-01T21:05:00Z""#, "detectedAt": #""2026-03-01T20:56:00Z""#,
      "uploadedAt": #""2026-03-01T20:57:00Z""#, "knifeRelated": "true", "responsibleArea": #""E09000022""#,
      "location": #"{"area":"E09000022","precisionMetres":35,"method":"gps","speed":3}"#,
    ])
    let (rejection, line) = translate(event)
    #expect(rejection == nil)
    let expected = """
      "revision":1,"type":"tag.breach","source":"/police/test","area":"E09000022","responsibleArea":"E09000022",\
      "occurredFrom":1772398500000,"occurredTo":1772399100000,"kind":"exclusionEntry","state":"alerted",\
      "knifeRelated":true,"detectedAt":1772398560000,"uploadedAt":1772398620000,"reference":"V-1",\
      "sent":{"area":"E09000022","precisionMetres":35,"method":"gps","responsibleArea":"E09000022"},\
      "from":["tag-breaches",0,0]}

      """
    #expect(line.hasSuffix(expected), "\(line)")
    let scanned = try scan(line)
    #expect(scanned.topic == .tagBreaches && scanned.kind == .fact && scanned.measures == MeasureSet(.tagAlert))
    #expect(scanned.site == nil && scanned.rows.isEmpty && scanned.period == nil && !scanned.isUnmapped)
  }

  @Test(
    arguments: [
      ("alerted", "exclusionEntry", "true", [Measure.tagAlert]), ("alerted", "batteryLow", "true", []),
      ("confirmed", "strapTamper", "true", [.tagAlert, .tagBreach]), ("confirmed", "strapTamper", "false", []),
      ("excused", "lateReturn", "true", []), ("withdrawn", "lateReturn", "true", []),
    ])
  func theStateDecidesTheMeasures(state: String, kind: String, related: String, expected: [Measure]) throws {
    let (rejection, line) = translate(
      Events.tagBreach(["state": "\"\(state)\"", "kind": "\"\(kind)\"", "knifeRelated": related]))
    #expect(rejection == nil)
    let measures = try scan(line).measures
    #expect(Measure.allCases.filter(measures.contains) == expected)
  }

  /// However long it lasts, it counts in the hour in which it began, in every window.
  @Test func aLongBreachIsExact() throws {
    let (rejection, line) = translate(Events.tagBreach(["occurredTo": #""2027-12-01T00:00:00Z""#]))
    #expect(rejection == nil)
    #expect(try scan(line).precision == .exact)
  }

  @Test func everyKindAndStateIsTaken() throws {
    for kind in TagBreachKind.allCases {
      for state in TagBreachState.allCases {
        let (rejection, line) = translate(
          Events.tagBreach(["kind": "\"\(kind.name)\"", "state": "\"\(state.name)\""]))
        #expect(rejection == nil && line.contains(#""kind":"\#(kind.name)","state":"\#(state.name)""#))
        let measures = TagBreachRules.measures(kind: kind, state: state, knifeRelated: true)
        #expect(try scan(line).measures == measures)
      }
    }
  }

  @Test func deviceAndWearerAreInNothing() throws {
    let other = Events.tagBreach(["device": #""D-other""#, "wearer": nil])
    #expect(translate(Events.tagBreach()).line == translate(other).line)
    for changes in [[:], ["state": #""P-secret""#], ["revision": "0"], ["device": #"["D-secret"]"#]]
      as [[String: String?]]
    {
      let (rejection, line) = translate(Events.tagBreach(changes))
      #expect(!line.contains("secret"))
      guard let rejection else { continue }
      #expect(!"\(rejection)".contains("secret"))
    }
  }

  @Test func contentIsWhatWasSaid() throws {
    let expected = try content(Events.tagBreach())
    let same: [[String: String?]] = [
      ["device": nil, "wearer": #""P-2""#], ["revision": "8"], ["knifeRelated": "true"], ["reference": #""V-2""#],
      ["occurredTo": #""2026-03-01T20:55:00Z""#], ["occurredFrom": #""2026-03-01T21:55:00+01:00""#], ["weapon": "5"],
      ["speed": "5"],
    ]
    for changes in same { #expect(try content(Events.tagBreach(changes)) == expected, "\(changes)") }
    let others: [[String: String?]] = [
      [:], ["kind": #""strapTamper""#], ["state": #""confirmed""#], ["knifeRelated": "false"],
      ["occurredTo": #""2026-03-01T20:56:00Z""#], ["occurredFrom": #""2026-03-01T20:54:00Z""#],
      ["detectedAt": #""2026-03-01T20:56:00Z""#], ["uploadedAt": #""2026-03-01T20:56:00Z""#],
      ["responsibleArea": #""E09000022""#], ["location": #"{"unknown":true}"#],
      ["location": #"{"area":"E09000022","method":"rf"}"#], ["location": #"{"area":"E09000022","method":"gps"}"#],
    ]
    #expect(try Set(others.map { try content(Events.tagBreach($0)) }).count == others.count)
  }

  @Test(
    arguments: [
      (["kind": nil, "state": nil], RejectionCode.missingMember, "/data/kind"),
      (["device": #""""#, "wearer": "5"], .wrongType, "/data/device"),
      (["wearer": "null"], .wrongType, "/data/wearer"), (["knifeRelated": #""no""#], .wrongType, "/data/knifeRelated"),
      (["kind": #""escape""#, "state": #""new""#], .badEnumeration, "/data/kind"),
      (["state": #""Alerted""#], .badEnumeration, "/data/state"),
      (["occurredTo": #""2026-03-01T20:54:00Z""#], .timeReversed, "/data/occurredTo"),
      (["occurredFrom": #""2026-03-02T00:10:01Z""#], .inFuture, "/data/occurredFrom"),
      (["detectedAt": #""2026-03-01T20:55:00""#], .timeWithoutZone, "/data/detectedAt"),
      (["uploadedAt": #""soon""#, "detectedAt": #""2026-03-01T20:55:00""#], .badTime, "/data/uploadedAt"),
      (["location": nil], .locationMissing, "/data/location"),
      (["location": #"{"latitude":51.4,"longitude":-0.1,"method":"gps"}"#], .placesNotLoaded, "/data/location"),
      (["location": #"{"area":"E09000022","method":"5G"}"#], .badEnumeration, "/data/location/method"),
      (["location": #"{"area":"E09000022","method":1}"#], .wrongType, "/data/location/method"),
      (["revision": "0", "state": #""new""#], .badEnumeration, "/data/state"),
    ] as [([String: String?], RejectionCode, String)])
  func faultsAreAnsweredByPrecedence(changes: [String: String?], code: RejectionCode, member: String) {
    let (rejection, line) = translate(Events.tagBreach(changes))
    #expect(rejection?.code == code && rejection?.member == member && line.isEmpty, "\(changes)")
  }

  @Test func otherTopicsTypesAreUnknown() {
    for type in ["incident.recorded", "hospital.return", "tag.breach "] {
      let (rejection, _) = translate(Events.tagBreach(event: ["type": "\"\(type)\""]))
      #expect(rejection?.code == .unknownType && rejection?.action == "Send tag.breach.")
    }
    #expect(
      translate(Events.tagBreach(event: ["dataschema": #""urn:bellwether:incidents:1""#])).rejection?.code
        == .unknownVersion)
    #expect(translate(Events.tagBreach(event: ["dataschema": #""urn:bellwether:tag-breaches:1""#])).rejection == nil)
  }
}
