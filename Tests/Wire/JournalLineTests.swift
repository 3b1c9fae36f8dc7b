import Hotspots
import Incidents
import Testing

@testable import Wire

@Suite struct JournalLineTests {
  static let line = """
    {"identity":"c58c2f5d82e34c8dd622b9bd5e67a9f2","content":"492339a4b06d6a8e","revision":1,\
    "type":"incident.recorded","source":"/police/metropolitan","area":"E09000022","responsibleArea":"outOfScope",\
    "occurredFrom":1772398500000,"occurredTo":1772399100000,"imprecise":true,"offenceCode":"34B",\
    "offenceClass":"mps:knifeCrime","weapon":"knife","weaponUse":"threatened","injury":"minor",\
    "victimAgeBand":"18-24","recordedAt":1772399645000,"reference":"R","sent":{"area":"E09000022"},\
    "from":["incidents",0,123]}

    """

  private func scan(_ text: String, _ sources: inout SourceTable) throws(JournalLineError) -> [JournalEvent] {
    try Self.scan(Array(text.utf8), &sources)
  }

  static func scan(_ bytes: [UInt8], _ sources: inout SourceTable) throws(JournalLineError) -> [JournalEvent] {
    var sites = SiteTable()
    return try scan(bytes, &sources, &sites)
  }

  static func scan(
    _ bytes: [UInt8], _ sources: inout SourceTable, _ sites: inout SiteTable
  ) throws(JournalLineError) -> [JournalEvent] {
    var scanner = JournalLineScanner()
    var events: [JournalEvent] = []
    while let event = try scanner.next(in: bytes.span, sources: &sources, sites: &sites) { events.append(event) }
    return events
  }

  private func event(_ text: String) throws -> JournalEvent {
    var sources = SourceTable()
    let events = try scan(text, &sources)
    try #require(events.count == 1)
    return events[0]
  }

  @Test func everyMemberIsRead() throws {
    var sources = SourceTable()
    let event = try #require(try scan(Self.line, &sources).first)
    #expect(event.topic == .incidents && event.kind == .fact && event.revision == 1)
    #expect(event.identity == Identity(high: 0xc58c_2f5d_82e3_4c8d, low: 0xd622_b9bd_5e67_a9f2))
    #expect(event.content == 0x4923_39a4_b06d_6a8e)
    #expect(sources.name(of: event.source) == "/police/metropolitan" && event.source.value == 0)
    guard case .area(let area) = event.place else {
      Issue.record("no area")
      return
    }
    #expect(AreaTable.code(area) == "E09000022" && event.responsible == .unplaced(.outOfScope))
    #expect(event.occurredFrom.milliseconds == 1_772_398_500_000 && event.precision == .exact)
    let expected: Set<Measure> = [.knifeCrime, .knifeRobbery, .robbery, .knifeInjury, .knifeInjuryUnder25]
    #expect(Set(Measure.allCases.filter(event.measures.contains)) == expected && !event.isUnmapped)
  }

  @Test func retractionsAreRead() throws {
    let head =
      #"{"identity":"00000000000000000000000000000001","content":"00000000000000ff","revision":9007199254740992,"type":"incident."#
    for tail in [
      #"cancelled","source":"/s","reason":"C1","reference":"R","from":["incidents",0,1]}"#,
      #"transferred","source":"/s","toForce":"Essex","reference":"R","from":["incidents",0,1]}"#,
    ] {
      let event = try event(head + tail + "\n")
      #expect(event.kind == .retraction && event.measures == [] && event.revision == 1 << 53 && !event.isUnmapped)
      #expect(event.identity == Identity(high: 0, low: 1) && event.content == 255)
    }
  }

  @Test(
    arguments: [
      (#""occurredTo":1772398500000"#, Precision.exact), (#""occurredTo":1772441700000"#, .exact),
      (#""occurredTo":1772441700001"#, .day), (#""occurredTo":1772488500000"#, .day),
      (#""occurredTo":1772488500001"#, .longer),
    ])
  func precisionFollowsTheLength(member: String, precision: Precision) throws {
    let line = Self.line.replacing(#""occurredTo":1772399100000"#, with: member)
    #expect(try event(line).precision == precision)
    #expect(try event(Self.line.replacing(#","occurredTo":1772399100000"#, with: "")).precision == .exact)
  }

  @Test func optionalMembersMayBeMissing() throws {
    var line = Self.line
    for member in [
      #","responsibleArea":"outOfScope""#, #","imprecise":true"#, #","weapon":"knife""#, #","weaponUse":"threatened""#,
      #","injury":"minor""#, #","victimAgeBand":"18-24""#, #","recordedAt":1772399645000"#, #","offenceCode":"34B""#,
    ] {
      line.replace(member, with: "")
      _ = try event(line)
    }
    let last = try event(line)
    #expect(last.measures == MeasureSet(.knifeCrime) && last.responsible == nil)
    #expect(try event(line.replacing("mps:knifeCrime", with: "mps:other")).isUnmapped)
    #expect(
      try event(line.replacing(#""area":"E09000022","occ"#, with: #""unplaced":"lsoaNotPlaced","occ"#)).place
        == .unplaced(.lsoaNotPlaced))
  }

  @Test(
    arguments: [
      ("c58c2f5d", "C58C2F5D", JournalLineError.Part.identity), ("c58c2f5d", "g58c2f5d", .identity),
      ("c58c2f5d", "o58c2f5d", .identity), ("c58c2f5d", "/58c2f5d", .identity), (#"9f2",""#, #"9f",""#, .identity),
      (#"9f2",""#, #"9f20",""#, .content), ("492339a4", "49233 a4", .content),
      (#""revision":1,"#, #""revision":0,"#, .revision),
      (#""revision":1,"#, #""revision":01,"#, .revision), (#""revision":1,"#, #""revision":-1,"#, .revision),
      (#""revision":1,"#, #""revision":9007199254740993,"#, .revision),
      (#""revision":1,"#, #""revision":99999999999999999999,"#, .revision),
      (#""revision":1,"#, #""revision":1.0,"#, .type),
      ("incident.recorded", "incident.withdrawn", .type), ("incident.recorded", "tag.recorded", .type),
      (#""/police/metropolitan""#, "5", .source), ("/police", #"\x"#, .source), ("/police", #"\u0020"#, .source),
      (#""area":"E09000022","resp"#, #""area":"E07000004","resp"#, .place),
      (#""area":"E09000022","resp"#, #""resp"#, .place),
      (#""area":"E09000022","resp"#, #""unplaced":"lost","resp"#, .place),
      (#""area":"E09000022","resp"#, #""area":"E09000022","unplaced":"unknown","resp"#, .occurredFrom),
      (#""responsibleArea":"outOfScope""#, #""responsibleArea":"E07000004""#, .responsibleArea),
      (#""occurredFrom":1772398500000,"#, "", .occurredFrom), ("1772398500000", "-1772398500000", .occurredFrom),
      (#""occurredTo":1772399100000"#, #""occurredTo":1772398499999"#, .occurredTo),
      (#""offenceCode":"34B","offenceClass":"mps:knifeCrime","#, "", .offence), (#""knife""#, #""Knife""#, .weapon),
      (#""threatened""#, #""""#, .weaponUse), (#""minor""#, #""mi\u006eor""#, .injury),
      (#""18-24""#, "18", .rest), (#""18-24""#, #""18""#, .victimAgeBand),
      (#""weapon":"knife","weaponUse":"threatened","#, #""weaponUse":"threatened","weapon":"knife","#, .rest),
      (#""reference":"R","#, "", .endOfLine), ("]}\n", "]}", .endOfLine), ("]}\n", "]\n", .endOfLine),
      ("123]}\n", "123", .endOfLine), ("{", " {", .identity), ("}\n", "}\n\n", .identity), ("}\n", "} \n", .endOfLine),
    ])
  func whatDeviatesIsNamed(part: String, replacement: String, expected: JournalLineError.Part) {
    var line = Self.line.replacing(part, with: replacement, maxReplacements: 1)
    if part == #""reference":"R","# {
      line = line.replacing(#""recordedAt":1772399645000,"#, with: "").replacing("]}", with: "")
    }
    #expect(line != Self.line)
    var sources = SourceTable()
    let error = #expect(throws: JournalLineError.self) { _ = try scan(line, &sources) }
    #expect(error?.expected == (part == #""reference":"R","# ? .rest : expected))
    #expect((error?.position ?? -1) >= 0 && (error?.position ?? .max) <= line.utf8.count)
  }

  @Test func everyPrefixIsAnError() {
    let bytes = Array(Self.line.utf8)
    for end in 1..<bytes.count {
      var sources = SourceTable()
      #expect(throws: JournalLineError.self) { _ = try Self.scan(Array(bytes[..<end]), &sources) }
    }
  }

  @Test func theErrorNamesTheByte() {
    var sources = SourceTable()
    let error = #expect(throws: JournalLineError.self) {
      _ = try scan(Self.line + Self.line.replacing(#""knife""#, with: #""knive""#), &sources)
    }
    let first = Self.line.utf8.count
    #expect(error?.expected == .weapon && (error?.position ?? 0) > first + 200)
  }

  @Test func sourcesAreNumberedAsTheyAppear() throws {
    var sources = SourceTable()
    let names = ["/a", "/b", "/a", #"/c\"\\\n\u0001"#, "/é", "/b", #"/c\"\\\n\u0001"#]
    let lines = names.map { Self.line.replacing("/police/metropolitan", with: $0) }.joined()
    let events = try scan(lines, &sources)
    #expect(events.map(\.source.value) == [0, 1, 0, 2, 3, 1, 2])
    #expect((0..<4).map { sources.name(of: SourceIndex($0)) } == ["/a", "/b", "/c\"\\\n\u{1}", "/é"])
  }

  /// What the encoder writes, byte for byte whatever the text, a JSON parser and the scanner read alike.
  @Test func everyTextSurvives() throws {
    var generator = SplitMix64(seed: 42)
    let alphabet: [Character] = [
      "a", "\"", "\\", "\u{0}", "\u{8}", "\t", "\n", "\u{c}", "\r", "\u{1f}", "\u{7f}", "é", "😀", "/",
    ]
    for _ in 0..<500 {
      let text = String(
        (0..<Int.random(in: 0...12, using: &generator)).map { _ in
          alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
        })
      var lines: [UInt8] = []
      var encoder = JournalLineEncoder(
        identity: Identity(high: .random(in: 0 ... .max, using: &generator), low: 5),
        content: .random(in: 0 ... .max, using: &generator), revision: 7, type: .incidentTransferred,
        source: text.utf8.span, in: &lines)
      encoder.text(.toForce, text.utf8.span, in: &lines)
      encoder.text(.reference, text.utf8.span, in: &lines)
      encoder.end(topic: "incidents", partition: 3, offset: .max, in: &lines)
      let value = try JSONValue(parsing: lines)
      #expect(value["source"]?.string == text && value["toForce"]?.string == text && value["reference"]?.string == text)
      #expect(value["from"] == .array([.string("incidents"), .integer(3), .integer(.max)]))
      var sources = SourceTable()
      let event = try #require(try Self.scan(lines, &sources).first)
      #expect(sources.name(of: event.source) == text)
    }
  }
}
