import Hotspots
import Incidents
import Testing

@testable import Wire

/// Damaged input: nothing traps, what is accepted is a journal line, and no answer quotes what was sent.
@Suite struct TranslatorFuzzTests {
  private static let seeds = [
    Events.example, Events.event(), Events.event(data: ["location": #"{"unknown":true}"#, "imprecise": "true"]),
    Events.event(data: ["location": #"{"lsoa":"E01000006"}"#, "offenceClass": #""police-uk:robbery""#]),
    Events.event(["type": #""incident.cancelled""#], data: ["reason": #""C2""#]),
    Events.event(["type": #""incident.transferred""#], data: ["toForce": #""Essex""#]),
    Events.event(data: ["location": #"{"latitude":51.5,"longitude":-0.1,"precisionMetres":20}"#]),
  ].map { Array($0.utf8) }

  private static let pieces = [
    "null", "{}", "[]", "\"", "\\", "\\u0000", "\\ud800", ",", ":", "}", "]", "-1", "1e400", "9007199254740993", "é",
    "\n",
    "\"E07000004\"", "\"unknown\":true", "\"area\":", "\"2026-03-29T01:30:00\"", "\"revision\":2,", "true", "false",
    "0.5",
  ].map { Array($0.utf8) }

  static func mutate(_ bytes: inout [UInt8], _ generator: inout SplitMix64) {
    for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      let end = min(bytes.count, place + Int.random(in: 1...30, using: &generator))
      switch Int.random(in: 0..<20, using: &generator) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 2: bytes.removeSubrange(place..<end)
      case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 4: bytes.insert(contentsOf: pieces[Int.random(in: 0..<pieces.count, using: &generator)], at: place)
      default: change(&bytes, from: place, &generator)
      }
    }
  }

  /// Changes the next digit or letter into another, which leaves JSON what it is as a rule.
  private static func change(_ bytes: inout [UInt8], from start: Int, _ generator: inout SplitMix64) {
    guard let place = bytes[start...].firstIndex(where: { Character(UnicodeScalar($0)).isLetter || $0 &- 0x30 < 10 })
    else { return }
    bytes[place] =
      bytes[place] &- 0x30 < 10
      ? UInt8.random(in: 0x30...0x39, using: &generator) : UInt8.random(in: 0x61...0x7A, using: &generator)
  }

  @Test(arguments: [1, 2, 3, 4])
  func mutatedEventsAreAnsweredOrAreLines(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    var translator = EventTranslator(topic: .incidents, sources: nil)
    var lines: [UInt8] = []
    var accepted = 0
    var codes: Set<RejectionCode> = []
    for _ in 0..<5_000 {
      var bytes = Self.seeds[Int.random(in: 0..<Self.seeds.count, using: &generator)]
      Self.mutate(&bytes, &generator)
      var batch = RecordBatch()
      batch.add(bytes)
      lines.removeAll(keepingCapacity: true)
      if let rejection = translator.translate(batch.records[0], of: batch, at: Events.arrival, into: &lines) {
        #expect(lines.isEmpty)
        codes.insert(rejection.code)
      } else {
        accepted += 1
        try expectAgreement(lines, with: bytes)
      }
    }
    // A fuzzer that only ever breaks the syntax would prove little.
    #expect(accepted > 500 && codes.count > 10, "seed \(seed): \(accepted) accepted, \(codes)")
  }

  /// The line is JSON, and a JSON parser reads the same in it as the scanner does.
  private func expectAgreement(_ lines: [UInt8], with event: [UInt8]) throws {
    let value = try JSONValue(parsing: lines)
    let sent = try JSONValue(parsing: event)
    var sources = SourceTable()
    let events = try JournalLineTests.scan(lines, &sources)
    try #require(events.count == 1 && value.duplicateName == nil)
    let scanned = events[0]
    var hex: [UInt8] = []
    hex.appendHex(scanned.identity.high)
    hex.appendHex(scanned.identity.low)
    hex.appendHex(scanned.content)
    #expect(
      value["identity"]?.string.map { $0 + (value["content"]?.string ?? "") } == String(decoding: hex, as: UTF8.self))
    #expect(value["revision"]?.integer == Int64(scanned.revision))
    #expect(Double(scanned.revision) == sent["data"]?["revision"]?.number)
    #expect(value["source"]?.string == sources.name(of: scanned.source) && value["source"] == sent["source"])
    #expect(value["type"] == sent["type"] && value["reference"] == sent["data"]?["reference"])
    guard scanned.kind == .fact else {
      #expect(value["occurredFrom"] == nil && value["sent"] == nil && value["area"] == nil && value["unplaced"] == nil)
      return
    }
    let from = try #require(value["occurredFrom"]?.integer)
    #expect(scanned.occurredFrom.milliseconds == from)
    let length = (value["occurredTo"]?.integer ?? from) - from
    #expect(scanned.precision == (length <= 43_200_000 ? .exact : length <= 90_000_000 ? .day : .longer))
    switch scanned.place {
    case .area(let area): #expect(value["area"]?.string == AreaTable.code(area) && value["unplaced"] == nil)
    case .unplaced(let reason): #expect(value["unplaced"]?.string == reason.name && value["area"] == nil)
    }
    #expect(value["sent"]?["area"] == sent["data"]?["location"]?["area"])
    #expect(value["sent"]?["responsibleArea"] == sent["data"]?["responsibleArea"])
    for name in ["offenceCode", "offenceClass", "weapon", "weaponUse", "injury", "victimAgeBand"] {
      #expect(value[name] == sent["data"]?[name])
    }
  }

  @Test func mutatedHeadersNeverTrap() {
    var generator = SplitMix64(seed: 9)
    var translator = EventTranslator(topic: .incidents, sources: ["/police/test", "/é"])
    var lines: [UInt8] = []
    let names = [
      "ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_dataschema", "content-type", "ce_", "", "é",
    ]
    let values = [
      "1.0", "1", "/police/test", "/é", "incident.recorded", "2026-03-01T21:14:05Z", "application/json", "",
    ]
    var accepted = 0
    for _ in 0..<20_000 {
      var headers: [(String, [UInt8]?)] = [
        ("ce_specversion", Array("1.0".utf8)), ("ce_id", [0x31]), ("ce_source", Array("/é".utf8)),
        ("ce_type", Array("incident.recorded".utf8)),
      ]
      for _ in 0..<Int.random(in: 0...2, using: &generator) {
        let name = names[Int.random(in: 0..<names.count, using: &generator)]
        var value: [UInt8]? = Array(values[Int.random(in: 0..<values.count, using: &generator)].utf8)
        if Int.random(in: 0..<4, using: &generator) == 0 {
          value = value.map { $0.map { byte in byte ^ UInt8.random(in: 0...255, using: &generator) } }
        } else if Int.random(in: 0..<8, using: &generator) == 0 {
          value = nil
        }
        if Bool.random(using: &generator), let place = headers.firstIndex(where: { $0.0 == name }) {
          headers[place].1 = value
        } else {
          headers.append((name, value))
        }
      }
      var batch = RecordBatch()
      batch.add(Array(Events.object(Events.data, [:]).utf8), headers: headers)
      lines.removeAll(keepingCapacity: true)
      let rejection = translator.translate(batch.records[0], of: batch, at: Events.arrival, into: &lines)
      #expect(lines.isEmpty == (rejection != nil))
      if rejection == nil { accepted += 1 }
    }
    #expect(accepted > 1_000 && accepted < 19_000)
  }

  /// Marked values in every member, broken in every way of the list: the mark is in no answer.
  @Test func noAnswerQuotesTheInput() throws {
    let mark = "Xq7"
    let members =
      (Events.attributes + Events.data).map(\.0) + [
        "time", "datacontenttype", "dataschema", "occurredTo", "recordedAt", "offenceClass", "weapon", "weaponUse",
        "injury",
        "victimAgeBand", "imprecise", "responsibleArea",
      ]
    for name in members {
      for value in [#""\#(mark)""#, #"["\#(mark)"]"#, #"{"\#(mark)":1}"#] {
        for event in [Events.event([name: value]), Events.event(data: [name: value])] {
          guard let rejection = translate(event).rejection else { continue }
          for text in [rejection.reason, rejection.action, rejection.member] { #expect(!text.contains(mark)) }
        }
      }
    }
  }

  @Test(arguments: [5, 6])
  func mutatedLinesAreErrorsOrEvents(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    let good = Array((JournalLineTests.line + JournalLineTests.line).utf8)
    var errors = 0
    for _ in 0..<20_000 {
      var bytes = good
      Self.mutate(&bytes, &generator)
      var sources = SourceTable()
      do {
        let events = try JournalLineTests.scan(bytes, &sources)
        for event in events { #expect(Int(event.source.value) < sources.count && event.occurredFrom.milliseconds >= 0) }
      } catch {
        errors += 1
        #expect(error.position >= 0 && error.position <= bytes.count)
      }
    }
    #expect(errors > 5_000 && errors < 20_000, "seed \(seed): \(errors) errors")
  }
}
