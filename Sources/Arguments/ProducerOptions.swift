/// Options of what producers do.
extension Options {
  public static let topic = Option<String?>.value(
    "topic", value: "TOPIC", "The input topic: incidents, tag-breaches or hospital", shownDefault: nil,
    fallback: { nil },
    parse: { text throws(ValueError) in try Words.one(of: ["incidents", "tag-breaches", "hospital"], text) })
  public static let unchecked = Option<Bool>.flag("unchecked", "Send rows as they are, also those that will be refused")
  public static let source = Option<String?>.value(
    "source", value: "SOURCE", "The CloudEvents source, such as /police/metropolitan", shownDefault: nil,
    fallback: { nil }, parse: { text throws(ValueError) in try Words.some(text) })
  public static let code = Option<String?>.value(
    "code", value: "CODE", "The code of the refusal, such as timeWithoutZone", shownDefault: nil, fallback: { nil },
    parse: { text throws(ValueError) in try Words.some(text) })
  public static let since = Option<String?>.value(
    "since", value: "WHEN", "Refused at that time or later: 2026-03-01T20:00:00Z, or 90m, 24h, 7d ago",
    shownDefault: nil, fallback: { nil }, parse: { text throws(ValueError) in try Words.some(text) })
  public static let limit = Option<Int>.value(
    "limit", value: "N", "How many of the newest; 0: all", shownDefault: "100", fallback: { 100 },
    parse: { text throws(ValueError) in
      guard let limit = Int(text), (0...10_000_000).contains(limit) else {
        throw ValueError("not a number from 0 to 10000000")
      }
      return limit
    })
  public static let show = Option<Bool>.flag("show", "Read each row from its topic and print it")
  public static let oldestFirst = Option<Bool>.flag("oldest-first", "In the order of refusal, not the newest first")
  public static let dryRun = Option<Bool>.flag("dry-run", "Only say what would be sent again")
}

enum Words {
  static func some(_ text: String) throws(ValueError) -> String {
    if text.isEmpty { throw ValueError("is empty") }
    return text
  }

  static func one(of known: [String], _ text: String) throws(ValueError) -> String {
    guard known.contains(text) else { throw ValueError(NearestName.complaint(about: text, known: known)) }
    return text
  }
}
