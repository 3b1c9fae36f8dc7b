import Foundation

/// The published tables that the program's own are checked against.
enum SharedTables {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/data")

  /// The files of a folder.
  static func files(_ path: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: root.appending(path: path), includingPropertiesForKeys: nil)
  }

  /// The rows of a CSV file, each by the names of the first.
  static func rows(_ path: String) throws -> [[String: String]] {
    let text = String(decoding: try Data(contentsOf: root.appending(path: path)), as: UTF8.self)
    var lines = text.split(whereSeparator: \.isNewline).map(fields)[...]
    let names = lines.removeFirst().map { $0.trimmingPrefix("\u{FEFF}") }
    return lines.map { fields in
      Dictionary(zip(names.map { String($0) }, fields), uniquingKeysWith: { first, _ in first })
    }
  }

  private static func fields(_ line: Substring) -> [String] {
    var fields = [""]
    var isQuoted = false
    for character in line {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: fields.append("")
      default: fields[fields.count - 1].append(character)
      }
    }
    return fields
  }
}
