/// How a shell completes a value.
public enum Completion: Hashable, Sendable {
  case nothing, files, directories
  case words([String])
}

/// An option as the parser, the help and the completions see it: the row of the table.
public struct OptionDeclaration: Sendable {
  /// Without dashes; one letter for a short option. Unique in a table.
  public var name: String
  /// What stands for the value in help; nil for a flag.
  public var valueName: String?
  public var summary: String
  /// Whether each occurrence adds a value; otherwise the last one counts.
  public var isRepeatable: Bool
  /// The default in words; nil when there is nothing to say.
  public var shownDefault: String?
  public var completion: Completion
  /// The value of all that was given, in order; never called with nothing.
  let evaluate: @Sendable ([String]) throws(ValueError) -> any Sendable

  /// As it is written: `--json`, `-X`.
  public var spelling: String { name.count == 1 ? "-\(name)" : "--\(name)" }

  public var takesValue: Bool { valueName != nil }

  /// The variable that is read when the command line says nothing. Of a repeatable option it holds a value a line.
  public var environmentVariable: String {
    "BELLWETHER_" + String(name.map { $0 == "-" ? "_" : $0 }).uppercased()
  }
}

/// An option and the type of its value. `Invocation` is asked with it, so that no command spells a name or casts.
public struct Option<Value: Sendable>: Sendable {
  public let declaration: OptionDeclaration
  /// What holds when nothing was given.
  let fallback: @Sendable (Surroundings) -> Value
}

extension Option where Value == Bool {
  public static func flag(_ name: String, _ summary: String) -> Option {
    Option(
      declaration: OptionDeclaration(
        name: name, valueName: nil, summary: summary, isRepeatable: false, shownDefault: nil, completion: .nothing,
        evaluate: { values throws(ValueError) in try truth(values[values.count - 1]) }),
      fallback: { _ in false })
  }

  private static func truth(_ text: String) throws(ValueError) -> Bool {
    switch text.lowercased() {
    case "1", "true", "yes", "on": true
    case "0", "false", "no", "off": false
    default: throw ValueError("neither true nor false")
    }
  }
}

extension Option where Value == String {
  /// A text that has a default. `check` refuses by throwing.
  public static func text(
    _ name: String, value: String, _ summary: String, shownDefault: String, completion: Completion = .nothing,
    check: @escaping @Sendable (String) throws(ValueError) -> Void = { _ throws(ValueError) in },
    fallback: @escaping @Sendable (Surroundings) -> String
  ) -> Option {
    Option(
      declaration: OptionDeclaration(
        name: name, valueName: value, summary: summary, isRepeatable: false, shownDefault: shownDefault,
        completion: completion,
        evaluate: { values throws(ValueError) in
          let text = values[values.count - 1]
          try check(text)
          return text
        }),
      fallback: fallback)
  }
}

extension Option {
  /// One value, made of its text by `parse`, which refuses by throwing. Of several given the last one counts.
  public static func value(
    _ name: String, value: String, _ summary: String, shownDefault: String?,
    fallback: @escaping @Sendable () -> Value, parse: @escaping @Sendable (String) throws(ValueError) -> Value
  ) -> Option {
    Option(
      declaration: OptionDeclaration(
        name: name, valueName: value, summary: summary, isRepeatable: false, shownDefault: shownDefault,
        completion: .nothing, evaluate: { values throws(ValueError) in try parse(values[values.count - 1]) }),
      fallback: { _ in fallback() })
  }

  /// Any number of values, each made of its text by `parse`; none when not given.
  public static func values<Element>(
    _ name: String, value: String, _ summary: String, parse: @escaping @Sendable (String) throws(ValueError) -> Element
  ) -> Option where Value == [Element] {
    Option(
      declaration: OptionDeclaration(
        name: name, valueName: value, summary: summary, isRepeatable: true, shownDefault: nil, completion: .nothing,
        evaluate: { texts throws(ValueError) in
          var values: [Element] = []
          for text in texts { values.append(try parse(text)) }
          return values
        }),
      fallback: { _ in [] })
  }
}

extension Option where Value == String? {
  /// A text, nil when not given. `check` refuses by throwing.
  public static func text(
    _ name: String, value: String, _ summary: String, shownDefault: String,
    check: @escaping @Sendable (String) throws(ValueError) -> Void
  ) -> Option {
    Option(
      declaration: OptionDeclaration(
        name: name, valueName: value, summary: summary, isRepeatable: false, shownDefault: shownDefault,
        completion: .nothing,
        evaluate: { values throws(ValueError) in
          let text = values[values.count - 1]
          try check(text)
          return Optional(text)
        }),
      fallback: { _ in nil })
  }

  /// The name of a file, nil when not given.
  public static func file(_ name: String, _ summary: String) -> Option {
    Option(
      declaration: OptionDeclaration(
        name: name, valueName: "FILE", summary: summary, isRepeatable: false, shownDefault: nil, completion: .files,
        evaluate: { values throws(ValueError) in
          let path = values[values.count - 1]
          guard !path.isEmpty else { throw ValueError("the name of a file is empty") }
          return Optional(path)
        }),
      fallback: { _ in nil })
  }
}

extension Option {
  /// A comma-separated choice of an enumeration's cases by their raw values, all of them when not given.
  public static func choices<Choice>(_ name: String, value: String, _ summary: String) -> Option
  where Choice: CaseIterable & RawRepresentable & Hashable & Sendable, Choice.RawValue == String, Value == Set<Choice> {
    let known = Choice.allCases.map(\.rawValue)
    return Option(
      declaration: OptionDeclaration(
        name: name, valueName: value, summary: summary, isRepeatable: false,
        shownDefault: known.joined(separator: ","), completion: .words(known),
        evaluate: { values throws(ValueError) in
          var chosen: Set<Choice> = []
          for word in values[values.count - 1].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
          {
            guard let choice = Choice(rawValue: word) else {
              throw ValueError(NearestName.complaint(about: word, known: known))
            }
            chosen.insert(choice)
          }
          return chosen
        }),
      fallback: { _ in Set(Choice.allCases) })
  }
}

extension Option where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
  /// One of an enumeration's cases by its raw value.
  public static func choice(_ name: String, _ summary: String, fallback: Value) -> Option {
    let known = Value.allCases.map(\.rawValue)
    return Option(
      declaration: OptionDeclaration(
        name: name, valueName: known.joined(separator: "|"), summary: summary, isRepeatable: false,
        shownDefault: fallback.rawValue, completion: .words(known),
        evaluate: { values throws(ValueError) in
          let word = values[values.count - 1]
          guard let choice = Value(rawValue: word) else {
            throw ValueError(NearestName.complaint(about: word, known: known))
          }
          return choice
        }),
      fallback: { _ in fallback })
  }
}

extension Option where Value == Int {
  /// A whole number within bounds.
  public static func number(
    _ name: String, value: String, _ summary: String, in range: ClosedRange<Int>, fallback: Int
  ) -> Option {
    Option(
      declaration: OptionDeclaration(
        name: name, valueName: value, summary: summary, isRepeatable: false, shownDefault: String(fallback),
        completion: .nothing,
        evaluate: { values throws(ValueError) in
          guard let number = Int(values[values.count - 1]), range.contains(number) else {
            throw ValueError("not a whole number from \(range.lowerBound) to \(range.upperBound)")
          }
          return number
        }),
      fallback: { _ in fallback })
  }
}

/// A `name=value` pair, as `-X` takes them.
public struct Property: Hashable, Sendable {
  public var name: String
  public var value: String

  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

extension Option where Value == [Property] {
  /// Repeatable `name=value`. Of the same name given twice both are kept, in order: the last is meant.
  public static func properties(_ name: String, _ summary: String) -> Option {
    Option(
      declaration: OptionDeclaration(
        name: name, valueName: "name=value", summary: summary, isRepeatable: true, shownDefault: nil,
        completion: .nothing,
        evaluate: { values throws(ValueError) in
          var properties: [Property] = []
          for text in values {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
              // The text may hold a password: it is not repeated.
              throw ValueError("not of the form name=value")
            }
            properties.append(
              Property(name: String(text[..<equals]), value: String(text[text.index(after: equals)...])))
          }
          return properties
        }),
      fallback: { _ in [] })
  }
}
