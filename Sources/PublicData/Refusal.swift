/// Why a row of a file made no event.
public enum RefusalCode: String, CaseIterable, Hashable, Sendable {
  /// The file has no header, or its header lacks a column or has one twice: all of its rows are refused.
  case badHeader
  case wrongColumnCount, badQuotes, rowTooLong, notText
  case badMonth, badCrimeID, missingForce, missingCategory, badPlace
}

/// The answer to a row that made no event. Nothing of the row is quoted.
public struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
  public var code: RefusalCode
  public var file: String
  /// The row's place in the file as a spreadsheet shows it: the header is 1.
  public var row: Int
  /// What is wrong, in one sentence.
  public var reason: String
  /// What to do about it, in one sentence.
  public var action: String

  public var description: String { "\(file), row \(row): \(reason) \(action)" }
}

/// What became of the rows of one file or several: rows = produced + refused.
public struct ImportSummary: Hashable, Sendable {
  public var files = 0
  /// Headers and blank lines not counted.
  public var rows = 0
  public var produced = 0
  public var refused = 0
  /// Of those produced: under a reference that an earlier row of the file has, with the same content.
  public var repeated = 0
  /// Of those produced: rows that name no place.
  public var withoutPlace = 0
  /// Of those produced: rows without a Crime ID.
  public var withoutID = 0
  /// Rows produced by the month that they name.
  public var months: [LondonMonth: Int] = [:]
  public var refusedByCode: [RefusalCode: Int] = [:]
  /// The first of them, at most `refusalsKept`; of a bad header one for the whole file.
  public var refusals: [Refusal] = []

  public static let refusalsKept = 100

  mutating func keep(_ refusal: Refusal) {
    if refusals.count < Self.refusalsKept { refusals.append(refusal) }
  }
}
