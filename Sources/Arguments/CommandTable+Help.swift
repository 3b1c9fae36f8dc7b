extension CommandTable {
  /// What `--help` prints: of the whole program, of a group, or of a command. Ends with a line end.
  func help(on words: [String], columns: Int) throws(UsageError) -> String {
    let (place, _) = try find(words)
    guard let place else { return programHelp(columns: columns) }
    var text = "\(place.command.summary)\n\nUsage: \(usage(of: place))\n"
    if !place.command.discussion.isEmpty {
      text += "\n" + Self.wrap(place.command.discussion, indent: 0, columns: columns) + "\n"
    }
    switch place.command.content {
    case .group(let commands):
      text += "\nCommands:\n"
      text += Self.list(commands.map { ($0.name, $0.summary) }, columns: columns)
      text += "\n\(written(["help"] + place.path + ["COMMAND"])) explains one.\n"
    case .action(_, let own, _):
      if !own.isEmpty {
        text += "\nOptions:\n" + Self.list(own.map(Self.row), columns: columns)
      }
      text += "\nCommon options:\n" + Self.list(commonOptions.map(Self.row), columns: columns)
      text += "\n" + environmentNote(columns: columns)
    case .help, .completions:
      break
    }
    return text
  }

  private func programHelp(columns: Int) -> String {
    let leaves = places.filter { $0.command.subcommands.isEmpty }
    var text = Self.wrap("\(program): \(summary)", indent: 0, columns: columns) + "\n"
    text += "\nUsage: \(program) COMMAND [OPTION…]\n\nCommands:\n"
    text += Self.list(
      leaves.map { ($0.path.joined(separator: " ") + operandText(of: $0.command), $0.command.summary) },
      columns: columns)
    text += "\nCommon options:\n" + Self.list(commonOptions.map(Self.row), columns: columns)
    text += "\n" + environmentNote(columns: columns)
    text += "\nExit codes:\n"
    text += Self.list(ExitCode.allCases.map { ("\($0.rawValue)", $0.meaning) }, columns: columns)
    text += "\n\(program) help COMMAND explains a command.\n"
    return text
  }

  private func environmentNote(columns: Int) -> String {
    guard let example = commonOptions.first(where: \.takesValue) else { return "" }
    return Self.wrap(
      "Every option is also read from the environment (\(example.spelling) from \(example.environmentVariable)); "
        + "the command line wins.",
      indent: 0, columns: columns) + "\n"
  }

  private func usage(of place: Place) -> String {
    switch place.command.content {
    case .group: written(place.path) + " COMMAND [OPTION…]"
    case .action: written(place.path) + operandText(of: place.command) + " [OPTION…]"
    case .help, .completions: written(place.path) + operandText(of: place.command)
    }
  }

  private func operandText(of command: Command<Action>) -> String {
    switch command.content {
    case .action(_, _, .files(let name)): " \(name)…"
    case .action, .group: ""
    case .help: " [COMMAND]"
    case .completions: " SHELL"
    }
  }

  private static func row(of option: OptionDeclaration) -> (String, String) {
    let head = option.valueName.map { "\(option.spelling) \($0)" } ?? option.spelling
    var text = option.summary
    if option.isRepeatable { text += "; may be given several times" }
    if let value = option.shownDefault { text += " (default: \(value))" }
    return (head, text)
  }

  /// Two columns, the second wrapped and aligned.
  static func list(_ rows: [(String, String)], columns: Int) -> String {
    let left = rows.map(\.0.count).max() ?? 0
    return rows.map { head, text in
      let padded = "  " + head + String(repeating: " ", count: left - head.count + 2)
      return padded + wrap(text, indent: left + 4, columns: columns) + "\n"
    }.joined()
  }

  /// Breaks a text at spaces so that no line is longer than `columns` (a longer word stands alone); every line but the
  /// first is indented.
  static func wrap(_ text: String, indent: Int, columns: Int) -> String {
    let room = max(columns - indent, 20)
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= room {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines.joined(separator: "\n" + String(repeating: " ", count: indent))
  }
}
