import Hotspots
import Testing

@Suite struct SourceTableTests {
  @Test func sourcesAreNumberedInTheOrderOfTheirAppearance() {
    var table = SourceTable()
    let names = (0..<5_000).map { "/source/\($0 * 7 % 5_000)" } + ["", "/source", "/source/é"]
    for (index, name) in names.enumerated() {
      #expect(find(name, table) == nil)
      #expect(table.index(of: name.utf8.span).value == UInt32(index))
      #expect(table.index(of: name.utf8.span).value == UInt32(index))
    }
    #expect(table.count == names.count)
    for (index, name) in names.enumerated().reversed() {
      #expect(table.index(of: name.utf8.span).value == UInt32(index))
      #expect(find(name, table) == UInt32(index))
      #expect(table.name(of: SourceIndex(UInt32(index))) == name)
    }
    #expect(table.count == names.count)
  }

  private func find(_ name: String, _ table: SourceTable) -> UInt32? { table.find(name.utf8.span)?.value }
}
