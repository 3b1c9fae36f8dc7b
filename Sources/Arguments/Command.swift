/// What a command takes besides options.
public enum Operands: Hashable, Sendable {
  case none
  /// At least one; `name` stands for it in help.
  case files(name: String)
}

/// A command, or a group of commands under a name. `Action` is the program's own enumeration of what it can do.
public struct Command<Action: Sendable>: Sendable {
  enum Content: Sendable {
    case group([Command])
    case action(Action, options: [OptionDeclaration], operands: Operands)
    /// Answered by the table itself.
    case help
    case completions
  }

  public var name: String
  /// One line, for lists.
  public var summary: String
  /// What else help says about it.
  public var discussion: String
  var content: Content

  /// A command that does something; it also takes the table's common options.
  public init(
    _ name: String, _ summary: String, action: Action, options: [OptionDeclaration] = [], operands: Operands = .none,
    discussion: String = ""
  ) {
    self.init(name, summary, discussion, .action(action, options: options, operands: operands))
  }

  /// A group: it does nothing itself.
  public init(_ name: String, _ summary: String, _ commands: [Command]) {
    self.init(name, summary, "", .group(commands))
  }

  init(_ name: String, _ summary: String, _ discussion: String, _ content: Content) {
    self.name = name
    self.summary = summary
    self.discussion = discussion
    self.content = content
  }

  var subcommands: [Command] {
    if case .group(let commands) = content { return commands }
    return []
  }
}

/// The one declaration of a command line: parsing, help and completions all come from it.
public struct CommandTable<Action: Sendable>: Sendable {
  /// The program's name.
  public var program: String
  /// What it is, in a sentence.
  public var summary: String
  public var commands: [Command<Action>]
  /// Options of every command.
  public var commonOptions: [OptionDeclaration]

  public init(
    program: String, summary: String, commands: [Command<Action>], commonOptions: [OptionDeclaration]
  ) {
    self.program = program
    self.summary = summary
    self.commonOptions = commonOptions
    self.commands =
      commands + [
        Command("help", "Explain a command", "", .help),
        Command("completions", "Print the completions of a shell: bash, zsh or fish", "", .completions),
      ]
  }

  /// A command and the names that lead to it.
  struct Place: Sendable {
    var path: [String]
    var command: Command<Action>
  }

  /// Every command and group, parents before children, in the order declared.
  var places: [Place] { Self.places(of: commands, under: []) }

  private static func places(of commands: [Command<Action>], under path: [String]) -> [Place] {
    commands.flatMap { command in
      let here = Place(path: path + [command.name], command: command)
      return [here] + places(of: command.subcommands, under: here.path)
    }
  }

  /// What a command takes, its own options first; of a group what any of its commands takes.
  func options(of command: Command<Action>) -> [OptionDeclaration] {
    switch command.content {
    case .action(_, let own, _): own + commonOptions
    case .group(let commands): Self.unique(commands.flatMap { options(of: $0) })
    case .help, .completions: []
    }
  }

  /// Every option of the table once.
  var allOptions: [OptionDeclaration] {
    Self.unique(commonOptions + commands.flatMap { options(of: $0) })
  }

  private static func unique(_ options: [OptionDeclaration]) -> [OptionDeclaration] {
    var seen: Set<String> = []
    return options.filter { seen.insert($0.name).inserted }
  }
}
