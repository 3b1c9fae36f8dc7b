import HTTPService
import Incidents
import Wire

extension Endpoint {
  static let areas = [
    Endpoint.table("/v1/areas", parameters: ["force"]) { router, parameters, _, format throws(HTTPFault) in
      let force = try parameters.choice("force", of: Choices.forces)
      let view = router.model.view
      let buckets = Choices.areas.map(\.1).filter { force == nil || $0.force == force }
      switch format {
      case .json:
        return .json { writer in
          writer.array("areas") { writer in
            for bucket in buckets {
              writer.object { writer in
                writer.member("area", bucket.key)
                writer.member("name", bucket.name)
                writer.member("force", bucket.force?.name)
                writer.member("forceCode", bucket.force?.code)
                writer.member("hasEvents", view.projection(of: bucket) != nil)
              }
            }
          }
        }
      case .csv:
        var table = CSVTable(["area", "name", "force", "forceCode", "hasEvents"])
        for bucket in buckets {
          table.append([
            bucket.key, bucket.name, bucket.force?.name ?? "", bucket.force?.code ?? "",
            view.projection(of: bucket) != nil ? "true" : "false",
          ])
        }
        return .csv(table)
      }
    },

    Endpoint.document("/v1/projections/{area}", parameters: []) { router, _, names throws(HTTPFault) in
      let bucket = try Choices.bucket(names[0])
      guard let record = router.model.view.projection(of: bucket) else {
        throw HTTPFault(
          404, "Nothing has been counted in \(bucket.name) yet.", "Areas with events have hasEvents at /v1/areas.")
      }
      return .json(record.bytes, tag: record.tag)
    },
  ]
}
