import Incidents

extension Events {
  /// The members of a good tag breach, each as JSON text, with marks where device and wearer stand.
  static let tagBreach = [
    ("reference", #""V-1""#), ("revision", "1"), ("device", #""D-secret""#), ("wearer", #""P-secret""#),
    ("kind", #""exclusionEntry""#), ("state", #""alerted""#), ("occurredFrom", #""2026-03-01T20:55:00Z""#),
    ("location", #"{"area":"E09000022"}"#),
  ]
  static let attendance = [
    ("reference", #""A-1""#), ("revision", "1"), ("site", #""RJZ01""#), ("assaultAt", #""2026-03-01T20:55:00Z""#),
    ("mechanism", #""knife""#), ("location", #"{"area":"E09000022"}"#),
  ]
  static let `return` = [
    ("site", #""RJZ01""#), ("periodStart", #""2026-02-01""#), ("periodEnd", #""2026-02-28""#), ("revision", "1"),
    ("assaults", "[\(assault()),\(assault(["location": nil]))]"),
  ]

  static func tagBreach(_ changes: [String: String?] = [:], event: [String: String?] = [:], raw: String = "") -> String
  {
    make("tag.breach", tagBreach, changes, event, raw)
  }

  static func attendance(_ changes: [String: String?] = [:], event: [String: String?] = [:], raw: String = "") -> String
  {
    make("hospital.attendance", attendance, changes, event, raw)
  }

  static func `return`(_ changes: [String: String?] = [:], event: [String: String?] = [:], raw: String = "") -> String {
    make("hospital.return", self.return, changes, event, raw)
  }

  /// An assault of a return.
  static func assault(_ changes: [String: String?] = [:]) -> String {
    let members = [
      ("assaultAt", #""2026-02-14T23:30:00Z""#), ("mechanism", #""knife""#), ("location", #"{"area":"E09000022"}"#),
    ]
    return object(members, changes)
  }

  private static func make(
    _ type: String, _ members: [(String, String)], _ changes: [String: String?], _ event: [String: String?],
    _ raw: String
  ) -> String {
    let data = ("data", object(members, changes, raw))
    return object(attributes + [data], ["type": "\"\(type)\""].merging(event) { _, change in change })
  }
}
