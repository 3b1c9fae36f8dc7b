/// Which authority a lower-layer super output area lies in: what is known of London, as it stood in December 2021.
public enum LSOATable {
  /// The area of the authority that the output area of this code lies in; nil where the table does not place it, or the
  /// code is none. The code is taken as it is: no white space is cut, no case folded.
  public static func area(of code: Span<UInt8>) -> AreaIndex? {
    guard isWellFormed(code), code[0] == UInt8(ascii: "E"), let number = code.decimal(at: 3, digits: 6),
      number < areas.count
    else { return nil }
    let area = areas[number]
    return area == none ? nil : AreaIndex(area)
  }

  /// Whether this has the form of an output area's code, English or Welsh.
  public static func isWellFormed(_ code: Span<UInt8>) -> Bool {
    guard code.count == 9, code[0] == UInt8(ascii: "E") || code[0] == UInt8(ascii: "W"), code[1] == UInt8(ascii: "0"),
      code[2] == UInt8(ascii: "1")
    else { return false }
    return code.decimal(at: 3, digits: 6) != nil
  }

  private static let none = UInt8.max

  /// For each number behind `E01` the area that it lies in, or `none`: 36 kB, so that nothing has to be searched.
  private static let areas: [UInt8] = {
    var areas: [UInt8] = []
    for line in text.description.split(separator: "\n") {
      let columns = line.split(separator: " ")
      guard case .current(let area) = AreaTable.lookup(String(columns[0])) else {
        preconditionFailure("an authority that is no area")
      }
      for run in columns.dropFirst() {
        let ends = run.split(separator: "-").compactMap { Int($0) }
        guard let first = ends.first, let last = ends.last, first <= last else { preconditionFailure("no run") }
        if areas.count <= last { areas += [UInt8](repeating: none, count: last + 1 - areas.count) }
        for number in first...last {
          precondition(areas[number] == none, "an output area that is listed twice")
          areas[number] = area.value
        }
      }
    }
    return areas
  }()
}
