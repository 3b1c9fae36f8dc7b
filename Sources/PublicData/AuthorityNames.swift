/// Which local authority a published name means.
enum AuthorityNames {
  /// The ONS code of the authority of that name in England or Wales; of a name that several codes had, today's. Spelling
  /// may differ as it does between publishers: letter case, punctuation, "&" for "and", a leading "The", a trailing ",
  /// City of" or ", County of".
  static func code(of name: some StringProtocol) -> String? { codes[key(of: name)] }

  /// The authority that the name of an LSOA begins with: `Camden 024A` → `Camden`. Nil when it does not end in three
  /// digits and a letter.
  static func authority(ofLSOAName name: String) -> Substring? {
    guard let space = name.lastIndex(of: " "), space != name.startIndex else { return nil }
    let number = name[name.index(after: space)...].utf8
    guard number.count == 4, number.prefix(3).allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
      number.last.map({ UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 }) == true
    else { return nil }
    return name[..<space]
  }

  private static let codes: [String: String] = {
    var codes: [String: String] = [:]
    // Today's come first, and the first of a name stays.
    for row in rows.split(separator: "\n") {
      let code = String(row.prefix(9))
      let key = key(of: row.dropFirst(10))
      if codes[key] == nil { codes[key] = code }
    }
    for (former, name) in renamed { codes[key(of: former)] = codes[key(of: name)] }
    return codes
  }()

  /// Authorities that changed their name and kept their code (the Shepway (Change of Name) order of 2018), and the older
  /// spelling of one.
  private static let renamed = [("Shepway", "Folkestone and Hythe"), ("Rhondda Cynon Taff", "Rhondda Cynon Taf")]

  /// The letters and digits of a name with what varies taken away.
  private static func key(of name: some StringProtocol) -> String {
    var words =
      name.lowercased().replacing("&", with: " and ")
      .replacing("'", with: "").replacing("’", with: "").replacing(".", with: "")
      .split { !$0.isLetter && !$0.isNumber }
    if words.first == "the" { words.removeFirst() }
    if words.count > 2, words.last == "of", ["city", "county"].contains(words[words.count - 2]) {
      words.removeLast(2)
    }
    return words.joined(separator: " ")
  }
}
