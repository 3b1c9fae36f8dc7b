import Testing

@testable import PublicData

@Suite struct EventLinesTests {
  /// The lines of a text as read in pieces of each size, with their numbers; the places behind them lead back to what
  /// follows.
  private func read(_ bytes: [UInt8], longest: Int = 100, chunk: Int) throws -> [String] {
    let file = try TemporaryFile(bytes)
    var lines = try EventLines.open(file.path, longest: longest, chunk: chunk)
    var line: [UInt8] = []
    var found: [String] = []
    var places: [(offset: Int64, number: Int64)] = []
    while try lines.next(into: &line) {
      found.append("\(lines.number):\(String(decoding: line, as: UTF8.self))")
      places.append((lines.offset, lines.number))
    }
    for (index, place) in places.enumerated() {
      var again = try EventLines.open(file.path, longest: longest, chunk: chunk)
      try again.skip(toOffset: place.offset, number: place.number)
      var rest: [String] = []
      while try again.next(into: &line) { rest.append("\(again.number):\(String(decoding: line, as: UTF8.self))") }
      #expect(rest == Array(found[(index + 1)...]))
    }
    return found
  }

  @Test(arguments: [1, 2, 3, 5, 65_536]) func linesEndAsTheyMay(chunk: Int) throws {
    #expect(try read(Array("{a}\n{b}\r\n\n \t\r\n{c}".utf8), chunk: chunk) == ["1:{a}", "2:{b}", "5:{c}"])
    #expect(try read(Array("{a}\r\n".utf8), chunk: chunk) == ["1:{a}"])
    #expect(try read([0xEF, 0xBB, 0xBF] + Array("{a}\n{b}\n".utf8), chunk: chunk) == ["1:{a}", "2:{b}"])
    // A CR within a line is white space of JSON, and a mark that is not the file's first is no mark.
    #expect(try read(Array("{a\r}\n\u{FEFF}{b}".utf8), chunk: chunk) == ["1:{a\r}", "2:\u{FEFF}{b}"])
    for nothing in ["", "\n", "\r\n\r\n", "\u{FEFF}", " "] {
      #expect(try read(Array(nothing.utf8), chunk: chunk).isEmpty)
    }
  }

  @Test(arguments: [1, 7, 65_536]) func whatIsTooLongIsCutOffAndSeenToBe(chunk: Int) throws {
    let fit = String(repeating: "x", count: 10)
    let found = try read(
      Array("\(fit)\r\n\(fit)y\n\(fit)y\r\n\(fit)\(fit)\(fit)\n\(fit)".utf8), longest: 10, chunk: chunk)
    #expect(found.map(\.count) == [12, 13, 14, 14, 12])
    #expect(found[0] == "1:\(fit)" && found[1] == "2:\(fit)y" && found[4] == "5:\(fit)")
  }

  @Test func piecesAreTheSameHoweverTheyAreServed() throws {
    let file = try TemporaryFile(Array(0..<200))
    var pieces: [[UInt8]] = []
    try EventLines.pieces(of: file.path, of: 64) { pieces.append(copy $0) }
    #expect(pieces.map(\.count) == [64, 64, 64, 8])
    #expect(pieces.flatMap { $0 } == Array(0..<200))
  }

  @Test func aMissingFileIsSaid() {
    #expect(throws: PublicDataError.self) { _ = try EventLines.open("/nowhere/events", longest: 1) }
  }
}
