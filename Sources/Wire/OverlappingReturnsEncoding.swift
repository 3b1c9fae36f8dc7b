import Hotspots
import Incidents

extension OverlappingReturns {
  /// Writes it as an object, the periods as arrays of their first and last day.
  public func write(into writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("source", source)
      writer.member("site", site)
      for (name, days) in [("first", first), ("second", second)] {
        writer.array(name) { writer in
          writer.string(days.lowerBound.description)
          writer.string(days.upperBound.description)
        }
      }
    }
  }

  /// Reads it back; nil when it is none.
  public init?(json value: JSONValue) {
    func days(_ name: String) -> ClosedRange<LocalDay>? {
      guard let days = value[name]?.elements?.compactMap({ $0.string.flatMap(LocalDay.init) }), days.count == 2,
        days[0] <= days[1]
      else { return nil }
      return days[0]...days[1]
    }
    guard let source = value["source"]?.string, let site = value["site"]?.string, let first = days("first"),
      let second = days("second")
    else { return nil }
    self.init(source: source, site: site, first: first, second: second)
  }
}
