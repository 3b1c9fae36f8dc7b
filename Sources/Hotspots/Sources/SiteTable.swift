/// The treatment sites that a journal names, by their codes, numbered in the order of their first appearance.
public struct SiteTable: Sendable {
  private var names = NameTable()

  public init() {}

  /// How many there are.
  public var count: Int { names.count }

  /// The number of a name in UTF-8, a new one when it was never seen. A known name allocates nothing, and the same name
  /// as the last time is not searched for.
  public mutating func index(of name: Span<UInt8>) -> SiteIndex { SiteIndex(names.index(of: name)) }

  /// The number of a name; nil when it was never seen.
  public func find(_ name: Span<UInt8>) -> SiteIndex? { names.find(name).map(SiteIndex.init) }

  /// The name of one of this table.
  public func name(of index: SiteIndex) -> String { names.name(of: index.value) }
}

/// A treatment site's code, numbered in the order of first appearance in the journal. Which site it is only its source
/// knows: two sources may use one code.
public struct SiteIndex: Hashable, Sendable, BitwiseCopyable {
  public var value: UInt32

  public init(_ value: UInt32) { self.value = value }
}
