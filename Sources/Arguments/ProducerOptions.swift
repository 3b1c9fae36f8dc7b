/// Options of what producers do.
extension Options {
  public static let topic = Option<String?>.value(
    "topic", value: "TOPIC", "The input topic: incidents, tag-breaches or hospital", shownDefault: nil,
    fallback: { nil },
    parse: { text throws(ValueError) in try Words.one(of: ["incidents", "tag-breaches", "hospital"], text) })
  public static let unchecked = Option<Bool>.flag("unchecked", "Send rows as they are, also those that will be refused")
}

enum Words {
  static func one(of known: [String], _ text: String) throws(ValueError) -> String {
    guard known.contains(text) else { throw ValueError(NearestName.complaint(about: text, known: known)) }
    return text
  }
}
