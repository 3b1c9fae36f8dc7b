import Incidents

/// The outlines of London's boroughs, simplified.
///
/// Contains National Statistics data © Crown copyright and database right; contains Ordnance Survey data © Crown copyright
/// and database right (Open Government Licence v3.0).
struct Outline: Sendable {
  /// The code of the Office for National Statistics.
  var area: String
  /// A geometry of GeoJSON.
  var geometry: [UInt8]
}

enum Outlines {
  /// In code order; made by `ops/serving/outlines.py`.
  static let london: [Outline] = EmbeddedFile.bytes(named: "outlines.txt").split(separator: UInt8(ascii: "\n")).map {
    Outline(area: String(decoding: $0.prefix(9), as: UTF8.self), geometry: Array($0.dropFirst(10)))
  }
}
