/// A table of aligned columns, for people.
public struct TextTable: Sendable {
  public enum Alignment: Sendable {
    case left, right
  }

  private let alignments: [Alignment]
  private var rows: [[String]]

  /// Columns by heading and alignment.
  public init(_ columns: [(heading: String, alignment: Alignment)]) {
    alignments = columns.map(\.alignment)
    rows = [columns.map(\.heading)]
  }

  /// Missing cells are empty; cells beyond the columns are not shown.
  public mutating func append(_ cells: [String]) {
    rows.append(alignments.indices.map { $0 < cells.count ? cells[$0] : "" })
  }

  /// The lines, headings first, two spaces between columns and none at a line's end; each ends with a line end.
  public func render() -> String {
    let widths = alignments.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = alignments.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return alignments[column] == .left ? row[column] + padding : padding + row[column]
      }
      let line = cells.joined(separator: "  ")
      return line[..<(line.lastIndex { $0 != " " }.map { line.index(after: $0) } ?? line.startIndex)] + "\n"
    }.joined()
  }
}

extension BinaryInteger {
  /// The number with a comma between thousands: 31,635.
  public var grouped: String {
    let digits = String(magnitude)
    let parts = stride(from: digits.count, to: 0, by: -3).map { end in
      digits.dropFirst(max(end - 3, 0)).prefix(min(end, 3))
    }
    return (self < 0 ? "-" : "") + parts.reversed().joined(separator: ",")
  }
}
