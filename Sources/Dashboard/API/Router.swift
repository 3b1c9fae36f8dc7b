import HTTPService
import Incidents
import SQLite

/// Answers every request: a pure function of the request and of what the read model holds. The same function is behind the
/// socket and behind the tests.
public struct Router: Sendable {
  let model: ReadModel
  let live: LiveStream
  let health: @Sendable () -> ServiceHealth
  let page: PageFiles
  private let endpoints: [Endpoint]

  /// - Parameters:
  ///   - health: how this process is.
  ///   - page: the files of the page.
  public init(
    model: ReadModel, live: LiveStream, page: PageFiles, health: @escaping @Sendable () -> ServiceHealth
  ) {
    self.model = model
    self.live = live
    self.page = page
    self.health = health
    endpoints = Endpoint.all
  }

  public func answer(_ request: HTTPRequest) -> HTTPResponse {
    let isHead = request.method == "HEAD"
    do throws(HTTPFault) {
      guard let (endpoint, names) = Endpoint.find(request.path, in: endpoints) else {
        if let file = page[request.path] { return try answer(file, request) }
        throw HTTPFault(404, "There is nothing here.", "The endpoints are described at /v1/openapi.json.")
      }
      switch request.method {
      case "GET", "HEAD": return try endpoint.answer(self, request, names)
      case "OPTIONS": return Self.options
      default: throw Self.notAllowed
      }
    } catch {
      return HTTPResponse(error, isHead: isHead)
    }
  }

  private func answer(_ file: PageFiles.File, _ request: HTTPRequest) throws(HTTPFault) -> HTTPResponse {
    switch request.method {
    case "GET", "HEAD": return file.answer.response(to: request)
    case "OPTIONS": return Self.options
    default: throw Self.notAllowed
    }
  }

  private static let allowed = NamedText("Allow", "GET, HEAD, OPTIONS")

  private static let options = HTTPResponse(status: 204, headers: [allowed])

  private static let notAllowed = HTTPFault(
    405, "Nothing here can be changed.", "Use GET or HEAD.", headers: [allowed])

  /// Asks the tables; that they cannot be read is no fault of whoever asks.
  func ask<Value: Sendable>(
    _ body: (ReadModel) throws(SQLiteError) -> Value
  ) throws(HTTPFault) -> Value {
    do {
      return try body(model)
    } catch {
      throw HTTPFault(
        503, "The read model cannot be read now.", "Try again shortly; if it stays so, see the service's log.",
        headers: [NamedText("Retry-After", "5")])
    }
  }

  /// The time of the journal; there is none before something was read.
  func now() throws(HTTPFault) -> EventTime {
    guard let now = model.view.now else {
      throw HTTPFault(
        503, "Nothing has been read yet.", "Try again shortly; /readyz says how far it is.",
        headers: [NamedText("Retry-After", "5")])
    }
    return now
  }
}

/// One path of the API.
struct Endpoint: Sendable {
  /// As in the OpenAPI file: `/v1/projections/{area}`.
  let path: String
  private let parts: [Substring]
  /// Answers GET, and HEAD but for the body; given the values of the parts in braces, in order.
  let answer: @Sendable (Router, HTTPRequest, [String]) throws(HTTPFault) -> HTTPResponse

  init(
    _ path: String, _ answer: @escaping @Sendable (Router, HTTPRequest, [String]) throws(HTTPFault) -> HTTPResponse
  ) {
    self.path = path
    parts = path.split(separator: "/")
    self.answer = answer
  }

  /// An endpoint that answers with a document.
  static func document(
    _ path: String, parameters: [String],
    _ answer: @escaping @Sendable (Router, Parameters, [String]) throws(HTTPFault) -> Answer
  ) -> Endpoint {
    Endpoint(path) { router, request, names throws(HTTPFault) in
      try answer(router, Parameters(request, allowed: parameters), names).response(to: request)
    }
  }

  /// An endpoint that answers with a table: as JSON, or as CSV where that is asked for.
  static func table(
    _ path: String, parameters: [String],
    _ answer: @escaping @Sendable (Router, Parameters, [String], Format) throws(HTTPFault) -> Answer
  ) -> Endpoint {
    Endpoint(path) { router, request, names throws(HTTPFault) in
      let parameters = try Parameters(request, allowed: parameters + ["format"])
      return try answer(router, parameters, names, Format(request, parameters)).response(to: request)
    }
  }

  static let all: [Endpoint] = areas + comparisons + series + signals + sources + operations + streams

  /// The endpoint of a path and the values of its parts in braces.
  static func find(_ path: [String], in endpoints: [Endpoint]) -> (Endpoint, [String])? {
    search: for endpoint in endpoints where endpoint.parts.count == path.count {
      var values: [String] = []
      for (part, given) in zip(endpoint.parts, path) {
        if part.hasPrefix("{") { values.append(given) } else if part != given { continue search }
      }
      return (endpoint, values)
    }
    return nil
  }
}

/// In which form a table is wanted.
enum Format: Sendable {
  case json, csv

  /// The parameter `format` decides, or else the header `Accept`.
  init(_ request: HTTPRequest, _ parameters: Parameters) throws(HTTPFault) {
    if let chosen = try parameters.choice("format", of: [("json", Format.json), ("csv", .csv)]) {
      self = chosen
    } else {
      self = request.header("accept")?.hasPrefix("text/csv") == true ? .csv : .json
    }
  }
}
