import Foundation
import Testing
import Wire

@testable import PublicData

/// A file that exists as long as the value.
final class TemporaryFile {
  let path: String

  init(_ contents: [UInt8] = []) throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("bellwether-\(UUID().uuidString)").path
    try Data(contents).write(to: URL(fileURLWithPath: path))
  }

  convenience init(_ text: String) throws { try self.init(Array(text.utf8)) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var text: String { get throws { try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8) } }
}

/// Published files, beside the package.
enum RealData {
  static let directory = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("../shared/data").standardized

  static let isThere = FileManager.default.fileExists(atPath: directory.path)

  static func path(_ name: String) -> String { directory.appendingPathComponent(name).path }
}

/// An event as a consumer reads it, unknown members refused.
struct ReadEvent: Decodable, Equatable {
  struct Location: Decodable, Equatable {
    var area: String?
    var lsoa: String?
    var unknown: Bool?
  }
  struct Content: Decodable, Equatable {
    var reference: String
    var revision: Int
    var occurredFrom, occurredTo: String
    var recordedAt: String?
    var imprecise: Bool
    var offenceClass: String
    var location: Location
  }
  var specversion, id, source, type, datacontenttype: String
  var time: String?
  var data: Content
}

/// What an import gave.
struct Imported {
  var records: [OutgoingRecord]
  var summary: ImportSummary

  var events: [ReadEvent] {
    get throws { try records.map { try JSONDecoder().decode(ReadEvent.self, from: Data($0.value ?? [])) } }
  }

  var references: [String] { records.map { String(decoding: $0.key ?? [], as: UTF8.self) } }

  init(_ paths: [String], _ importer: PoliceUKImporter = PoliceUKImporter()) throws {
    var importer = importer
    var records: [OutgoingRecord] = []
    for path in paths { try importer.importFile(at: path) { records.append($0) } }
    self.records = records
    summary = importer.summary
  }

  init(_ text: String, _ importer: PoliceUKImporter = PoliceUKImporter()) throws {
    let file = try TemporaryFile(text)
    try self.init([file.path], importer)
  }
}
