import Foundation
import Incidents
import Testing

@testable import Hotspots

/// The knife crimes of 32 boroughs, month by month, and what R's `surveillance` and the CDC's formula say of them.
struct EarsReference {
  /// R takes the deviation as it is.
  static let minSigmaOfR = 0.0

  /// For each area and month the counts of the area, and the month's place among them.
  private let series: [String: (Int, [Int32])]

  init() throws {
    let rows = try Self.rows("knife_borough_month_matrix.csv")
    var series: [String: (Int, [Int32])] = [:]
    for area in try #require(rows.first).keys where !area.isEmpty {
      let counts = rows.compactMap { $0[area].flatMap(Int32.init) }
      for (place, row) in rows.enumerated() { series[area + (row[""] ?? "")] = (place, counts) }
    }
    self.series = series
  }

  /// The counts that a row judges: its month and those before.
  func counts(_ row: [String: String]) throws -> RecentCounts {
    let (last, counts) = try #require(series[(row["area"] ?? "") + (row["month"] ?? "")])
    var recent = RecentCounts(repeating: 0)
    for back in 0...min(11, last) { recent[back] = counts[last - back] }
    return recent
  }

  /// What a detector says of a row, by R's deviation.
  func judge(_ row: [String: String], by detector: Detector) throws -> DayJudgement {
    var parameters = detector.parameters.map(\.standard)
    parameters[Ears.minSigma] = Self.minSigmaOfR
    return detector.judge(try counts(row), parameters)
  }

  /// The rows of a file of reference numbers, by the names of its columns.
  static func rows(_ name: String) throws -> [[String: String]] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = root.appending(path: "../shared/data/reference/\(name)")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: ["\""]) }
    }
    let header = try #require(lines.first)
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
  }
}
