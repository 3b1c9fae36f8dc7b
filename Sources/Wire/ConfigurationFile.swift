import Hotspots
import Incidents

/// A fault in a configuration: which member, and what it should be.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A JSON pointer (RFC 6901); empty for the whole document.
  public var member: String
  public var reason: String

  public init(_ member: String, _ reason: String) {
    self.member = member
    self.reason = reason
  }

  public var description: String { member.isEmpty ? reason : "\(member): \(reason)" }
}

extension Configuration {
  /// Reads a configuration file: JSON in which `//` and `/* */` comments may stand. The registry of sources may stand in a
  /// file of its own, as the same array or as an object with that array as `sources`; then `sources` is its name.
  ///
  /// - Parameter open: reads the file of that name.
  public init(
    file bytes: [UInt8], opening open: (String) throws(ConfigurationError) -> [UInt8] = Self.noOtherFile
  ) throws(ConfigurationError) {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: JSONComments.blanked(bytes))
    } catch {
      throw ConfigurationError("", "not JSON: \(error)")
    }
    guard var members = value.members, let place = members.firstIndex(where: { $0.name == "sources" }),
      let name = members[place].value.string
    else {
      try self.init(json: value)
      return
    }
    members[place].value = try Self.registry(open(name), named: name)
    do {
      try self.init(json: .object(members))
    } catch {
      guard error.member.hasPrefix("/sources") else { throw error }
      throw ConfigurationError(error.member, "\(error.reason) (in \(name))")
    }
  }

  /// For where a configuration stands alone.
  public static func noOtherFile(_ name: String) throws(ConfigurationError) -> [UInt8] {
    throw ConfigurationError("/sources", "must be an array: no other file is read here")
  }

  private static func registry(_ bytes: [UInt8], named name: String) throws(ConfigurationError) -> JSONValue {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: JSONComments.blanked(bytes))
    } catch {
      throw ConfigurationError("/sources", "\(name) is not JSON: \(error)")
    }
    guard value.members != nil else { return value }
    guard let list = try Members(value, at: "/sources", known: ["sources"])["sources"] else {
      throw ConfigurationError("/sources", "\(name) has no sources")
    }
    return list
  }

  /// Reads a configuration; unknown and doubled members are refused.
  public init(json value: JSONValue) throws(ConfigurationError) {
    self.init()
    let members = try Members(value, at: "", known: ["observedFrom", "detectors", "sources"])
    if let days = members["observedFrom"], days != .null {
      let topics = try Members(days, at: "/observedFrom", known: InputTopic.allCases.map(\.name))
      for topic in InputTopic.allCases {
        guard let day = topics[topic.name] else { continue }
        guard let text = day.string, let local = LocalDay(text) else {
          throw ConfigurationError("/observedFrom/\(topic.name)", "must be a day such as \"2026-03-01\"")
        }
        observedFrom[topic] = local
      }
    }
    if let table = members["detectors"], table != .null {
      let settings = try Members(table, at: "/detectors", known: Detector.table.map(\.name))
      for (index, detector) in Detector.table.enumerated() {
        guard let value = settings[detector.name] else { continue }
        detectors[index] = try DetectorSettings(json: value, of: detector, at: "/detectors/\(detector.name)")
      }
    }
    if let list = members["sources"], list != .null {
      guard let list = list.elements else { throw ConfigurationError("/sources", "must be an array") }
      sources = []
      for (index, value) in list.enumerated() {
        let source = try RegisteredSource(json: value, at: "/sources/\(index)")
        if sources?.contains(where: { $0.name == source.name }) == true {
          throw ConfigurationError("/sources/\(index)/source", "is listed twice")
        }
        sources?.append(source)
      }
    }
  }

  /// What `init(json:)` reads.
  public var json: [UInt8] {
    var writer = JSONWriter()
    write(into: &writer)
    return writer.bytes
  }

  func write(into writer: inout JSONWriter) {
    writer.object { writer in
      writer.object("observedFrom") { writer in
        for topic in InputTopic.allCases {
          if let day = observedFrom[topic] { writer.member(topic.name, day.description) }
        }
      }
      writer.object("detectors") { writer in
        for (detector, settings) in zip(Detector.table, detectors) {
          writer.object(detector.name) { settings.write(into: &$0, of: detector) }
        }
      }
      writer.key("sources")
      guard let sources else { return writer.null() }
      writer.array { writer in
        for source in sources { source.write(into: &writer) }
      }
    }
  }
}

extension RegisteredSource {
  fileprivate init(json value: JSONValue, at pointer: String) throws(ConfigurationError) {
    let members = try Members(
      value, at: pointer, known: ["source", "force", "topics", "cadenceMinutes", "sites", "zoneAdvice", "principal"])
    guard let name = members["source"]?.string, !name.isEmpty else {
      throw ConfigurationError("\(pointer)/source", "must be a text")
    }
    var topics: Set<InputTopic> = []
    guard let list = members["topics"]?.elements else {
      throw ConfigurationError("\(pointer)/topics", "must be an array")
    }
    for (index, item) in list.enumerated() {
      guard let topic = InputTopic.allCases.first(where: { $0.name == item.string }) else {
        let names = InputTopic.allCases.map(\.name).joined(separator: ", ")
        throw ConfigurationError("\(pointer)/topics/\(index)", "must be one of \(names)")
      }
      topics.insert(topic)
    }
    self.init(name: name, force: nil, topics: topics)
    if let text = try members.text("force") {
      guard let force = Force(named: text) else {
        throw ConfigurationError(
          "\(pointer)/force", "must be a force of the areas table, such as \"Metropolitan Police\"")
      }
      self.force = force
    }
    if let minutes = members["cadenceMinutes"], minutes != .null {
      guard let count = minutes.integer, (1...1_000_000).contains(count) else {
        throw ConfigurationError("\(pointer)/cadenceMinutes", "must be a whole number of minutes, at least 1")
      }
      cadenceMinutes = Int(count)
    }
    if let table = members["sites"], table != .null {
      guard let entries = table.members else {
        throw ConfigurationError("\(pointer)/sites", "must be an object of site codes and area codes")
      }
      for entry in entries {
        guard let area = entry.value.string.flatMap({ AreaTable.lookup($0).area }) else {
          throw ConfigurationError(
            "\(pointer)/sites/\(entry.name.pointerToken)", "must be the code of one of the areas")
        }
        guard sites.updateValue(area, forKey: entry.name) == nil else {
          throw ConfigurationError("\(pointer)/sites/\(entry.name.pointerToken)", "is given twice")
        }
      }
    }
    zoneAdvice = try members.text("zoneAdvice")
    principal = try members.text("principal")
  }

  fileprivate func write(into writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("source", name)
      writer.member("force", force?.name)
      writer.array("topics") { writer in
        for topic in InputTopic.allCases where topics.contains(topic) { writer.string(topic.name) }
      }
      writer.key("cadenceMinutes")
      if let cadenceMinutes { writer.integer(cadenceMinutes) } else { writer.null() }
      writer.object("sites") { writer in
        for (site, area) in sites.sorted(by: { $0.key < $1.key }) { writer.member(site, AreaTable.code(area)) }
      }
      writer.member("zoneAdvice", zoneAdvice)
      writer.member("principal", principal)
    }
  }
}

extension AreaLookup {
  /// The area that a code, current or former, leads to.
  fileprivate var area: AreaIndex? {
    switch self {
    case .current(let area), .former(successor: let area): area
    case .outOfScope, .never: nil
    }
  }
}

extension String {
  /// A name as a part of a JSON pointer (RFC 6901 §3).
  fileprivate var pointerToken: String {
    String(flatMap { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) })
  }
}

/// The members of an object of which every name must be known and none may come twice.
struct Members {
  private var values: [String: JSONValue] = [:]
  private let pointer: String

  init(_ value: JSONValue, at pointer: String, known: [String]) throws(ConfigurationError) {
    guard let members = value.members else { throw ConfigurationError(pointer, "must be an object") }
    self.pointer = pointer
    for member in members {
      guard known.contains(member.name) else {
        throw ConfigurationError(
          "\(pointer)/\(member.name.pointerToken)", "is not known; known are \(known.joined(separator: ", "))")
      }
      guard values.updateValue(member.value, forKey: member.name) == nil else {
        throw ConfigurationError("\(pointer)/\(member.name.pointerToken)", "is given twice")
      }
    }
  }

  subscript(_ name: String) -> JSONValue? { values[name] }

  /// A text, or nil where the member is missing or null.
  func text(_ name: String) throws(ConfigurationError) -> String? {
    guard let value = values[name], value != .null else { return nil }
    guard let text = value.string else { throw ConfigurationError("\(pointer)/\(name)", "must be a text") }
    return text
  }
}
