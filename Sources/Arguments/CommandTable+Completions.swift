/// A shell that completions are made for.
enum Shell: String, CaseIterable {
  case bash, zsh, fish
}

/// Each script walks the words before the cursor to find the command they name (its *place*, the names joined with
/// spaces), skipping options and their values, and offers what the table knows there.
extension CommandTable {
  func completions(for words: [String]) throws(UsageError) -> String {
    let known = Shell.allCases.map(\.rawValue)
    guard let word = words.first, words.count == 1 else {
      throw UsageError("\(written(["completions"])) needs one of: \(known.joined(separator: ", "))")
    }
    guard let shell = Shell(rawValue: word) else {
      throw UsageError("unknown shell: \(NearestName.complaint(about: word, known: known))")
    }
    return switch shell {
    case .bash: bashCompletions()
    case .zsh: zshCompletions()
    case .fish: fishCompletions()
    }
  }

  private func offeredCommands(at place: Place?) -> [(name: String, summary: String)] {
    guard let place else { return commands.map { ($0.name, $0.summary) } }
    switch place.command.content {
    case .group(let commands): return commands.map { ($0.name, $0.summary) }
    case .action: return []
    case .help: return commands.filter { $0.name != "help" }.map { ($0.name, $0.summary) }
    case .completions: return Shell.allCases.map { ($0.rawValue, "") }
    }
  }

  private func offeredOptions(at place: Place?) -> [OptionDeclaration] {
    place.map { options(of: $0.command) } ?? allOptions
  }

  private func takesFiles(_ place: Place?) -> Bool {
    if case .action(_, _, .files) = place?.command.content { return true }
    return false
  }

  private var allPlaces: [Place?] { [nil] + places }

  private func key(_ place: Place?) -> String { place?.path.joined(separator: " ") ?? "" }

  private var spellingsWithValue: [OptionDeclaration] { allOptions.filter(\.takesValue) }

  /// A case pattern of shell words.
  private func pattern(_ words: [String]) -> String { words.map { "'\($0)'" }.joined(separator: "|") }

  // MARK: bash

  private func bashCompletions() -> String {
    var values = ""
    for option in spellingsWithValue {
      let reply =
        switch option.completion {
        case .nothing: "COMPREPLY=()"
        case .files: "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$word\")"
        case .directories: "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$word\")"
        case .words(let words): "mapfile -t COMPREPLY < <(compgen -W '\(words.joined(separator: " "))' -- \"$word\")"
        }
      values += "    '\(option.spelling)') \(reply); return ;;\n"
    }
    var offers = ""
    for place in allPlaces {
      let words = offeredCommands(at: place).map(\.name) + offeredOptions(at: place).map(\.spelling) + ["--help"]
      offers +=
        "    '\(key(place))') offered='\(words.joined(separator: " "))'; files=\(takesFiles(place) ? 1 : 0) ;;\n"
    }
    return """
      # Completions of \(program) for bash:  source <(\(program) completions bash)
      _\(program)() {
        local word="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" place="" offered="" files=0 i
        # bash takes --name=value apart at the equals sign.
        if [[ $word == "=" ]]; then word=""
        elif [[ $previous == "=" ]]; then previous="${COMP_WORDS[COMP_CWORD-2]}"; fi
        COMPREPLY=()
        case "$previous" in
      \(values)  esac
        for ((i = 1; i < COMP_CWORD; i++)); do
          case "${COMP_WORDS[i]}" in
            \(pattern(spellingsWithValue.map(\.spelling))))
              if [[ ${COMP_WORDS[i+1]} == "=" ]]; then ((i += 2)); else ((i += 1)); fi ;;
            -*) ;;
            *) case "${place:+$place }${COMP_WORDS[i]}" in
                 \(pattern(places.map { key($0) }))) place="${place:+$place }${COMP_WORDS[i]}" ;;
               esac ;;
          esac
        done
        case "$place" in
      \(offers)  esac
        mapfile -t COMPREPLY < <(compgen -W "$offered" -- "$word")
        if ((files)) && [[ $word != -* ]]; then
          compopt -o filenames
          mapfile -t COMPREPLY < <(compgen -f -- "$word")
        fi
      }
      complete -F _\(program) \(program)

      """
  }

  // MARK: zsh

  private func zshCompletions() -> String {
    func described(_ name: String, _ summary: String) -> String {
      let plain = name.replacing(":", with: "\\:")
      return "'" + (plain + (summary.isEmpty ? "" : ":\(summary)")).replacing("'", with: "'\\''") + "'"
    }
    var values = ""
    for option in spellingsWithValue {
      let reply =
        switch option.completion {
        case .nothing: "_message '\(option.valueName ?? "")'"
        case .files: "_files"
        case .directories: "_files -/"
        case .words(let words): "compadd -- \(words.joined(separator: " "))"
        }
      values += "    '\(option.spelling)') \(reply); return ;;\n"
    }
    var offers = ""
    for place in allPlaces {
      let commands = offeredCommands(at: place).map { described($0.name, $0.summary) }
      let options =
        offeredOptions(at: place).map { described($0.spelling, $0.summary) } + ["'--help:Explain'"]
      offers += "    '\(key(place))') commands=(\(commands.joined(separator: " ")))\n"
      offers += "      options=(\(options.joined(separator: " "))); files=\(takesFiles(place) ? 1 : 0) ;;\n"
    }
    return """
      #compdef \(program)
      # Completions of \(program) for zsh:  source <(\(program) completions zsh)
      _\(program)() {
        local place="" files=0 i
        local -a commands options
        case "${words[CURRENT-1]}" in
      \(values)  esac
        for ((i = 2; i < CURRENT; i++)); do
          case "${words[i]}" in
            \(pattern(spellingsWithValue.map(\.spelling)))) ((i += 1)) ;;
            -*) ;;
            *) case "${place:+$place }${words[i]}" in
                 \(pattern(places.map { key($0) }))) place="${place:+$place }${words[i]}" ;;
               esac ;;
          esac
        done
        case "$place" in
      \(offers)  esac
        if ((${#commands})); then _describe command commands; fi
        if [[ ${words[CURRENT]} == -* ]]; then _describe option options; fi
        if ((files)); then _files; fi
      }
      if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _\(program) "$@"; else compdef _\(program) \(program); fi

      """
  }

  // MARK: fish

  private func fishCompletions() -> String {
    func quoted(_ text: String) -> String {
      "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
    let names = places.map { quoted(key($0)) }.joined(separator: " ")
    let withValue = spellingsWithValue.map { quoted($0.spelling) }.joined(separator: " ")
    var text = """
      # Completions of \(program) for fish:  \(program) completions fish | source
      function __\(program)_place
          set -l place
          set -l skip 0
          for word in (commandline -opc)[2..-1]
              if test $skip -eq 1
                  set skip 0
              else if contains -- $word \(withValue)
                  set skip 1
              else if not string match -q -- '-*' $word
                  set -l longer (string join ' ' $place $word)
                  contains -- $longer \(names); and set place $longer
              end
          end
          echo "$place"
      end
      complete -c \(program) -f

      """
    for place in allPlaces {
      let condition = quoted("test (__\(program)_place) = \"\(key(place))\"")
      for command in offeredCommands(at: place) {
        text += "complete -c \(program) -n \(condition) -a \(command.name) -d \(quoted(command.summary))\n"
      }
      for option in offeredOptions(at: place) {
        let name = option.name.count == 1 ? "-s \(option.name)" : "-l \(option.name)"
        let value =
          switch (option.takesValue, option.completion) {
          case (false, _): ""
          case (true, .nothing): " -x"
          case (true, .files): " -r -F"
          case (true, .directories): " -x -a '(__fish_complete_directories)'"
          case (true, .words(let words)): " -x -a \(quoted(words.joined(separator: " ")))"
          }
        text += "complete -c \(program) -n \(condition) \(name)\(value) -d \(quoted(option.summary))\n"
      }
      if takesFiles(place) { text += "complete -c \(program) -n \(condition) -F\n" }
    }
    return text + "complete -c \(program) -l help -s h -d 'Explain'\n"
  }
}
