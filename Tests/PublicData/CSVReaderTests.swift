import Testing

@testable import PublicData

/// All rows of a file with their places; of a row that is malformed why.
private func rows(_ bytes: [UInt8], chunk: Int) throws -> [String] {
  let file = try TemporaryFile(bytes)
  var reader = try CSVReader.open(file.path, chunk: chunk)
  var rows: [String] = []
  while let outcome = try reader.next() {
    switch outcome {
    case .row:
      let fields = (0..<reader.fieldCount).map { String(decoding: reader.field($0) ?? [], as: UTF8.self) }
      rows.append("\(reader.rowNumber): " + fields.map { "<\($0)>" }.joined())
    case .malformed(let why): rows.append("\(reader.rowNumber): \(why)")
    }
  }
  #expect(reader.field(-1) == nil && reader.field(reader.fieldCount) == nil)
  return rows
}

private func rows(_ text: String, chunk: Int) throws -> [String] { try rows(Array(text.utf8), chunk: chunk) }

@Suite struct CSVReaderTests {
  /// Chunks of one byte put a chunk's end at every place.
  @Test(
    arguments: [
      ("a,b\nc,d\n", ["1: <a><b>", "2: <c><d>"]),
      ("a,b\r\nc,d\r\n", ["1: <a><b>", "2: <c><d>"]),
      ("a,b\rc,d\r", ["1: <a><b>", "2: <c><d>"]),
      ("a,b\rc,d\ne\r\nf", ["1: <a><b>", "2: <c><d>", "3: <e>", "4: <f>"]),
      ("a,b\nc,d", ["1: <a><b>", "2: <c><d>"]),
      ("\u{FEFF}a,b\n", ["1: <a><b>"]),
      ("\u{FEFF}", []), ("", []), ("\n", []), ("\r\n", []), ("\r", []),
      ("a\n\n\r\n\nb\n", ["1: <a>", "5: <b>"]),
      (",\n,,", ["1: <><>", "2: <><><>"]),
      ("\"a,b\",c\n", ["1: <a,b><c>"]),
      ("\"a\"\"b\",\"\"\n", ["1: <a\"b><>"]),
      ("\"\"\"\"\n", ["1: <\">"]),
      ("\"a\nb\r\nc\",d\ne\n", ["1: <a\nb\r\nc><d>", "2: <e>"]),
      ("a,\"b\"", ["1: <a><b>"]),
      ("a,\"b\"\r\n\"c\"\r\"d\"", ["1: <a><b>", "2: <c>", "3: <d>"]),
      ("a\"b,c\"\n", ["1: <a\"b><c\">"]),
      ("\"a\"b,c\nd\n", ["1: textAfterQuote", "2: <d>"]),
      ("a,\"b\nc,d\ne\n", ["1: unclosedQuote", "2: <c><d>", "3: <e>"]),
      ("a\n\"", ["1: <a>", "2: unclosedQuote"]),
    ] as [(String, [String])], [1, 2, 3, 65_536])
  func rowsAreTold(example: (text: String, rows: [String]), chunk: Int) throws {
    #expect(try rows(example.text, chunk: chunk) == example.rows)
  }

  @Test(arguments: [1000, 65_536])
  func aRowTooLongCostsItselfOnly(chunk: Int) throws {
    let longest = String(repeating: "x", count: CSVReader.longestRow - 1)
    #expect(try rows("\(longest)\nb\n", chunk: chunk) == ["1: <\(longest)>", "2: <b>"])
    #expect(try rows("\(longest)xx\nb\n", chunk: chunk) == ["1: tooLong", "2: <b>"])
    let huge = String(repeating: "x", count: 300_000)
    #expect(try rows("a\r\n\(huge),\(huge)\r\nb\r\n", chunk: chunk) == ["1: <a>", "2: tooLong", "3: <b>"])
    #expect(try rows("a\n\(huge)", chunk: chunk) == ["1: <a>", "2: tooLong"])
  }

  @Test(arguments: [1000, 65_536])
  func aQuoteNeverClosedSwallowsNothing(chunk: Int) throws {
    let tail = (0..<5000).map { "row,\($0)\n" }.joined()
    let found = try rows("a,b\n\"c,d\n" + tail, chunk: chunk)
    #expect(found.count == 5002)
    #expect(found[1] == "2: unclosedQuote")
    #expect(found[2] == "3: <row><0>")
    #expect(found.last == "5002: <row><4999>")
  }

  @Test func brokenUTF8IsTheFieldsAffair() throws {
    let file = try TemporaryFile([0x61, 0x2C, 0xC3, 0x28, 0x0A])
    var reader = try CSVReader.open(file.path)
    #expect(try reader.next() == .row)
    #expect(reader.field(1) == [0xC3, 0x28])
  }

  @Test func aMissingFileIsNamed() throws {
    do throws(PublicDataError) {
      _ = try CSVReader.open("/nowhere/at-all.csv")
      Issue.record("opened")
    } catch {
      #expect(error.code == .cannotOpen)
      #expect(error.description == "cannot open /nowhere/at-all.csv: No such file or directory")
    }
    #expect(throws: PublicDataError.self) { _ = try CSVReader.open("/") }
  }
}
