/// The sources of a journal's events, numbered in the order of their first appearance.
public struct SourceTable: Sendable {
  /// The names, one behind the other in UTF-8.
  private var text: [UInt8] = []
  /// For each source where its name begins in `text`, and at the end where the last one ends.
  private var bounds = [0]
  /// Open addressing, linear probing, at most half full: sources plus one, 0 for empty; a power of two long. The hash is
  /// seeded anew in each process, so that no sender can choose names that collide; the numbers do not depend on it.
  private var places = [UInt32](repeating: 0, count: 64)
  private var newest = 0

  public init() {}

  /// How many sources there are.
  public var count: Int { bounds.count - 1 }

  /// The number of a name in UTF-8, a new one when it was never seen. A known name allocates nothing, and the same name
  /// as the last time is not searched for.
  public mutating func index(of name: Span<UInt8>) -> SourceIndex {
    if newest < count, isName(newest, name) { return SourceIndex(UInt32(newest)) }
    var place = hash(name) & (places.count - 1)
    while places[place] != 0 {
      let source = Int(places[place]) - 1
      if isName(source, name) {
        newest = source
        return SourceIndex(UInt32(source))
      }
      place = (place + 1) & (places.count - 1)
    }
    return insert(name, at: place)
  }

  /// The number of a name; nil when it was never seen.
  public func find(_ name: Span<UInt8>) -> SourceIndex? {
    var place = hash(name) & (places.count - 1)
    while places[place] != 0 {
      let source = Int(places[place]) - 1
      if isName(source, name) { return SourceIndex(UInt32(source)) }
      place = (place + 1) & (places.count - 1)
    }
    return nil
  }

  /// The name of a source of this table.
  public func name(of source: SourceIndex) -> String {
    let source = Int(source.value)
    return String(decoding: text[bounds[source]..<bounds[source + 1]], as: UTF8.self)
  }

  private func isName(_ source: Int, _ name: Span<UInt8>) -> Bool {
    let start = bounds[source]
    guard bounds[source + 1] - start == name.count else { return false }
    for index in name.indices where text[start + index] != name[index] { return false }
    return true
  }

  private func hash(_ name: Span<UInt8>) -> Int {
    var hasher = Hasher()
    name.withUnsafeBytes { hasher.combine(bytes: $0) }
    return hasher.finalize()
  }

  private mutating func insert(_ name: Span<UInt8>, at place: Int) -> SourceIndex {
    let source = count
    for index in name.indices { text.append(name[index]) }
    bounds.append(text.count)
    places[place] = UInt32(source) + 1
    newest = source
    if count * 2 > places.count { grow() }
    return SourceIndex(UInt32(source))
  }

  private mutating func grow() {
    places = Array(repeating: 0, count: places.count * 2)
    for source in 0..<count {
      var place = hash(text.span.extracting(bounds[source]..<bounds[source + 1])) & (places.count - 1)
      while places[place] != 0 { place = (place + 1) & (places.count - 1) }
      places[place] = UInt32(source) + 1
    }
  }
}
