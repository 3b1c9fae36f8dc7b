/// The rules by which offences become measures.
public enum OffenceTable {
  /// The version of the rules, part of `canonicalText`.
  public static let version = 1

  /// What the table says of a Home Office code. A code that is not well-formed is `unmapped`, too.
  public static func offence(code: Span<UInt8>) -> Offence {
    guard let key = PackedText(code), let groups = rows.codes[key] else { return .unmapped }
    return .code(OffenceGroups(rawValue: groups))
  }

  /// What the table says of a class of a published table.
  public static func offence(class name: Span<UInt8>) -> Offence { rows.classes.offence(name) }

  /// Whether this can be a code, listed or not: at most 16 bytes, and either numbers as the counting rules write them or
  /// the name of a body that reports fraud in bulk.
  ///
  /// A number has up to three digits, may have a point and one or two digits more, and a capital letter (`1`, `4.10`,
  /// `34B`, `105A`); a slash joins what is published as one figure, or a class and its sub-class (`1/4.1/4.10/4.2`,
  /// `8/06`). A body is two or more capitals, and maybe a space and a word (`AF`, `FFA UK`, `UK Finance`).
  ///
  /// As regular expressions: `^[0-9]{1,3}(\.[0-9]{1,2})?[A-Z]?(/[0-9]{1,3}(\.[0-9]{1,2})?[A-Z]?)*$` and
  /// `^[A-Z]{2,}( [A-Z][A-Za-z]*)?$`.
  public static func isWellFormed(code: Span<UInt8>) -> Bool {
    guard (1...16).contains(code.count) else { return false }
    return code[0].isDigit ? code.isNumbers : code.isBody
  }

  /// Whether this can be a class, listed or not: a publisher, a colon and the publisher's own category, at most 64 bytes,
  /// `^[a-z][a-z0-9-]*:[A-Za-z0-9][A-Za-z0-9-]*$`.
  public static func isWellFormed(class name: Span<UInt8>) -> Bool {
    guard (3...64).contains(name.count), name[0].isSmall else { return false }
    var position = 1
    while position < name.count, name[position].isSmall || name[position].isDigit || name[position] == hyphen {
      position += 1
    }
    guard position + 1 < name.count, name[position] == UInt8(ascii: ":") else { return false }
    position += 1
    guard name[position] != hyphen else { return false }
    for index in position..<name.count {
      let byte = name[index]
      guard byte.isSmall || byte.isCapital || byte.isDigit || byte == hyphen else { return false }
    }
    return true
  }

  private static let hyphen = UInt8(ascii: "-")
}

// MARK: - Forms

extension UInt8 {
  fileprivate var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
  fileprivate var isCapital: Bool { self &- UInt8(ascii: "A") < 26 }
  fileprivate var isSmall: Bool { self &- UInt8(ascii: "a") < 26 }
}

extension Span<UInt8> {
  fileprivate var isNumbers: Bool {
    var position = 0
    while true {
      let digits = digitCount(from: position)
      guard (1...3).contains(digits) else { return false }
      position += digits
      if position < count, self[position] == UInt8(ascii: ".") {
        let decimals = digitCount(from: position + 1)
        guard (1...2).contains(decimals) else { return false }
        position += 1 + decimals
      }
      if position < count, self[position].isCapital { position += 1 }
      guard position < count else { return true }
      guard self[position] == UInt8(ascii: "/") else { return false }
      position += 1
    }
  }

  private func digitCount(from start: Int) -> Int {
    var end = start
    while end < count, self[end].isDigit { end += 1 }
    return end - start
  }

  fileprivate var isBody: Bool {
    var position = 0
    while position < count, self[position].isCapital { position += 1 }
    guard position >= 2 else { return false }
    guard position < count else { return true }
    guard self[position] == UInt8(ascii: " "), position + 1 < count, self[position + 1].isCapital else { return false }
    for index in position + 2..<count {
      guard self[index].isCapital || self[index].isSmall else { return false }
    }
    return true
  }
}
