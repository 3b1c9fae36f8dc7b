import CSimdjson

/// A text that is no JSON.
public struct JSONFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, in the parser's words, which never quote the text.
  public var reason: String

  public var description: String { reason }
}

/// A parser and the document that it parsed last: all values in document order, a container before what it contains.
/// Parsing again replaces the document and uses its memory again.
///
/// The whole text is checked: syntax, UTF-8, escaped surrogates in pairs, the range of numbers, at most 1,024 levels. The
/// root is `root`; a member's value stands right behind its name.
@safe public struct JSONDocument: ~Copyable {
  /// A value's place in the document.
  public struct Node: Hashable, Sendable, BitwiseCopyable {
    let place: UInt32

    init(_ place: UInt32) { self.place = place }
  }

  public enum Kind: Hashable, Sendable {
    case null
    case bool(Bool)
    /// A whole number that fits 64 bits with a sign.
    case integer(Int64)
    case number(Double)
    case string, array, object
  }

  private let parser: OpaquePointer
  /// Valid until the next parse; the parser owns them.
  private var nodes: UnsafePointer<bw_node>?
  private var count = 0

  public init() {
    guard let parser = unsafe bw_parser_create() else { preconditionFailure("out of memory") }
    unsafe self.parser = unsafe parser
    unsafe nodes = nil
  }

  deinit { unsafe bw_parser_destroy(parser) }

  /// Parses a text that is one JSON value. After a failure there is no document.
  public mutating func parse(_ text: Span<UInt8>) throws(JSONFailure) {
    var nodes: UnsafePointer<bw_node>?
    var count = 0
    // The parser copies the text before it answers; the nodes point into the parser's own memory.
    let code = unsafe text.withUnsafeBufferPointer { bytes in
      unsafe bw_parse(parser, bytes.baseAddress, bytes.count, &nodes, &count)
    }
    unsafe self.nodes = unsafe nodes
    self.count = count
    guard code == 0 else {
      unsafe self.nodes = nil
      self.count = 0
      throw JSONFailure(reason: unsafe String(cString: bw_parse_failure(code)))
    }
  }

  /// The whole value; nil when there is no document.
  public var root: Node? { count > 0 ? Node(0) : nil }

  public func kind(_ node: Node) -> Kind {
    let raw = unsafe raw(node)
    return switch unsafe UInt32(raw.kind) {
    case UInt32(BW_FALSE): .bool(false)
    case UInt32(BW_TRUE): .bool(true)
    case UInt32(BW_INTEGER): .integer(unsafe raw.integer)
    case UInt32(BW_DOUBLE): .number(unsafe raw.number)
    case UInt32(BW_STRING): .string
    case UInt32(BW_ARRAY): .array
    case UInt32(BW_OBJECT): .object
    default: .null
    }
  }

  /// How many elements an array, or members an object has; 0 for anything else.
  public func count(of node: Node) -> Int {
    switch kind(node) {
    case .array, .object: Int(unsafe raw(node).count)
    default: 0
    }
  }

  /// The first value within a container: an array's first element, or the name of an object's first member. Only for
  /// containers whose count is not 0.
  public func first(in node: Node) -> Node { Node(node.place + 1) }

  /// What follows a value and all that it contains: the next element, or the next member's name. Only within a container
  /// and not behind its last.
  public func next(after node: Node) -> Node { Node(unsafe raw(node).next) }

  /// The value of the member that has this name.
  public func value(ofName name: Node) -> Node { Node(name.place + 1) }

  /// Calls `body` with a string's bytes, unescaped and valid UTF-8; empty for what is no string.
  public func withText<Result>(of node: Node, _ body: (Span<UInt8>) -> Result) -> Result {
    let raw = unsafe raw(node)
    let isString = unsafe UInt32(raw.kind) == UInt32(BW_STRING)
    // The parser's memory, which cannot change while this document is borrowed.
    let bytes = unsafe UnsafeRawBufferPointer(start: isString ? raw.text : nil, count: isString ? Int(raw.count) : 0)
    return unsafe bytes.withMemoryRebound(to: UInt8.self) { unsafe body($0.span) }
  }

  /// A string's text; nil for what is no string.
  public func text(of node: Node) -> String? {
    guard kind(node) == .string else { return nil }
    return withText(of: node) { $0.text }
  }

  private func raw(_ node: Node) -> bw_node {
    precondition(Int(node.place) < count, "a place outside the document")
    // Within the nodes by the line above, and there are nodes when their count is not 0.
    guard let nodes = unsafe nodes else { preconditionFailure("no document") }
    return unsafe nodes[Int(node.place)]
  }
}
