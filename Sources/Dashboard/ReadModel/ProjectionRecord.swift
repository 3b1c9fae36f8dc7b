import Hotspots
import Incidents
import Wire

/// A projection as it was published: its bytes, and what is asked of them.
struct ProjectionRecord: Hashable, Sendable {
  /// The counts of one measure, in the order of the contract: four windows, the four before, today, yesterday, total.
  typealias Counts = [Int64]

  static let countNames =
    Window.allCases.map(\.name) + Window.allCases.map { "previous" + $0.name } + ["today", "yesterday", "total"]

  let area: String
  let name: String
  /// Nil of what cannot be placed and has no known force.
  let force: String?
  let now: String
  let position: Place
  /// By `Measure.allCases`.
  let measures: [Counts]
  let signals: JSONValue
  let hiddenHarm: JSONValue
  let sources: JSONValue
  let bytes: [UInt8]
  let tag: EntityTag

  /// A place in the journal, to tell the newer of two.
  struct Place: Hashable, Sendable {
    var partition: Int64
    var frame: Int64
    var index: Int64
  }

  /// Nil when the bytes are no projection of this contract.
  init?(_ bytes: [UInt8]) {
    guard let value = try? JSONValue(parsing: bytes), let area = value["area"]?.string,
      let name = value["name"]?.string, let now = value["now"]?.string, let place = value["position"],
      let partition = place["partition"]?.integer, let frame = place["frame"]?.integer,
      let index = place["index"]?.integer, let measures = value["measures"]
    else { return nil }
    self.area = area
    self.name = name
    force = value["force"]?.string
    self.now = now
    position = Place(partition: partition, frame: frame, index: index)
    self.measures = Measure.allCases.map { measure in
      let counts = measures[measure.name]
      return Self.countNames.map { counts?[$0]?.integer ?? 0 }
    }
    signals = value["signals"] ?? .array([])
    hiddenHarm = value["hiddenHarm"] ?? .null
    sources = value["sources"] ?? .object([])
    self.bytes = bytes
    tag = EntityTag(of: bytes)
  }

  func count(_ measure: Measure, _ window: Window) -> Int64 {
    measures[Int(measure.rawValue)][Int(window.rawValue)]
  }

  func previous(_ measure: Measure, _ window: Window) -> Int64 {
    measures[Int(measure.rawValue)][Window.allCases.count + Int(window.rawValue)]
  }

  /// The measures whose counts differ from an earlier record's; all that are not zero where there is none.
  func changedMeasures(since earlier: ProjectionRecord?) -> MeasureSet {
    var changed: MeasureSet = []
    for measure in Measure.allCases {
      let place = Int(measure.rawValue)
      let before = earlier?.measures[place]
      if before.map({ $0 != measures[place] }) ?? measures[place].contains(where: { $0 != 0 }) {
        changed.insert(MeasureSet(measure))
      }
    }
    return changed
  }

  /// What changed since an earlier record, as the live stream tells it: members that are there replace those known.
  func change(since earlier: ProjectionRecord?, _ changed: MeasureSet) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("area", area)
      writer.member("now", now)
      writer.object("position") { writer in
        writer.member("partition", position.partition)
        writer.member("frame", position.frame)
        writer.member("index", position.index)
      }
      writer.object("measures") { writer in
        for measure in Measure.allCases where changed.contains(measure) {
          writer.object(measure.name) { writer in
            for (name, count) in zip(Self.countNames, measures[Int(measure.rawValue)]) { writer.member(name, count) }
          }
        }
      }
      if earlier?.signals != signals { writer.member("signals", signals) }
      if earlier?.sources != sources { writer.member("sources", sources) }
      if earlier?.hiddenHarm != hiddenHarm { writer.member("hiddenHarm", hiddenHarm) }
    }
    return writer.bytes
  }
}

extension JSONWriter {
  mutating func member(_ name: String, _ value: JSONValue) {
    key(name)
    write(value)
  }

  /// Any value, as it was read.
  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .bool(let value): bool(value)
    case .integer(let value): integer(value)
    case .number(let value): exact(value)
    case .string(let text): string(text)
    case .array(let elements):
      array { writer in
        for element in elements { writer.write(element) }
      }
    case .object(let members):
      object { writer in
        for member in members { writer.member(member.name, member.value) }
      }
    }
  }
}
