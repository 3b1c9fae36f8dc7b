extension OffenceTable {
  /// The table, read once.
  struct Rows: Sendable {
    var codes = PackedTable()
    var classes = ClassTable()
  }

  static let rows = Rows(canonicalText)
}

extension OffenceTable.Rows {
  /// Reads the table's text. That text is part of the program: a fault in it is ours.
  init(_ text: String) {
    for line in text.split(separator: "\n") {
      let columns = line.split(separator: " ", maxSplits: 2)
      switch columns[0] {
      case "version": precondition(columns[1] == "\(OffenceTable.version)")
      case "code":
        let groups = columns[1].split(separator: ",").reduce(into: OffenceGroups()) { $0.formUnion(Self.group($1)) }
        let code = Array(columns[2].utf8)
        precondition(OffenceTable.isWellFormed(code: code.span))
        guard let key = PackedText(code.span) else { preconditionFailure("a code that is too long") }
        codes.insert(key, groups.rawValue)
      case "class":
        let name = Array(columns[2].utf8)
        precondition(OffenceTable.isWellFormed(class: name.span))
        classes.insert(name, Self.measures(columns[1]))
      default: preconditionFailure("a row of no kind")
      }
    }
  }

  private static func group(_ name: Substring) -> OffenceGroups {
    switch name {
    case "none": []
    case "flaggable": .flaggable
    case "homicide": .homicide
    case "robbery": .robbery
    case "violence": .violence
    case "possession": .possession
    default: preconditionFailure("a group of no name")
    }
  }

  private static func measures(_ name: Substring) -> MeasureSet {
    if name == "none" { return [] }
    guard let measure = Measure.allCases.first(where: { $0.name == name }) else {
      preconditionFailure("a measure of no name")
    }
    return MeasureSet(measure)
  }
}

/// A text of 1 to 16 bytes without zeros, as a number.
struct PackedText: Hashable, Sendable, BitwiseCopyable {
  let value: UInt128

  /// Nil when the text is empty or longer or has a zero in it.
  init?(_ text: Span<UInt8>) {
    guard (1...16).contains(text.count) else { return nil }
    var high: UInt64 = 0
    var low: UInt64 = 0
    for index in text.indices {
      guard text[index] != 0 else { return nil }
      high = high << 8 | low >> 56
      low = low << 8 | UInt64(text[index])
    }
    value = UInt128(high) << 64 | UInt128(low)
  }

  /// Spreads over `1 << bits` places.
  func place(bits: UInt64) -> Int {
    let folded = UInt64(truncatingIfNeeded: value) ^ UInt64(truncatingIfNeeded: value >> 64) &* 0xBF58_476D_1CE4_E5B9
    return Int(truncatingIfNeeded: (folded &* 0x9E37_79B9_7F4A_7C15) >> (64 - bits))
  }
}

/// A few short texts and a byte for each, at most a quarter full, so that a look-up is one probe as a rule.
struct PackedTable: Sendable {
  private static let bits: UInt64 = 10

  private var keys = [UInt128](repeating: 0, count: 1 << bits)
  private var values = [UInt8](repeating: 0, count: 1 << bits)
  private var count = 0

  subscript(key: PackedText) -> UInt8? {
    var place = key.place(bits: Self.bits)
    while keys[place] != 0 {
      if keys[place] == key.value { return values[place] }
      place = (place + 1) & (keys.count - 1)
    }
    return nil
  }

  mutating func insert(_ key: PackedText, _ value: UInt8) {
    precondition(self[key] == nil && count < keys.count / 4)
    var place = key.place(bits: Self.bits)
    while keys[place] != 0 { place = (place + 1) & (keys.count - 1) }
    keys[place] = key.value
    values[place] = value
    count += 1
  }
}

/// The classes by length: hardly two are equally long.
struct ClassTable: Sendable {
  private struct Row: Sendable, BitwiseCopyable {
    var start: Int
    var length: Int
    var measures: MeasureSet
  }

  /// The names, one behind the other.
  private var names: [UInt8] = []
  /// Ascending by length.
  private var rows: [Row] = []
  /// For each length the place of its first row, and one place more.
  private var firstRow = [Int](repeating: 0, count: 66)

  func offence(_ name: Span<UInt8>) -> Offence {
    guard name.count <= 64 else { return .unmapped }
    for place in firstRow[name.count]..<firstRow[name.count + 1] where isEqual(rows[place], name) {
      return .category(rows[place].measures)
    }
    return .unmapped
  }

  /// From the end: the classes of one publisher begin alike.
  private func isEqual(_ row: Row, _ name: Span<UInt8>) -> Bool {
    var index = name.count - 1
    while index >= 0 {
      guard names[row.start + index] == name[index] else { return false }
      index -= 1
    }
    return true
  }

  mutating func insert(_ name: [UInt8], _ measures: MeasureSet) {
    precondition(offence(name.span) == .unmapped)
    let row = Row(start: names.count, length: name.count, measures: measures)
    rows.insert(row, at: firstRow[name.count + 1])
    for length in name.count + 1..<firstRow.count { firstRow[length] += 1 }
    names += name
  }
}
