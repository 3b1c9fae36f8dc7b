import HTTPService
import Hotspots
import Incidents
import Wire

/// An area beside others, by one measure and window.
private struct ComparedArea {
  let bucket: Bucket
  let count: Int64
  let previous: Int64
  let standing: Int
  let worst: String?

  init(_ bucket: Bucket, _ record: ProjectionRecord?, _ measure: Measure, _ window: Window) {
    self.bucket = bucket
    count = record?.count(measure, window) ?? 0
    previous = record?.previous(measure, window) ?? 0
    let signals = record?.signals.elements ?? []
    standing = signals.count
    worst = signals.compactMap { $0["severity"]?.string.flatMap(SignalSeverity.init(name:)) }.max()?.name
  }

  var difference: Int64 { count - previous }

  /// Nil where there was nothing before.
  var ratio: Double? { previous > 0 ? Double(count) / Double(previous) : nil }
}

extension Endpoint {
  static let comparisons = [
    Endpoint.table("/v1/comparison", parameters: ["measure", "window", "force", "order"]) {
      router, parameters, _, format throws(HTTPFault) in
      let measure = try parameters.choice("measure", of: Choices.measures) ?? .knifeCrime
      let window = try parameters.choice("window", of: Choices.windows) ?? .fourWeeks
      let force = try parameters.choice("force", of: Choices.forces)
      let isBefore = try parameters.choice("order", of: orders) ?? byCount
      let view = router.model.view
      let rows = Choices.areas.map(\.1).filter { force == nil || $0.force == force }
        .map { ComparedArea($0, view.projection(of: $0), measure, window) }
        .sorted { isBefore($0, $1) || (!isBefore($1, $0) && $0.bucket < $1.bucket) }
      switch format {
      case .json:
        return .json { writer in
          writer.member("measure", measure.name)
          writer.member("window", window.name)
          writer.member("now", view.now.map(RFC3339.text))
          writer.array("areas") { writer in
            for row in rows { row.write(into: &writer) }
          }
        }
      case .csv:
        var table = CSVTable([
          "area", "name", "force", "measure", "window", "count", "previous", "difference", "ratio", "signals",
          "severity",
        ])
        for row in rows {
          table.append([
            row.bucket.key, row.bucket.name, row.bucket.force?.name ?? "", measure.name, window.name,
            String(row.count), String(row.previous), String(row.difference), row.ratio.map(Self.decimal) ?? "",
            String(row.standing), row.worst ?? "",
          ])
        }
        return .csv(table)
      }
    },

    Endpoint("/v1/areas.geojson") { router, request, _ throws(HTTPFault) in
      let parameters = try Parameters(request, allowed: ["measure", "window"])
      let measure = try parameters.choice("measure", of: Choices.measures) ?? .knifeCrime
      let window = try parameters.choice("window", of: Choices.windows) ?? .fourWeeks
      let view = router.model.view
      var body = Array("{\"type\":\"FeatureCollection\",\"features\":[".utf8)
      for (place, outline) in Outlines.london.enumerated() {
        guard let bucket = try? Choices.bucket(outline.area) else { continue }
        let row = ComparedArea(bucket, view.projection(of: bucket), measure, window)
        if place > 0 { body.append(UInt8(ascii: ",")) }
        body += Array("{\"type\":\"Feature\",\"id\":\"\(outline.area)\",\"properties\":".utf8)
        var writer = JSONWriter()
        row.write(into: &writer)
        body += writer.bytes + Array(",\"geometry\":".utf8) + outline.geometry + Array("}".utf8)
      }
      body += Array("]}".utf8)
      return Answer(contentType: "application/geo+json", body: body).response(to: request)
    },
  ]

  private typealias Order = @Sendable (ComparedArea, ComparedArea) -> Bool

  private static let byCount: Order = { $0.count > $1.count }

  private static let orders: [(String, Order)] = [
    ("count", byCount), ("difference", { $0.difference > $1.difference }),
    ("ratio", { ($0.ratio ?? -1) > ($1.ratio ?? -1) }), ("area", { $0.bucket < $1.bucket }),
  ]

  /// As numbers stand in JSON here: rounded to four decimals.
  static func decimal(_ value: Double) -> String {
    var writer = JSONWriter()
    writer.rounded(value)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

extension ComparedArea {
  fileprivate func write(into writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("area", bucket.key)
      writer.member("name", bucket.name)
      writer.member("force", bucket.force?.name)
      writer.member("count", count)
      writer.member("previous", previous)
      writer.member("difference", difference)
      writer.key("ratio")
      if let ratio { writer.rounded(ratio) } else { writer.null() }
      writer.member("signals", standing)
      writer.member("severity", worst)
    }
  }
}
