import Foundation
import Incidents
import Testing

@Suite struct LSOATableTests {
  private func area(_ code: String) -> String? {
    LSOATable.area(of: code.utf8.span).map(AreaTable.code)
  }

  @Test(
    arguments: [
      ("E01000001", "E09000001"), ("E01000005", "E09000001"), ("E01032740", "E09000001"), ("E01000006", "E09000002"),
      ("E01003013", "E09000022"), ("E01035722", "E09000033"),
    ])
  func outputAreasOfLondonArePlaced(code: String, authority: String) { #expect(area(code) == authority) }

  /// Codes that were given up, that lie elsewhere, and that are none.
  @Test(
    arguments: [
      "E01000004", "E01000000", "E01004766", "E01011229", "E01035723", "E01999999", "W01000001", "E02000001",
      "E0100001", "E010000011", "E0100000A", "e01000001", " E01000001", "",
    ])
  func othersAreNot(code: String) { #expect(area(code) == nil) }

  @Test func formsAreChecked() {
    func isWellFormed(_ code: String) -> Bool { LSOATable.isWellFormed(code.utf8.span) }
    for code in ["E01999999", "W01000001", "E01000001"] { #expect(isWellFormed(code)) }
    for code in ["E02000001", "S01000001", "E0100000A", "E0100001", "95AA01S1", ""] { #expect(!isWellFormed(code)) }
  }

  /// The boundaries themselves say the same.
  @Test func theTableIsWhatTheBoundariesSay() throws {
    var placed = 0
    for file in try SharedTables.files("boundaries/lsoa_london") {
      let authority = file.deletingPathExtension().lastPathComponent
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /"LSOA21CD": "(E01[0-9]{6})"/) {
        #expect(area(String(match.1)) == authority)
        placed += 1
      }
    }
    let listed = (100_000...199_999).count { LSOATable.area(of: "E010\(String($0).dropFirst())".utf8.span) != nil }
    #expect(placed == 4_994 && listed == placed)
  }
}
