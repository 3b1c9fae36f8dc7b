import Foundation
import Wire

/// A record that a topic's folder `examples` shows.
public struct ExampleRecord: Hashable, Sendable {
  /// The file's name without its suffix.
  public var name: String
  public var key: [UInt8]?
  public var headers: [RecordHeader]
  public var value: [UInt8]

  /// The records of a folder in the order of their names.
  public static func load(directory: String) throws -> [ExampleRecord] {
    let files = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".json") }.sorted()
    return try files.map { file in
      let contents = try Data(contentsOf: URL(filePath: "\(directory)/\(file)"))
      guard let whole = try JSONSerialization.jsonObject(with: contents) as? [String: Any], let value = whole["value"],
        let headers = whole["headers"] as? [String: String]
      else { throw PoisonRecord.Malformed(file: file, reason: "no value, or no headers") }
      return ExampleRecord(
        name: String(file.dropLast(5)), key: (whole["key"] as? String).map { Array($0.utf8) },
        headers: headers.sorted { $0.key < $1.key }.map { RecordHeader($0.key, $0.value) },
        value: Array(
          try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes])))
    }
  }
}
