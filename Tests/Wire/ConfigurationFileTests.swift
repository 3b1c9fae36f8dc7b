import Foundation
import Hotspots
import Incidents
import Testing
import Wire

@Suite struct ConfigurationFileTests {
  private static func read(_ text: String) throws(ConfigurationError) -> Configuration {
    try Configuration(file: Array(text.utf8))
  }

  @Test func theExampleIsReadAndNamesEveryKey() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "ops/config.example.json"), encoding: .utf8)
    let configuration = try Self.read(text)
    #expect(configuration.observedFrom.count == 3)
    #expect(configuration.sources?.count == 2)
    #expect(configuration.detectors == Configuration().detectors)
    #expect(configuration.sources?.first?.cadenceMinutes == 15)
    #expect(configuration.sources?.last?.sites["XXX01"].map(AreaTable.code) == "E09000022")
    for key in [
      "observedFrom", "sources", "source", "force", "topics", "cadenceMinutes", "sites", "zoneAdvice", "principal",
      "detectors", "earsC1", "earsC2", "earsC3", "earsC3R", "measures", "threshold", "minSigma",
    ] { #expect(text.contains("\"\(key)\":"), "\(key)") }
  }

  @Test func whatIsWrittenIsReadBack() throws {
    let source = RegisteredSource(
      name: "/police/kent", force: Force(named: "Kent"), topics: [.incidents, .hospital], cadenceMinutes: 5,
      sites: ["A": AreaIndex(3)], zoneAdvice: "\"UTC\"", principal: nil)
    let configuration = Configuration(observedFrom: [.hospital: LocalDay(index: 20_000)], sources: [source])
    #expect(try Configuration(json: JSONValue(parsing: configuration.json)) == configuration)
    #expect(try Self.read("{}") == Configuration())
  }

  @Test(arguments: [
    (#"{"observedFrom":{"incidents":"2026-02-30"}}"#, "/observedFrom/incidents"),
    (#"{"observedFrom":{"trains":"2026-02-03"}}"#, "/observedFrom/trains"),
    (#"{"observedFrom":[]}"#, "/observedFrom"),
    (#"{"source":[]}"#, "/source"),
    (#"{"sources":{}}"#, "/sources"),
    (#"{"sources":[],"sources":[]}"#, "/sources"),
    (#"{"sources":[{"source":"","topics":[]}]}"#, "/sources/0/source"),
    (#"{"sources":[{"source":"/a","topics":["incident"]}]}"#, "/sources/0/topics/0"),
    (#"{"sources":[{"source":"/a"}]}"#, "/sources/0/topics"),
    (#"{"sources":[{"source":"/a","topics":[],"force":"Kents"}]}"#, "/sources/0/force"),
    (#"{"sources":[{"source":"/a","topics":[],"cadenceMinutes":0}]}"#, "/sources/0/cadenceMinutes"),
    (#"{"sources":[{"source":"/a","topics":[],"sites":{"X":"E99999999"}}]}"#, "/sources/0/sites/X"),
    (#"{"sources":[{"source":"/a","topics":[],"sites":{"A/B~":"E99999999"}}]}"#, "/sources/0/sites/A~1B~0"),
    (#"{"a/b":1}"#, "/a~1b"),
    (#"{"sources":[{"source":"/a","topics":[],"sites":{"X":"E09000022","X":"E09000022"}}]}"#, "/sources/0/sites/X"),
    (#"{"sources":"sources.json"}"#, "/sources"),
    (#"{"sources":[{"source":"/a","topics":[]},{"source":"/a","topics":[]}]}"#, "/sources/1/source"),
    (#"{"sources":[{"source":"/a","topics":[],"cadence":5}]}"#, "/sources/0/cadence"),
    ("[]", ""), ("{", ""), ("", ""), ("// nothing", ""), ("{} /* open", nil),
  ])
  func eachMistakeIsNamed(text: String, member: String?) {
    do {
      _ = try Self.read(text)
      #expect(member == nil)
    } catch {
      #expect(error.member == member)
    }
  }

  /// Whatever key of the example is given twice, misspelt, or given a value of another kind is named.
  @Test func everyKeyOfTheExampleIsGuarded() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let lines = try String(contentsOf: root.appending(path: "ops/config.example.json"), encoding: .utf8).split(
      separator: "\n")
    let text = lines.filter { !$0.trimmingCharacters(in: .whitespaces).hasPrefix("//") }.joined()
    let example = try JSONValue(parsing: Array(text.utf8))
    var keys = 0
    func refuse(_ mutant: JSONValue, _ path: String) {
      do {
        _ = try Configuration(file: Self.text(mutant))
        Issue.record("\(path) was taken: \(String(decoding: Self.text(mutant), as: UTF8.self))")
      } catch {
        #expect(error.member.hasPrefix(path), "\(error)")
      }
    }
    func walk(_ value: JSONValue, _ path: String, _ rebuilt: (JSONValue) -> JSONValue) {
      if let elements = value.elements {
        for (index, element) in elements.enumerated() {
          walk(element, "\(path)/\(index)") { changed in
            var elements = elements
            elements[index] = changed
            return rebuilt(.array(elements))
          }
        }
      }
      guard let members = value.members else { return }
      for (index, member) in members.enumerated() {
        keys += 1
        let place = "\(path)/\(member.name)"
        func replaced(_ changed: [JSONValue.Member]) -> JSONValue {
          rebuilt(.object(Array(members[..<index]) + changed + Array(members[(index + 1)...])))
        }
        refuse(replaced([member, member]), place)
        // The codes of sites are whatever a registry says.
        if !path.hasSuffix("/sites") { refuse(replaced([.init(member.name + "x", member.value)]), place + "x") }
        let other: JSONValue = member.value.members == nil ? .object([.init("x", .integer(7))]) : .integer(7)
        refuse(replaced([.init(member.name, other)]), place)
        walk(member.value, place) { replaced([.init(member.name, $0)]) }
      }
    }
    walk(example, "") { $0 }
    #expect(keys > 20)
  }

  private static func text(_ value: JSONValue) -> [UInt8] {
    switch value {
    case .null: return Array("null".utf8)
    case .bool(let value): return Array("\(value)".utf8)
    case .integer(let value): return Array("\(value)".utf8)
    case .number(let value): return Array("\(value)".utf8)
    case .string(let text):
      var writer = JSONWriter()
      writer.string(text)
      return writer.bytes
    case .array(let elements): return Array("[".utf8) + elements.map(text).joined(separator: [0x2C]) + Array("]".utf8)
    case .object(let members):
      return Array("{".utf8)
        + members.map { text(.string($0.name)) + [0x3A] + text($0.value) }.joined(separator: [0x2C])
        + Array("}".utf8)
    }
  }

  /// The registry may stand in a file of its own; what is wrong there is named with that file.
  @Test(arguments: [
    (#"[{"source":"/a","topics":["hospital"]}]"#, String?.none, ""),
    (#"{"sources":[{"source":"/a","topics":["hospital"]}]} // as an object"#, nil, ""),
    (#"[{"source":"/a","topics":["hospitals"]}]"#, "/sources/0/topics/0", "(in r.json)"),
    (#"{"source":[]}"#, "/sources/source", "not known"),
    ("{}", "/sources", "r.json has no sources"), ("[", "/sources", "r.json is not JSON"), ("3", "/sources", "array"),
  ])
  func theRegistryMayStandInAFileOfItsOwn(registry: String, member: String?, reason: String) throws {
    do {
      let configuration = try Configuration(file: Array(#"{"sources":"r.json","observedFrom":{}}"#.utf8)) { name in
        #expect(name == "r.json")
        return Array(registry.utf8)
      }
      #expect(member == nil)
      #expect(configuration.sources == [RegisteredSource(name: "/a", force: nil, topics: [.hospital])])
    } catch {
      #expect(error.member == member)
      #expect(error.reason.contains(reason))
    }
  }

  @Test func commentsAreNotLookedForInTexts() throws {
    let text = #"{"sources":[{"source":"http://a/*b*/", /* c " */ "topics":[] // d "e"# + "\n}]}"
    #expect(try Self.read(text).sources?.first?.name == "http://a/*b*/")
  }
}
