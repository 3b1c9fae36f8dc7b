import Testing
import Wire

@Suite struct JSONDocumentTests {
  private func value(_ text: String) throws(JSONFailure) -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

  @Test func everyKindOfValueIsRead() throws {
    let text = #" {"a":[1,-2.5,"x\u00e9\ud83d\ude00",true,false,null,{}],"b":{"c":[]},"a":9223372036854775807} "#
    let parsed = try value(text)
    #expect(
      parsed
        == .object([
          .init(
            "a", .array([.integer(1), .number(-2.5), .string("xé😀"), .bool(true), .bool(false), .null, .object([])])),
          .init("b", .object([.init("c", .array([]))])), .init("a", .integer(.max)),
        ]))
    #expect(parsed["a"]?[1]?.number == -2.5 && parsed["a"]?[2]?.string == "xé😀" && parsed["b"]?["c"]?.elements == [])
    #expect(parsed["a"]?[7] == nil && parsed["a"]?[-1] == nil && parsed["c"] == nil && parsed["a"]?["c"] == nil)
    #expect(parsed.duplicateName == "a" && parsed["b"]?.duplicateName == nil)
    #expect(parsed["a"]?[3]?.bool == true && parsed["a"]?[0]?.integer == 1 && parsed["a"]?[0]?.number == 1)
    #expect(try value("18446744073709551615") == .number(18_446_744_073_709_551_616))
    #expect(try value(#""\u0000""#) == .string("\u{0}"))
  }

  @Test(
    arguments: [
      "", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "'a'", "01", "+1", "1e999", "nul", "\"\u{1}\"", "\"\\x\"", "1 2",
      "\"\\ud800\"", "// a\n1", "NaN", "\u{FEFF}1", "18446744073709551616", #"{"a" 1}"#,
    ])
  func whatIsNoJSONIsRefused(text: String) {
    let failure = #expect(throws: JSONFailure.self) { _ = try value(text) }
    #expect(failure?.reason.isEmpty == false)
  }

  @Test func aParserIsUsedAgain() throws {
    var document = JSONDocument()
    for (text, count) in [("[1,2,3]", 3), ("{\"a\":1}", 1), ("[]", 0), ("5", 0)] {
      try document.parse(text.utf8.span)
      let found = document.root.map { document.count(of: $0) }
      #expect(found == count)
    }
    do {
      try document.parse("[".utf8.span)
      Issue.record("parsed")
    } catch {}
    let isEmpty = document.root == nil
    #expect(isEmpty)
    try document.parse("\"again\"".utf8.span)
    let again = document.root.flatMap { document.text(of: $0) }
    #expect(again == "again")
  }

  @Test func theDeepestDocumentIsATree() throws {
    let depth = 1_024
    var parsed = try value(String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
    var levels = 1
    while let inner = parsed[0] {
      parsed = inner
      levels += 1
    }
    #expect(levels == depth)
    #expect(throws: JSONFailure.self) {
      _ = try value(String(repeating: "[", count: depth + 1) + String(repeating: "]", count: depth + 1))
    }
  }
}
