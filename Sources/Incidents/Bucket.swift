/// What an event is counted in: an area, or one of the buckets for what has no area. They are listed in this order: the
/// 183 areas in code order, `unattributed`, and `unattributed.` with each force's code in code order.
public struct Bucket: Hashable, Comparable, Sendable, BitwiseCopyable {
  private let value: UInt8

  /// How many buckets there are.
  public static let count = AreaTable.count + 1 + Force.count

  /// The bucket at a place in the order, 0 ..< `count`.
  public init(index: Int) {
    precondition((0..<Self.count).contains(index))
    value = UInt8(index)
  }

  public init(_ area: AreaIndex) { self.init(index: Int(area.value)) }

  /// Where an event without an area counts, by the force of its source; nil: a source of no known force.
  public static func unattributed(_ force: Force?) -> Bucket {
    Bucket(index: AreaTable.count + (force.map { Int($0.index) + 1 } ?? 0))
  }

  /// The bucket of that key; nil when there is none.
  public init?(key: String) {
    guard let index = (0..<Self.count).first(where: { Bucket(index: $0).key == key }) else { return nil }
    self.init(index: index)
  }

  public static func < (a: Bucket, b: Bucket) -> Bool { a.value < b.value }

  /// The place in the order, 0 ..< `count`.
  public var index: Int { Int(value) }

  /// The area; nil for the unattributed buckets.
  public var area: AreaIndex? { index < AreaTable.count ? AreaIndex(value) : nil }

  public var isUnattributed: Bool { index >= AreaTable.count }

  /// The area's force, or the one that the unattributed events are of; nil for `unattributed` alone.
  public var force: Force? {
    if let area { return AreaTable.force(area) }
    return index == AreaTable.count ? nil : Force(value - UInt8(AreaTable.count) - 1)
  }

  /// The key of its records: the area's code, or `unattributed` with or without a force's code.
  public var key: String {
    if let area { return AreaTable.code(area) }
    return force.map { "unattributed.\($0.code)" } ?? "unattributed"
  }

  /// The name for people: the area's, or `Unattributed` with or without the force's name.
  public var name: String {
    if let area { return AreaTable.name(area) }
    return force.map { "Unattributed, \($0.name)" } ?? "Unattributed"
  }
}
