extension CommandTable {
  /// Reads a command line, the program's name not among the arguments. Options may stand anywhere; `--` ends them. A
  /// value is the next argument or follows `=`; after a short option it may also follow at once. `columns` is the width
  /// that help is wrapped to.
  public func parse(
    _ arguments: [String], in surroundings: Surroundings, columns: Int = 100
  ) throws(UsageError) -> Request<Action> {
    let line = try scan(arguments)
    if line.asksHelp { return .answer(try help(on: line.words, columns: columns)) }
    let (place, rest) = try find(line.words)
    guard let place else {
      throw UsageError("no command was given", advice: "\(program) --help lists the commands")
    }
    switch place.command.content {
    case .help:
      return .answer(try help(on: rest, columns: columns))
    case .completions:
      return .answer(try completions(for: rest))
    case .group(let commands):
      let names = commands.map(\.name)
      throw UsageError("\(written(place.path)) needs one of: \(names.joined(separator: ", "))")
    case .action(let action, _, let operands):
      try check(rest, are: operands, at: place)
      let values = try evaluate(line.given, at: place, in: surroundings)
      return .perform(Invocation(action: action, operands: rest, values: values, surroundings: surroundings))
    }
  }

  /// Arguments sorted into words and options, nothing looked up but whether an option takes a value.
  private struct ScannedLine {
    var words: [String] = []
    /// In the order given; nil for a flag.
    var given: [(option: OptionDeclaration, value: String?)] = []
    var asksHelp = false
  }

  private func scan(_ arguments: [String]) throws(UsageError) -> ScannedLine {
    var line = ScannedLine()
    let known = Dictionary(uniqueKeysWithValues: allOptions.map { ($0.name, $0) })
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      guard argument.hasPrefix("-"), argument != "-" else {
        line.words.append(argument)
        continue
      }
      if argument == "--" {
        line.words += rest
        break
      }
      if argument == "--help" || argument == "-h" {
        line.asksHelp = true
        return line
      }
      let (name, attached) = Self.split(argument)
      guard let option = known[name] else {
        // Whether it takes a value is unknown, so what follows cannot be told apart any more. A command before it that
        // is not known either is the better thing to complain about.
        throw complaint(aboutOption: argument, at: try find(line.words).place)
      }
      guard option.takesValue else {
        if attached != nil { throw UsageError("\(option.spelling) takes no value") }
        line.given.append((option, nil))
        continue
      }
      if let attached {
        line.given.append((option, attached))
      } else if let next = rest.first, !next.hasPrefix("-") || next == "-" {
        line.given.append((option, next))
        rest.removeFirst()
      } else {
        throw UsageError(
          "\(option.spelling) needs a value (\(option.valueName ?? "VALUE"))",
          advice: rest.isEmpty || option.name.count == 1
            ? "" : "a value that begins with a dash is written \(option.spelling)=VALUE")
      }
    }
    return line
  }

  /// `--name=value` and `-Xvalue` (`-X=value` is the value `=value`, which no option takes) into name and value.
  private static func split(_ argument: String) -> (name: String, value: String?) {
    if argument.hasPrefix("--") {
      let body = argument.dropFirst(2)
      guard let equals = body.firstIndex(of: "=") else { return (String(body), nil) }
      return (String(body[..<equals]), String(body[body.index(after: equals)...]))
    }
    let body = argument.dropFirst()
    return (String(body.prefix(1)), body.count > 1 ? String(body.dropFirst()) : nil)
  }

  /// The deepest command or group that the words name, and the words behind it; nil when there are no words.
  func find(_ words: [String]) throws(UsageError) -> (place: Place?, rest: [String]) {
    var place: Place?
    var candidates = commands
    var rest = words[...]
    while !candidates.isEmpty, let word = rest.first {
      guard let command = candidates.first(where: { $0.name == word }) else {
        let names = candidates.map(\.name)
        let what = place.map { "\($0.command.name) command" } ?? "command"
        throw UsageError(
          "unknown \(what): \(NearestName.complaint(about: word, known: names))",
          advice: "\(written(place?.path ?? [])) --help lists the commands")
      }
      rest.removeFirst()
      place = Place(path: (place?.path ?? []) + [word], command: command)
      candidates = command.subcommands
    }
    return (place, Array(rest))
  }

  private func complaint(aboutOption argument: String, at place: Place?) -> UsageError {
    let spelling = argument.hasPrefix("--") ? String(argument.prefix { $0 != "=" }) : String(argument.prefix(2))
    let options = place.map { self.options(of: $0.command) } ?? allOptions
    // Every letter is near to every other: only words are compared.
    let near = spelling.count > 2 ? NearestName.of(spelling, among: options.map(\.spelling) + ["--help"]) : nil
    return UsageError(
      "unknown option: \(spelling)" + (near.map { "; did you mean \($0)?" } ?? ""),
      advice: "\(written(place?.path ?? [])) --help lists the options")
  }

  private func check(_ words: [String], are operands: Operands, at place: Place) throws(UsageError) {
    switch operands {
    case .none:
      guard let extra = words.first else { return }
      throw UsageError("\(written(place.path)) takes no \"\(extra)\"")
    case .files(let name):
      if words.isEmpty { throw UsageError("\(written(place.path)) needs at least one \(name)") }
      if words.contains("") { throw UsageError("the name of a \(name) is empty") }
    }
  }

  private func evaluate(
    _ given: [(option: OptionDeclaration, value: String?)], at place: Place, in surroundings: Surroundings
  ) throws(UsageError) -> [String: any Sendable] {
    let options = options(of: place.command)
    for (option, _) in given where !options.contains(where: { $0.name == option.name }) {
      let takers = places.filter { other in
        other.command.subcommands.isEmpty && self.options(of: other.command).contains { $0.name == option.name }
      }
      throw UsageError(
        "\(written(place.path)) takes no \(option.spelling)",
        advice: "it belongs to: \(takers.map { written($0.path) }.joined(separator: ", "))")
    }
    var values: [String: any Sendable] = [:]
    for option in options {
      let line = given.filter { $0.option.name == option.name }.map { $0.value ?? "true" }
      let variable = surroundings.environment[option.environmentVariable] ?? ""
      // Of both, the command line's come last and so win.
      if !variable.isEmpty, line.isEmpty || option.isRepeatable {
        let texts = option.isRepeatable ? variable.split(separator: "\n").map(String.init) : [variable]
        values[option.name] = try Self.value(of: option, texts, named: option.environmentVariable)
        if line.isEmpty { continue }
        values[option.name] = try Self.value(of: option, texts + line, named: option.spelling)
      } else if !line.isEmpty {
        values[option.name] = try Self.value(of: option, line, named: option.spelling)
      }
    }
    return values
  }

  private static func value(
    of option: OptionDeclaration, _ texts: [String], named name: String
  ) throws(UsageError) -> any Sendable {
    do throws(ValueError) {
      return try option.evaluate(texts)
    } catch {
      throw UsageError("\(name): \(error.reason)")
    }
  }

  /// A command as it is typed.
  func written(_ path: [String]) -> String { ([program] + path).joined(separator: " ") }
}
