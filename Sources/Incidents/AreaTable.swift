/// What the code of a local authority stands for.
public enum AreaLookup: Hashable, Sendable, BitwiseCopyable {
  /// One of the 183 areas, under its code of today.
  case current(AreaIndex)
  /// An authority that was renumbered or merged into one of the areas.
  case former(successor: AreaIndex)
  /// A local authority of the United Kingdom, present or past, that is none of the areas.
  case outOfScope
  /// No local authority ever had this code.
  case never
}

/// The areas that events are counted in: the local authorities of the police forces with a violence reduction unit, by
/// their codes of today, and every other code that a local authority ever had.
public enum AreaTable {
  /// How many areas there are.
  public static let count = 183

  /// The area's code in the register of the Office for National Statistics.
  public static func code(_ area: AreaIndex) -> String { rows.areas[Int(area.value)].code }

  public static func name(_ area: AreaIndex) -> String { rows.areas[Int(area.value)].name }

  /// The police force whose area this one lies in.
  public static func force(_ area: AreaIndex) -> Force { rows.areas[Int(area.value)].force }

  /// What a code stands for. The code is taken as it is: no white space is cut, no case folded.
  public static func lookup(_ code: Span<UInt8>) -> AreaLookup {
    guard let place = place(of: code) else { return .never }
    switch rows.meanings[place] {
    case Meaning.never: return .never
    case Meaning.outOfScope: return .outOfScope
    case let meaning where meaning >= Meaning.former:
      return .former(successor: AreaIndex(UInt8(truncatingIfNeeded: meaning - Meaning.former)))
    case let meaning: return .current(AreaIndex(UInt8(truncatingIfNeeded: meaning)))
    }
  }

  /// What a code stands for.
  public static func lookup(_ code: String) -> AreaLookup { lookup(code.utf8.span) }
}

// MARK: - The table, read once

extension AreaTable {
  struct Area: Sendable {
    var code: String
    var name: String
    var force: Force
  }

  /// The two bytes of a meaning: an area's index, or `former` more than its successor's, or one of these.
  private enum Meaning {
    static let former: UInt16 = 0x100
    static let outOfScope: UInt16 = 0xFFFE
    static let never: UInt16 = 0xFFFF
  }

  struct Rows: Sendable {
    var forces: [(code: String, name: String)] = []
    var areas: [Area] = []
    /// By `place(of:)`.
    var meanings = [UInt16](repeating: Meaning.never, count: kinds * codesPerKind)
  }

  static let rows = Rows(canonicalText)

  /// The kinds of local authority, by the first three bytes of their codes.
  private static let kinds = 7
  private static let codesPerKind = 256

  /// Codes are one of seven prefixes and a six-digit number, which never came to 256 in any of them: so a code is a
  /// place in a table of 7 × 256, and nothing has to be searched.
  private static func place(of code: Span<UInt8>) -> Int? {
    guard code.count == 9 else { return nil }
    let prefix = UInt32(code[0]) << 16 | UInt32(code[1]) << 8 | UInt32(code[2])
    let kind: Int
    switch prefix {
    case 0x45_30_36: kind = 0  // E06, unitary
    case 0x45_30_37: kind = 1  // E07, non-metropolitan district
    case 0x45_30_38: kind = 2  // E08, metropolitan district
    case 0x45_30_39: kind = 3  // E09, London borough
    case 0x57_30_36: kind = 4  // W06, Welsh unitary
    case 0x53_31_32: kind = 5  // S12, Scottish council
    case 0x4E_30_39: kind = 6  // N09, Northern Irish district
    default: return nil
    }
    var number = 0
    for index in 3..<9 {
      let digit = code[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      number = number * 10 + Int(digit)
    }
    return number < codesPerKind ? kind * codesPerKind + number : nil
  }
}

extension AreaTable.Rows {
  /// Reads the table's text. That text is part of the program: a fault in it is ours.
  fileprivate init(_ text: String) {
    var forceByCode: [Substring: Force] = [:]
    var areaByCode: [Substring: UInt16] = [:]
    for line in text.split(separator: "\n") {
      let columns = line.split(separator: " ", maxSplits: 3)
      switch columns[0] {
      case "force":
        let force = Force(UInt8(forces.count))
        forceByCode[columns[1]] = force
        forces.append((String(columns[1]), columns[2...].joined(separator: " ")))
      case "area":
        guard let force = forceByCode[columns[2]] else { preconditionFailure("an area of an unlisted force") }
        areaByCode[columns[1]] = UInt16(areas.count)
        set(columns[1], UInt16(areas.count))
        areas.append(AreaTable.Area(code: String(columns[1]), name: String(columns[3]), force: force))
      case "former":
        guard let successor = areaByCode[columns[2]] else { preconditionFailure("a successor that is no area") }
        set(columns[1], AreaTable.Meaning.former + successor)
      case "other":
        for code in line.split(separator: " ").dropFirst() { set(code, AreaTable.Meaning.outOfScope) }
      default: preconditionFailure("a row of no kind")
      }
    }
    precondition(areas.count == AreaTable.count && forces.count == Force.count)
  }

  private mutating func set(_ code: Substring, _ meaning: UInt16) {
    let code = Array(code.utf8)
    guard let place = AreaTable.place(of: code.span), meanings[place] == AreaTable.Meaning.never else {
      preconditionFailure("a code that is malformed or listed twice")
    }
    meanings[place] = meaning
  }
}
