import HTTPService
import Hotspots
import Incidents

/// The query of a request, read strictly: an unknown name, a name given twice or a value out of bounds is refused with
/// what would be right.
struct Parameters {
  private var values: [String: String] = [:]

  init(_ request: HTTPRequest, allowed: [String]) throws(HTTPFault) {
    for item in request.query {
      guard allowed.contains(item.name) else {
        throw HTTPFault(
          400, "There is no such parameter here.",
          allowed.isEmpty ? "Ask without parameters." : "The parameters are \(allowed.joined(separator: ", ")).")
      }
      guard values.updateValue(item.value, forKey: item.name) == nil else {
        throw HTTPFault(400, "The parameter \(item.name) is given twice.", "Give it once.")
      }
      guard item.value.utf8.count <= 2_000 else {
        throw HTTPFault(400, "The value of \(item.name) is longer than 2,000 bytes.", "Ask for less at once.")
      }
    }
  }

  subscript(name: String) -> String? { values[name] }

  /// One of some words.
  func choice<Choice>(_ name: String, of choices: [(String, Choice)]) throws(HTTPFault) -> Choice? {
    guard let text = values[name] else { return nil }
    return try choice(name, text, choices)
  }

  /// Several of some words, separated by commas.
  func list<Choice>(_ name: String, of choices: [(String, Choice)]) throws(HTTPFault) -> [Choice]? {
    guard let text = values[name] else { return nil }
    var chosen: [Choice] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      chosen.append(try choice(name, String(part), choices))
    }
    return chosen
  }

  private func choice<Choice>(
    _ name: String, _ text: String, _ choices: [(String, Choice)]
  ) throws(HTTPFault) -> Choice {
    if let found = choices.first(where: { $0.0 == text }) { return found.1 }
    let words = choices.map(\.0)
    let shown = words.count <= 24 ? words.joined(separator: ", ") : "\(words.prefix(3).joined(separator: ", ")), …"
    throw HTTPFault(400, "The value of \(name) is not known.", "Use one of \(shown).")
  }

  /// A whole number in plain digits.
  func number(_ name: String, in bounds: ClosedRange<Int>, default fallback: Int) throws(HTTPFault) -> Int {
    guard let text = values[name] else { return fallback }
    guard text.utf8.count <= 9, text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(text),
      bounds.contains(number)
    else {
      throw HTTPFault(
        400, "The value of \(name) is no number from \(bounds.lowerBound) to \(bounds.upperBound).",
        "Write it in digits.")
    }
    return number
  }

  func day(_ name: String) throws(HTTPFault) -> LocalDay? {
    guard let text = values[name] else { return nil }
    guard let day = LocalDay(text) else {
      throw HTTPFault(400, "The value of \(name) is no day.", "Write it as 2026-03-01.")
    }
    return day
  }

  func time(_ name: String) throws(HTTPFault) -> EventTime? {
    guard let text = values[name] else { return nil }
    guard case .success(let time) = RFC3339.parse(text.utf8.span) else {
      throw HTTPFault(
        400, "The value of \(name) is no time with a zone.",
        "Write it as 2026-03-01T21:14:05Z, with %2B for a plus sign.")
    }
    return time
  }
}

/// What parameters can name.
enum Choices {
  static let measures = Measure.allCases.map { ($0.name, $0) }
  static let windows = Window.allCases.map { ($0.name, $0) }
  static let severities = SignalSeverity.allCases.map { ($0.name, $0) }
  static let areas = (0..<Bucket.count).map { (Bucket(index: $0).key, Bucket(index: $0)) }
  /// A force is named by its code or its name.
  static let forces = Force.allCases.map { ($0.name, $0) } + Force.allCases.map { ($0.code, $0) }
  private static let bucketsByKey = Dictionary(areas) { first, _ in first }

  /// The area that stands in a path.
  static func bucket(_ key: String) throws(HTTPFault) -> Bucket {
    guard let bucket = bucketsByKey[key] else {
      throw HTTPFault(
        404, "There is no such area.", "The areas are listed at /v1/areas, by their codes of today.")
    }
    return bucket
  }
}
