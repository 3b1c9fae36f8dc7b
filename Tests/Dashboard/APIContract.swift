import Foundation
import HTTPService
import Testing
import Wire

@testable import Dashboard

/// The OpenAPI file, held against answers.
final class APIContract {
  let validator: SchemaValidator
  /// The documented pairs of path and status that were seen.
  private(set) var seen: Set<String> = []

  init() throws {
    validator = SchemaValidator(document: try JSONValue(parsing: EmbeddedFile.bytes(named: "openapi.json")))
  }

  private var paths: [JSONValue.Member] { validator.document["paths"]?.members ?? [] }

  /// Every documented pair of path and status.
  var documented: Set<String> {
    Set(paths.flatMap { path in (path.value["get"]?["responses"]?.members ?? []).map { "\(path.name) \($0.name)" } })
  }

  var documentedPaths: [String] { paths.map(\.name) }

  /// The answer has a documented status, form and content.
  func check(_ target: String, _ answer: HTTPResponse, sourceLocation: SourceLocation = #_sourceLocation) {
    let parts = target.split(separator: "?")[0].split(separator: "/")
    let path = paths.first { path in
      let wanted = path.name.split(separator: "/")
      return wanted.count == parts.count && zip(wanted, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
    guard let path else {
      Issue.record("\(target) is not documented", sourceLocation: sourceLocation)
      return
    }
    var response = path.value["get"]?["responses"]?[String(answer.status)]
    if let reference = response?["$ref"]?.string { response = validator.resolve(reference) }
    guard let response else {
      Issue.record("\(answer.status) of \(target) is not documented", sourceLocation: sourceLocation)
      return
    }
    seen.insert("\(path.name) \(answer.status)")
    for header in response["headers"]?.members ?? [] {
      #expect(answer.header(header.name) != nil, "\(target) has no \(header.name)", sourceLocation: sourceLocation)
    }
    guard let contents = response["content"]?.members, case .bytes(let bytes) = answer.body else { return }
    let type = answer.header("Content-Type")?.split(separator: ";")[0] ?? ""
    guard let content = contents.first(where: { $0.name == type }) else {
      Issue.record("\(type) of \(target) is not documented", sourceLocation: sourceLocation)
      return
    }
    guard type.hasSuffix("json"), let schema = content.value["schema"] else { return }
    do {
      let faults = try validator.faults(of: JSONValue(parsing: bytes), against: schema)
      #expect(faults.isEmpty, "\(target): \(faults.prefix(5))", sourceLocation: sourceLocation)
    } catch {
      Issue.record("\(target) is no JSON: \(error)", sourceLocation: sourceLocation)
    }
  }
}
