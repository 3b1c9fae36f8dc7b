import Testing

@testable import Arguments

private let table = CommandTable<Arguments.Action>.bellwether

private func answer(_ line: String, columns: Int = 100) throws -> String {
  let surroundings = Surroundings(environment: [:], hostName: "host")
  let request = try table.parse(line.split(separator: " ").map(String.init), in: surroundings, columns: columns)
  guard case .answer(let text) = request else { throw UsageError("no answer: \(line)") }
  return text
}

@Suite struct HelpTests {
  @Test func ofTheProgramNamesEveryCommandAndCommonOption() throws {
    let text = try answer("--help", columns: 200)
    for place in table.places where place.command.subcommands.isEmpty {
      #expect(text.contains("  " + place.path.joined(separator: " ")))
      #expect(text.contains(place.command.summary))
    }
    for option in table.commonOptions { #expect(text.contains("  " + option.spelling)) }
    for code in ExitCode.allCases { #expect(text.contains("  \(code.rawValue)  \(code.meaning)")) }
    #expect(text.contains("BELLWETHER_BOOTSTRAP_SERVERS"))
  }

  @Test(arguments: [
    ("help", "--help"), ("help", "-h"), ("help run", "run --help"), ("help run", "run -h"),
    ("help topics", "topics --help"), ("help topics apply", "topics apply --help"),
    ("help import police-uk", "import police-uk --help"), ("help run", "run --json --help extra"),
  ])
  func bothSpellingsSayTheSame(a: String, b: String) throws {
    #expect(try answer(a) == answer(b))
  }

  @Test func ofACommandNamesItsOptions() throws {
    let text = try answer("help run")
    #expect(text.hasPrefix("Run the service\n\nUsage: bellwether run [OPTION…]\n"))
    for option in table.options(of: table.commands[0]) { #expect(text.contains("  " + option.spelling)) }
    #expect(!text.contains("--to "))
    #expect(text.contains("(default: ingest,fold,serve)"))
    #expect(try answer("help import police-uk").contains("Usage: bellwether import police-uk FILE… [OPTION…]"))
  }

  @Test(arguments: [40, 80, 120])
  func noLineIsWiderThanTheTerminal(columns: Int) throws {
    for place in [""] + table.places.map({ $0.path.joined(separator: " ") }) {
      let widest = try answer("help \(place)", columns: columns).split(separator: "\n").map(\.count).max() ?? 0
      // The left column and one word are never broken.
      #expect(widest <= max(columns, 80), "\(place)")
    }
  }

  @Test func wrapping() {
    #expect(CommandTable<Action>.wrap("aa bb cc", indent: 0, columns: 20) == "aa bb cc")
    #expect(
      CommandTable<Action>.wrap("aaaaaaaaaaaaa bbbbbb ccccc", indent: 2, columns: 22)
        == "aaaaaaaaaaaaa bbbbbb\n  ccccc")
  }
}

@Suite struct TableTests {
  /// The parser looks options up by name over the whole table: a name means one thing.
  @Test func namesAreUnique() {
    let places = table.places.map { $0.path.joined(separator: " ") }
    #expect(Set(places).count == places.count)
    var byName: [String: OptionDeclaration] = [:]
    for place in table.places {
      for option in table.options(of: place.command) {
        #expect(!option.name.isEmpty && !option.summary.isEmpty)
        if let other = byName[option.name] {
          #expect(other.summary == option.summary && other.valueName == option.valueName)
        }
        byName[option.name] = option
      }
    }
  }

  @Test func exitCodesAreTheInterface() {
    #expect(ExitCode.allCases.map(\.rawValue) == [0, 1, 2, 3, 4])
  }

  @Test func variablesAreNamedAfterOptions() {
    #expect(Options.bootstrapServers.declaration.environmentVariable == "BELLWETHER_BOOTSTRAP_SERVERS")
    #expect(Options.stateDirectory.declaration.environmentVariable == "BELLWETHER_STATE_DIR")
    #expect(Options.properties.declaration.environmentVariable == "BELLWETHER_X")
  }

  @Test func thisMachineHasAName() {
    #expect(!Surroundings.current(environment: [:]).hostName.isEmpty)
  }
}
