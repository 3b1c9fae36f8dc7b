/// One of the 19 police forces whose areas are counted, by its place in code order.
public struct Force: Hashable, Comparable, Sendable, BitwiseCopyable, CaseIterable {
  public let index: UInt8

  /// How many forces there are.
  public static let count = 19

  /// The force at a place of `allCases`, 0 ..< `count`.
  init(_ index: UInt8) {
    precondition(index < Self.count)
    self.index = index
  }

  public static let allCases = (0..<UInt8(count)).map { Force($0) }

  /// The force of that name, spelt as in the areas table; nil when there is none.
  public init?(named name: String) {
    guard let force = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = force
  }

  public static func < (a: Force, b: Force) -> Bool { a.index < b.index }

  /// The code of the police force area in the register of the Office for National Statistics.
  public var code: String { AreaTable.rows.forces[Int(index)].code }

  public var name: String { AreaTable.rows.forces[Int(index)].name }
}
