/// A JSON value as a tree, for what is not on the hot path: settings, schemas, tests.
public enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  /// A whole number that fits 64 bits with a sign and was written without point and exponent.
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  /// The members in their order; a name can stand twice (`duplicateName`).
  case object([Member])

  public struct Member: Hashable, Sendable {
    public var name: String
    public var value: JSONValue

    public init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// Parses a text that is one JSON value.
  public init(parsing text: Span<UInt8>) throws(JSONFailure) {
    var document = JSONDocument()
    try document.parse(text)
    guard let root = document.root else { throw JSONFailure(reason: "empty") }
    self.init(document, root)
  }

  /// Parses a text that is one JSON value.
  public init(parsing text: [UInt8]) throws(JSONFailure) { try self.init(parsing: text.span) }

  /// The tree of a value of a document. As deep as the document, which is 1,024 levels at most.
  public init(_ document: borrowing JSONDocument, _ node: JSONDocument.Node) {
    switch document.kind(node) {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .integer(value)
    case .number(let value): self = .number(value)
    case .string: self = .string(document.text(of: node) ?? "")
    case .array:
      var elements: [JSONValue] = []
      var element = document.first(in: node)
      for _ in 0..<document.count(of: node) {
        elements.append(JSONValue(document, element))
        element = document.next(after: element)
      }
      self = .array(elements)
    case .object:
      var members: [Member] = []
      var name = document.first(in: node)
      for _ in 0..<document.count(of: node) {
        let value = document.value(ofName: name)
        members.append(Member(document.text(of: name) ?? "", JSONValue(document, value)))
        name = document.next(after: value)
      }
      self = .object(members)
    }
  }
}

extension JSONValue {
  /// The value of an object's first member of that name; nil when there is none or this is no object.
  public subscript(name: String) -> JSONValue? { members?.first { $0.name == name }?.value }

  /// An array's element; nil when there is none or this is no array.
  public subscript(index: Int) -> JSONValue? {
    guard let elements, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  public var members: [Member]? {
    if case .object(let members) = self { members } else { nil }
  }

  public var elements: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  public var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  public var integer: Int64? {
    if case .integer(let value) = self { value } else { nil }
  }

  /// Any number, whole ones as the nearest `Double`.
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The first name that stands twice in this object; nil when there is none or this is no object. Objects within are
  /// not looked at.
  public var duplicateName: String? {
    var seen: Set<String> = []
    return members?.first { !seen.insert($0.name).inserted }?.name
  }
}
