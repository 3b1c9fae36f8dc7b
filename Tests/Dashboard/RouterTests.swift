import Foundation
import HTTPService
import Incidents
import Testing
import Wire

@testable import Dashboard

/// Every path and status of the API, in process and over a socket: the same requests, the same answers, all of them held
/// against the OpenAPI file.
@Suite struct RouterTests {
  /// A request and the status that it is to be answered with.
  private static func requests(signal: String, area: String) -> [(String, Int)] {
    [
      ("/v1/areas", 200), ("/v1/areas?force=West%20Midlands", 200), ("/v1/areas?format=csv", 200),
      ("/v1/areas?force=nobody", 400), ("/v1/areas?unknown=1", 400), ("/v1/areas?force=West%20Midlands&force=x", 400),
      ("/v1/areas?format=xml", 400),
      ("/v1/projections/\(area)", 200), ("/v1/projections/E09999999", 404), ("/v1/projections/%27", 404),
      ("/v1/projections/\(area)?x=1", 400),
      ("/v1/comparison", 200), ("/v1/comparison?measure=knifeInjury&window=7d&order=difference", 200),
      ("/v1/comparison?order=ratio&format=csv", 200), ("/v1/comparison?order=area&force=Metropolitan%20Police", 200),
      ("/v1/comparison?window=1d", 400), ("/v1/comparison?measure=x", 400),
      ("/v1/areas.geojson", 200), ("/v1/areas.geojson?window=365d", 200), ("/v1/areas.geojson?format=csv", 400),
      ("/v1/series/\(area)", 200), ("/v1/series/\(area)?unit=week&measure=knifeInjury", 200),
      ("/v1/series/\(area)?unit=month&from=2025-01-01&to=2026-02-28", 200), ("/v1/series/\(area)?format=csv", 200),
      ("/v1/series/\(area)?from=2026-02-30", 400), ("/v1/series/\(area)?from=2026-02-02&to=2026-02-01", 400),
      ("/v1/series/\(area)?from=1999-01-01&to=2026-01-01", 400), ("/v1/series/\(area)?unit=year", 400),
      ("/v1/series/nowhere", 404),
      ("/v1/signals", 200), ("/v1/signals?status=standing&order=rank&limit=200", 200),
      ("/v1/signals?force=E23000001&area=\(area)&measure=knifeInjury,knifeCrime&severity=medium", 200),
      ("/v1/signals?since=2026-02-01T00:00:00Z&format=csv&limit=1", 200), ("/v1/signals?since=yesterday", 400),
      ("/v1/signals?limit=0", 400), ("/v1/signals?limit=201", 400), ("/v1/signals?limit=-1", 400),
      ("/v1/signals?limit=1e2", 400), ("/v1/signals?cursor=x", 400), ("/v1/signals?cursor=1.2.-3", 400),
      ("/v1/signals?measure=", 400), ("/v1/signals?status=gone", 400),
      ("/v1/signals/\(signal)", 200), ("/v1/signals/sig_0", 404), ("/v1/signals/\(signal)?x=1", 400),
      ("/v1/sources", 200), ("/v1/sources?x=1", 400),
      ("/v1/rejections", 200), ("/v1/rejections?hours=720&topic=incidents&format=csv", 200),
      ("/v1/rejections?hours=721", 400), ("/v1/rejections?topic=journal", 400),
      ("/v1/openapi.json", 200), ("/v1/openapi.json?x=1", 400), ("/healthz", 200), ("/healthz?x=1", 400),
      ("/readyz", 200), ("/readyz?x=1", 400), ("/metrics", 200), ("/metrics?x=1", 400),
      ("/v1/stream?x=1", 400), ("/v1/stream?area=x", 400), ("/v1/stream?severity=awful", 400),
      ("/v1/stream?events=noise", 400), ("/v1/areas?force=\(String(repeating: "a", count: 2_500))", 400),
    ]
  }

  /// Paths at which there is nothing, in no document either.
  private static let nothing = [
    "/v1", "/v1/", "/v1/areas/", "//", "/v2/areas", "/main.js/", "/../etc/passwd", "/%2e%2e/etc/passwd", "/index.html",
    "/v1/areas%2F", "/favicon.ico",
  ]

  @Test(arguments: Asker.Kind.allCases)
  func everyPathAndStatus(kind: Asker.Kind) throws {
    let world = try World(seed: 61, records: 2_500)
    let contract = try APIContract()
    let empty = try Asker(kind, world.router)
    // Before anything was read.
    for (target, status) in [
      ("/v1/series/E09000022", 503), ("/v1/projections/E09000022", 404), ("/v1/comparison", 200), ("/v1/signals", 200),
      ("/v1/sources", 200), ("/v1/areas.geojson", 200),
    ] {
      let answer = try empty.get(target)
      #expect(answer.status == status, "\(target)")
      contract.check(target, answer)
    }
    try world.finish()
    try world.serveUntilCaughtUp()
    let asker = try Asker(kind, world.router)
    let signal = try #require(try world.model.signals(SignalQuery()).signals.first.flatMap(SignalRecord.init))
    for (target, status) in Self.requests(signal: signal.id, area: signal.area) {
      let answer = try asker.get(target)
      #expect(answer.status == status, "\(target)")
      contract.check(target, answer)
      try checkForm(target, answer, asker, contract)
    }
    for target in Self.nothing {
      let answer = try asker.get(target)
      #expect(answer.status == 404, "\(target)")
      #expect(answer.header("Content-Type") == "application/problem+json")
    }
    for path in contract.documentedPaths where path != "/v1/stream" {
      let target = path.replacing("{area}", with: signal.area).replacing("{id}", with: signal.id)
      try checkMethods(target, asker)
      if kind == .socket { try checkLimits(target, asker, contract) }
    }
    try checkStream(asker, contract)
    try checkUnready(kind, world, contract)
    let missing = contract.documented.subtracting(contract.seen).filter { pair in
      // The listener's own answers need a listener; a read model that breaks is a test of its own.
      kind == .socket || !["413", "414", "421", "431"].contains { pair.hasSuffix($0) }
    }
    #expect(missing.filter { !Self.isBroken($0) }.isEmpty, "\(missing.sorted())")
  }

  /// What only a read model that cannot be read answers.
  private static func isBroken(_ pair: String) -> Bool {
    ["/v1/signals 503", "/v1/signals/{id} 503", "/v1/rejections 503"].contains(pair)
  }

  /// HEAD says the same without a body; what has a tag is not sent twice.
  private func checkForm(_ target: String, _ answer: HTTPResponse, _ asker: Asker, _ contract: APIContract) throws {
    let head = try asker.ask("HEAD", target)
    #expect(head.status == answer.status && head.header("Content-Type") == answer.header("Content-Type"), "\(target)")
    #expect(answer.header("X-Content-Type-Options") == "nosniff", "\(target)")
    guard answer.status == 200, let tag = answer.header("ETag") else { return }
    for known in [tag, "\"x\", \(tag)", "W/\(tag)", "*"] {
      let again = try asker.ask("GET", target, [NamedText("If-None-Match", known)])
      #expect(again.status == 304 && again.header("ETag") == tag, "\(target)")
      contract.check(target, again)
      if case .bytes(let bytes) = again.body { #expect(bytes.isEmpty) }
    }
    #expect(try asker.ask("GET", target, [NamedText("If-None-Match", "\"x\"")]).status == 200)
  }

  private func checkMethods(_ target: String, _ asker: Asker) throws {
    let options = try asker.ask("OPTIONS", target)
    #expect(options.status == 204 && options.header("Allow") == "GET, HEAD, OPTIONS", "\(target)")
    for method in ["POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"] {
      let answer = try asker.ask(method, target)
      #expect(answer.status == 405 && answer.header("Allow") == "GET, HEAD, OPTIONS", "\(method) \(target)")
    }
  }

  private func checkLimits(_ target: String, _ asker: Asker, _ contract: APIContract) throws {
    for (status, answer) in [
      (413, try asker.ask("GET", target, [NamedText("Content-Length", "5")])),
      (414, try asker.ask("GET", target + "?" + String(repeating: "a", count: 5_000))),
      (421, try asker.ask("GET", target, [NamedText("Host", "elsewhere.example")])),
      (431, try asker.ask("GET", target, [NamedText("X-Long", String(repeating: "a", count: 9_000))])),
    ] {
      #expect(answer.status == status, "\(target)")
      contract.check(target, answer)
    }
  }

  private func checkStream(_ asker: Asker, _ contract: APIContract) throws {
    let answer = try asker.ask("HEAD", "/v1/stream")
    #expect(answer.header("Content-Type") == "text/event-stream")
    contract.check("/v1/stream", answer)
    if asker.kind == .socket { try checkLimits("/v1/stream", asker, contract) }
  }

  private func checkUnready(_ kind: Asker.Kind, _ world: World, _ contract: APIContract) throws {
    let router = Router(model: world.model, live: world.live, page: PageFiles(d3: nil)) {
      ServiceHealth(obstacles: ["fold has not started its work"], metrics: [])
    }
    let asker = try Asker(kind, router)
    let answer = try asker.get("/readyz")
    #expect(answer.status == 503)
    contract.check("/readyz", answer)
    #expect(try asker.get("/d3.js").status == 404)
    #expect(try asker.get("/").status == 200)
  }

  /// The endpoints and the document name the same paths, and of each the same parameters.
  @Test func theDocumentIsWhole() throws {
    let contract = try APIContract()
    #expect(Set(contract.documentedPaths) == Set(Endpoint.all.map(\.path)))
    let names = contract.validator.document["components"]?["schemas"]?["Measure"]?["enum"]?.elements
    #expect(names == Measure.allCases.map { .string($0.name) })
    let areas = contract.validator.document["components"]?["schemas"]?["Area"]?["enum"]?.elements?.compactMap(\.string)
    #expect(areas.map(Set.init) == Set((0..<Bucket.count).map { Bucket(index: $0).key }))
  }
}
