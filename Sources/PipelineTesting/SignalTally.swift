import Wire

/// What became of signals, by detector: a history in which little happens would prove little.
public struct SignalTally: CustomStringConvertible {
  private var counts: [String: [String: Int]] = [:]
  private var known: Set<String> = []

  public init() {}

  /// Takes note of the next record of `hotspot-signals`.
  public mutating func note(_ signal: JSONValue) {
    guard let detector = signal["detector"]?["name"]?.string, let id = signal["id"]?.string,
      let status = signal["status"]?.string
    else { return }
    let isAgain = !known.insert(id).inserted && status == "raised"
    counts[detector, default: [:]][isAgain ? "raised again" : status, default: 0] += 1
  }

  /// Whether everything happened that can.
  public func isEventful(_ detector: String) -> Bool {
    ["raised", "updated", "cleared", "withdrawn", "raised again"].allSatisfy { counts[detector]?[$0] ?? 0 > 0 }
  }

  public var description: String {
    counts.sorted { $0.key < $1.key }.map { detector, counts in
      "\(detector): " + counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }.joined(separator: "; ")
  }
}
