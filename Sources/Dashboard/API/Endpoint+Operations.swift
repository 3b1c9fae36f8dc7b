import HTTPService
import Wire

extension Endpoint {
  static let operations = [
    // Alive: the listener's thread answers.
    Endpoint("/healthz") { _, request, _ throws(HTTPFault) in
      _ = try Parameters(request, allowed: [])
      return Self.text("ok\n")
    },
    // Ready: what is asked for is there, and up to date.
    Endpoint("/readyz") { router, request, _ throws(HTTPFault) in
      _ = try Parameters(request, allowed: [])
      let obstacles = router.health().obstacles
      guard obstacles.isEmpty else {
        throw HTTPFault(
          503, obstacles.joined(separator: "; "), "Wait; if it stays so, see the runbook.",
          headers: [NamedText("Retry-After", "5")])
      }
      return Self.text("ready\n")
    },
    Endpoint("/metrics") { router, request, _ throws(HTTPFault) in
      _ = try Parameters(request, allowed: [])
      return HTTPResponse(
        status: 200,
        headers: [
          NamedText("Content-Type", "text/plain; version=0.0.4; charset=utf-8"), NamedText("Cache-Control", "no-store"),
          NamedText("X-Content-Type-Options", "nosniff"),
        ], body: .bytes(router.health().metrics))
    },
    Endpoint.document("/v1/openapi.json", parameters: []) { router, _, _ throws(HTTPFault) in
      .json(router.page.openAPI)
    },
  ]

  private static func text(_ text: String) -> HTTPResponse {
    HTTPResponse(
      status: 200,
      headers: [
        NamedText("Content-Type", "text/plain; charset=utf-8"), NamedText("Cache-Control", "no-store"),
        NamedText("X-Content-Type-Options", "nosniff"),
      ], body: .bytes(Array(text.utf8)))
  }
}
