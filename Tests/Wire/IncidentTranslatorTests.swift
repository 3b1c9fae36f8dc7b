import Hotspots
import Incidents
import Testing

@testable import Wire

@Suite struct IncidentTranslatorTests {
  @Test func theContractsExampleGivesThisLine() {
    let (rejection, line) = translate(Events.example)
    #expect(rejection == nil)
    #expect(
      line == """
        {"identity":"c58c2f5d82e34c8dd622b9bd5e67a9f2","content":"492339a4b06d6a8e","revision":1,\
        "type":"incident.recorded","source":"/police/metropolitan","area":"E09000022","responsibleArea":"E09000022",\
        "occurredFrom":1772398500000,"occurredTo":1772399100000,"offenceCode":"34B","weapon":"knife",\
        "weaponUse":"threatened","injury":"none","victimAgeBand":"18-24","recordedAt":1772399645000,\
        "reference":"MPS-0012345-26","sent":{"area":"E09000022","responsibleArea":"E09000022"},\
        "from":["incidents",0,0]}

        """)
  }

  @Test func cancelledAndTransferredKeepTheirReason() {
    let cancelled = translate(
      #"{"specversion":"1.0","id":"1","source":"/s","type":"incident.cancelled","data":{"reference":"R","revision":2,"reason":"C3","weapon":7,"location":5}}"#
    )
    #expect(cancelled.rejection == nil)
    #expect(
      cancelled.line.contains(
        #""content":"c0ce141972e5ca18","revision":2,"type":"incident.cancelled","source":"/s","reason":"C3","reference":"R","from":["#
      ))
    let transferred = translate(
      #"{"specversion":"1.0","id":"1","source":"/s","type":"incident.transferred","data":{"reference":"R","revision":3.0,"toForce":"Essex"}}"#
    )
    #expect(transferred.rejection == nil)
    #expect(
      transferred.line.contains(
        #""content":"89e1be8c01b1bc31","revision":3,"type":"incident.transferred","source":"/s","toForce":"Essex","reference":"R","from":["#
      ))
  }

  @Test func binaryModeSaysTheSame() {
    let data = Events.object(Events.data, [:])
    let headers: [(String, [UInt8]?)] = [
      ("ce_specversion", Array("1.0".utf8)), ("other", nil), ("ce_id", Array("1".utf8)),
      ("ce_source", Array("/police/test".utf8)), ("ce_type", Array("incident.recorded".utf8)),
      ("content-type", Array("application/json; charset=utf-8".utf8)),
    ]
    let binary = translate(data, headers: headers)
    #expect(binary.rejection == nil)
    #expect(binary.line == translate(Events.event()).line)
    let structured = translate(
      Events.event(), headers: headers + [("content-type", Array("application/cloudevents+json".utf8))])
    #expect(structured.line == binary.line)
    let mixedCase = translate(
      Events.event(), headers: [("content-type", Array("Application/CloudEvents+JSON; charset=UTF-8".utf8))])
    #expect(mixedCase.line == binary.line)
  }

  @Test func placesFollowTheContract() {
    let placed: [(String, String?, String)] = [
      (#"{"area":"E07000004"}"#, nil, #""area":"E06000060","occurredFrom""#),
      (
        #"{"area":"E06000001"}"#, #""E09000022""#,
        #""unplaced":"outOfScope","responsibleArea":"E09000022","occurredFrom""#
      ),
      (#"{"lsoa":"E01000006"}"#, nil, #""area":"E09000002","occurredFrom""#),
      (#"{"lsoa":"E01011229"}"#, nil, #""unplaced":"lsoaNotPlaced","occurredFrom""#),
      (#"{"unknown":true}"#, #""E07000187""#, #""unplaced":"unknown","responsibleArea":"E06000066","occurredFrom""#),
      (
        #"{"area":"W06000015","precisionMetres":2e3}"#, #""S12000036""#,
        #""area":"W06000015","responsibleArea":"outOfScope""#
      ),
    ]
    for (location, responsible, expected) in placed {
      let (rejection, line) = translate(Events.event(data: ["location": location, "responsibleArea": responsible]))
      #expect(rejection == nil && line.contains(expected), "\(location) \(line)")
    }
    let (rejection, line) = translate(Events.event(data: ["location": nil, "responsibleArea": #""E08000016""#]))
    #expect(rejection == nil)
    #expect(line.contains(#""unplaced":"notGiven","responsibleArea":"E08000038""#))
    #expect(line.contains(#""sent":{"responsibleArea":"E08000016"}"#))
  }

  @Test func whatWasSentIsKept() {
    let (_, line) = translate(
      Events.event(data: [
        "location": #"{"precisionMetres":35.5,"area":"E07000004"}"#, "reference": #""a\"\\\n\u0001é😀""#,
      ]))
    #expect(line.contains(#""sent":{"area":"E07000004","precisionMetres":35.5}"#))
    #expect(line.contains(#""reference":"a\"\\\n\u0001é😀","#))
  }

  @Test func listedSourcesAreAccepted() {
    #expect(translate(Events.event(), sources: ["/police/test", "/other"]).rejection == nil)
    #expect(translate(Events.event(), sources: ["/other"]).rejection?.code == .unknownSource)
    #expect(translate(Events.event(), sources: []).rejection?.code == .unknownSource)
  }

  @Test func boundsAreIncluded() {
    let good: [[String: String?]] = [
      ["revision": "9007199254740992"], ["revision": "1.0"], ["revision": "1e3"],
      ["occurredFrom": #""1970-01-01T00:00:00Z""#], ["occurredFrom": #""2026-03-02T00:10:00Z""#],
      ["occurredTo": #""2026-03-02T08:55:00Z""#], ["occurredTo": #""2026-03-01T20:55:00Z""#],
      ["occurredTo": #""2026-03-02T08:55:00.001Z""#, "imprecise": "true"],
      ["occurredFrom": #""2025-01-01T00:00:00Z""#, "occurredTo": #""2026-01-02T00:00:00Z""#, "imprecise": "true"],
      ["recordedAt": #""2031-01-01T00:00:00Z""#], ["recordedAt": #""1950-01-01T00:00:00Z""#],
      ["offenceCode": nil, "offenceClass": #""police-uk:robbery""#], ["offenceClass": #""mps:knifeCrime""#],
      ["reason": "5", "toForce": "null", "whatever": "[null]"],
    ]
    for changes in good { #expect(translate(Events.event(data: changes)).rejection == nil, "\(changes)") }
    let good2: [[String: String?]] = [
      ["time": #""2026-03-01T21:14:05+01:00""#], ["datacontenttype": #""application/vnd.bellwether+json""#],
      ["dataschema": #""urn:bellwether:incidents:1""#], ["datacontenttype": #""text/JSON""#], ["extension": "null"],
    ]
    for changes in good2 { #expect(translate(Events.event(changes)).rejection == nil, "\(changes)") }
  }

  /// The largest value is taken, one byte more is not; what stands before a rejected record is not touched.
  @Test func sizeIsBounded() {
    let shell = Events.event(["padding": #""""#]).utf8.count
    for (size, code) in [(262_144, nil), (262_145, RejectionCode.tooLarge)] {
      let padding = String(repeating: "x", count: size - shell)
      let event = Events.event(["padding": "\"\(padding)\""])
      #expect(event.utf8.count == size)
      #expect(translate(event).rejection?.code == code)
    }
    let headers: [(String, [UInt8]?)] = [
      ("ce_specversion", Array("1.0".utf8)), ("ce_source", [UInt8](repeating: 0x22, count: 262_100)),
    ]
    #expect(translate(Events.object(Events.data, [:]), headers: headers).rejection?.code == .tooLarge)
  }

  @Test func aRejectionLeavesTheLinesAsTheyWere() {
    var batch = RecordBatch()
    for event in [Events.event(), Events.event(data: ["revision": "0"]), "nonsense", Events.event(["id": #""2""#])] {
      batch.add(Array(event.utf8))
    }
    batch.add(nil)
    var translator = EventTranslator(topic: .incidents, sources: nil)
    var lines: [UInt8] = []
    var sizes: [Int] = []
    for record in batch.records {
      _ = translator.translate(record, of: batch, at: Events.arrival, into: &lines)
      sizes.append(lines.count)
    }
    #expect(sizes[0] > 0 && sizes[1] == sizes[0] && sizes[2] == sizes[0] && sizes[4] == sizes[3])
    #expect(sizes[3] == 2 * sizes[0])
  }
}

@Suite struct IncidentContentTests {
  private func content(_ event: String) throws -> String {
    let (rejection, line) = translate(event)
    try #require(rejection == nil, "\(event)")
    return try #require(JSONValue(parsing: Array(line.utf8))["content"]?.string)
  }

  private func identity(_ event: String) throws -> String {
    let (rejection, line) = translate(event)
    try #require(rejection == nil, "\(event)")
    return try #require(JSONValue(parsing: Array(line.utf8))["identity"]?.string)
  }

  private let base: [String: String?] = ["responsibleArea": #""E09000022""#, "recordedAt": #""2026-03-01T21:14:05Z""#]

  private func event(_ changes: [String: String?]) -> String {
    Events.event(data: base.merging(changes) { _, change in change })
  }

  @Test func theSameSaidOtherwiseIsTheSameContent() throws {
    let expected = try content(event([:]))
    let same: [[String: String?]] = [
      ["reference": #""R-2""#], ["revision": "7"], ["occurredFrom": #""2026-03-01T21:55:00.000+01:00""#],
      ["occurredTo": #""2026-03-01T20:55:00Z""#], ["weapon": #""unknown""#], ["weaponUse": #""unknown""#],
      ["injury": #""unknown""#], ["victimAgeBand": #""unknown""#], ["imprecise": "false"], ["more": "1"],
      ["location": #"{"more":2,"area":"E09000022"}"#], ["offenceCode": #""\u00334B""#], ["reason": #""C1""#],
    ]
    for changes in same { #expect(try content(event(changes)) == expected, "\(changes)") }
    for changes in [["id": #""9""#], ["type": #""incident.amended""#], ["time": #""2026-01-01T00:00:00Z""#]] {
      let event = Events.event(changes, data: base)
      #expect(try content(event) == expected, "\(changes)")
    }
    let metres = ["35", "35.0", "3.5e1"].map { #"{"area":"E09000022","precisionMetres":\#($0)}"# }
    #expect(try Set(metres.map { try content(event(["location": $0])) }).count == 1)
    let nothing = ["0", "-0", "0.0", "-0.0", "-0e9"].map { #"{"area":"E09000022","precisionMetres":\#($0)}"# }
    #expect(try Set(nothing.map { try content(event(["location": $0])) }).count == 1)
  }

  @Test func anythingElseIsOtherContent() throws {
    let others: [[String: String?]] = [
      [:], ["occurredFrom": #""2026-03-01T20:55:00.001Z""#], ["occurredTo": #""2026-03-01T20:55:01Z""#],
      ["recordedAt": nil], ["recordedAt": #""2026-03-01T21:14:06Z""#], ["offenceCode": #""34A""#],
      ["offenceClass": #""mps:knifeCrime""#], ["weapon": #""none""#], ["weaponUse": #""none""#],
      ["injury": #""none""#], ["victimAgeBand": #""under18""#], ["imprecise": "true"], ["location": nil],
      ["location": #"{"area":"E09000023"}"#], ["location": #"{"unknown":true}"#],
      ["location": #"{"lsoa":"E01000001"}"#],
      ["location": #"{"area":"E09000022","precisionMetres":0}"#],
      ["location": #"{"area":"E09000022","precisionMetres":1}"#], ["responsibleArea": nil],
      ["responsibleArea": #""E09000023""#],
      // The same area under a former code is another thing to say.
      ["location": #"{"area":"E08000016"}"#], ["location": #"{"area":"E08000038"}"#],
    ]
    let contents = try others.map { try content(event($0)) }
    #expect(Set(contents).count == others.count)
  }

  @Test func identitiesAreOfTopicSourceAndReference() throws {
    let expected = try identity(Events.event())
    #expect(try identity(Events.event(["id": #""2""#], data: ["revision": "2", "injury": #""fatal""#])) == expected)
    let others = [
      Events.event(data: ["reference": #""R-2""#]), Events.event(["source": #""/police/tesu""#]),
      Events.event(["source": #""/police/testR""#], data: ["reference": #""-1""#]),
      Events.event(data: ["reference": #""R-1\u0000""#]), Events.event(data: ["reference": #""\u0000R-1""#]),
    ]
    #expect(Set(try others.map(identity) + [expected]).count == others.count + 1)
  }
}
