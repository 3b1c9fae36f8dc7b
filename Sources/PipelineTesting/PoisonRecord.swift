import Foundation
import Wire

/// A record that must be refused, from a file of a topic's folder `rejected`.
public struct PoisonRecord: Hashable, Sendable {
  /// The file's name without its suffix.
  public var name: String
  public var code: RejectionCode
  /// Where the fault lies: a JSON pointer, empty for the whole record.
  public var member: String
  public var key: [UInt8]?
  public var headers: [RecordHeader]
  /// Nil: a tombstone.
  public var value: [UInt8]?
  /// Refused only where a registry of these sources is given; nil: refused always.
  public var sources: [String]?

  /// What is wrong with a file.
  public struct Malformed: Error, CustomStringConvertible {
    public var file: String
    public var reason: String

    public var description: String { "\(file): \(reason)" }
  }

  /// The records of a folder in the order of their names. Throws when a file cannot be read or is not as the folder's
  /// README says, or when there is none.
  public static func load(directory: String) throws -> [PoisonRecord] {
    let files = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".json") }.sorted()
    guard !files.isEmpty else { throw Malformed(file: directory, reason: "no files") }
    return try files.map { try PoisonRecord(file: $0, contents: Data(contentsOf: URL(filePath: "\(directory)/\($0)"))) }
  }

  init(file: String, contents: Data) throws {
    func require<Value>(_ value: Value?, _ reason: String) throws -> Value {
      guard let value else { throw Malformed(file: file, reason: reason) }
      return value
    }
    let whole = try require(try JSONSerialization.jsonObject(with: contents) as? [String: Any], "not an object")
    let record = try require(whole["record"] as? [String: Any], "no record")
    let headers = try require(record["headers"] as? [String: String], "no headers")
    let codeName = try require(whole["code"] as? String, "no code")
    name = String(file.dropLast(5))
    code = try require(RejectionCode.allCases.first { $0.name == codeName }, "an unknown code")
    member = try require(whole["member"] as? String, "no member")
    sources = whole["sources"] as? [String]
    key = (record["key"] as? String).map { Array($0.utf8) }
    self.headers = headers.sorted { $0.key < $1.key }.map { RecordHeader($0.key, $0.value) }

    let forms = ["value", "text", "base64", "repeated", "tombstone"].filter { record[$0] != nil }
    switch forms {
    case ["value"]:
      value = try Array(
        JSONSerialization.data(
          withJSONObject: require(record["value"], "no value"), options: [.sortedKeys, .withoutEscapingSlashes]))
    case ["text"]: value = try Array(require(record["text"] as? String, "the text is no text").utf8)
    case ["base64"]:
      value = try Array(require((record["base64"] as? String).flatMap { Data(base64Encoded: $0) }, "no base64"))
    case ["repeated"]:
      let parts = try require(record["repeated"] as? [String: Any], "repeated is no object")
      let times = try require(parts["times"] as? Int, "no times")
      func repeated(_ unit: String) -> [UInt8] { Array(String(repeating: unit, count: times).utf8) }
      value =
        try Array(require(parts["before"] as? String, "no before").utf8)
        + repeated(require(parts["unit"] as? String, "no unit")) + repeated(parts["closing"] as? String ?? "")
        + Array(require(parts["after"] as? String, "no after").utf8)
    case ["tombstone"]: value = nil
    default: throw Malformed(file: file, reason: "not exactly one of value, text, base64, repeated, tombstone")
    }
  }
}
