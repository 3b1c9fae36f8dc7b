/// The sources of a journal's events, numbered in the order of their first appearance.
public struct SourceTable: Sendable {
  private var names = NameTable()

  public init() {}

  /// How many there are.
  public var count: Int { names.count }

  /// The number of a name in UTF-8, a new one when it was never seen. A known name allocates nothing, and the same name
  /// as the last time is not searched for.
  public mutating func index(of name: Span<UInt8>) -> SourceIndex { SourceIndex(names.index(of: name)) }

  /// The number of a name; nil when it was never seen.
  public func find(_ name: Span<UInt8>) -> SourceIndex? { names.find(name).map(SourceIndex.init) }

  /// The name of one of this table.
  public func name(of index: SourceIndex) -> String { names.name(of: index.value) }
}
