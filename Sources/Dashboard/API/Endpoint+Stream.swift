import HTTPService
import Incidents

extension Endpoint {
  static let streams = [
    Endpoint("/v1/stream") { router, request, _ throws(HTTPFault) in
      let parameters = try Parameters(request, allowed: ["area", "measure", "severity", "events", "lastEventId"])
      var filter = StreamFilter()
      filter.areas = try parameters.list("area", of: Choices.areas).map { Set($0.map(\.key)) }
      filter.measures =
        try parameters.list("measure", of: Choices.measures)
        .map { $0.reduce(into: MeasureSet()) { $0.insert(MeasureSet($1)) } } ?? .all
      filter.severity = try parameters.choice("severity", of: Choices.severities) ?? .low
      filter.kinds =
        try parameters.list("events", of: [("projection", Change.Kind.projection), ("signal", .signal)])
        .map { Set($0) } ?? [.projection, .signal]
      let headers = [
        NamedText("Content-Type", "text/event-stream"), NamedText("Cache-Control", "no-store"),
        NamedText("X-Content-Type-Options", "nosniff"),
        // Else the end of the stream would not be the end of the answer.
        NamedText("Connection", "close"),
      ]
      if request.method == "HEAD" { return HTTPResponse(status: 200, headers: headers) }
      // A page that was loaded anew has no such header, but may know where it was.
      let lastEventID = request.header("last-event-id") ?? parameters["lastEventId"]
      let session = StreamSession(
        router.live, filter: filter, lastEventID: lastEventID.flatMap { $0.isEmpty ? nil : $0 })
      return HTTPResponse(status: 200, headers: headers, body: .stream(session))
    }
  ]
}
