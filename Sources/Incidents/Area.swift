/// One of the 183 current areas, by its place in code order: 0 ..< 183.
public struct AreaIndex: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var value: UInt8

  public init(_ value: UInt8) { self.value = value }

  public static func < (a: AreaIndex, b: AreaIndex) -> Bool { a.value < b.value }
}
