/// Names, numbered in the order of their first appearance.
struct NameTable: Sendable {
  /// The names, one behind the other in UTF-8.
  private var text: [UInt8] = []
  /// For each name where it begins in `text`, and at the end where the last one ends.
  private var bounds = [0]
  /// Open addressing, linear probing, at most half full: numbers plus one, 0 for empty; a power of two long. The hash is
  /// seeded anew in each process, so that no sender can choose names that collide; the numbers do not depend on it.
  private var places = [UInt32](repeating: 0, count: 64)
  private var newest = 0

  /// How many names there are.
  var count: Int { bounds.count - 1 }

  /// The number of a name in UTF-8, a new one when it was never seen. A known name allocates nothing, and the same name
  /// as the last time is not searched for.
  mutating func index(of name: Span<UInt8>) -> UInt32 {
    if newest < count, isName(newest, name) { return UInt32(newest) }
    var place = hash(name) & (places.count - 1)
    while places[place] != 0 {
      let number = Int(places[place]) - 1
      if isName(number, name) {
        newest = number
        return UInt32(number)
      }
      place = (place + 1) & (places.count - 1)
    }
    return insert(name, at: place)
  }

  /// The number of a name; nil when it was never seen.
  func find(_ name: Span<UInt8>) -> UInt32? {
    var place = hash(name) & (places.count - 1)
    while places[place] != 0 {
      let number = Int(places[place]) - 1
      if isName(number, name) { return UInt32(number) }
      place = (place + 1) & (places.count - 1)
    }
    return nil
  }

  /// The name of a number of this table.
  func name(of number: UInt32) -> String {
    let number = Int(number)
    return String(decoding: text[bounds[number]..<bounds[number + 1]], as: UTF8.self)
  }

  private func isName(_ number: Int, _ name: Span<UInt8>) -> Bool {
    let start = bounds[number]
    guard bounds[number + 1] - start == name.count else { return false }
    for index in name.indices where text[start + index] != name[index] { return false }
    return true
  }

  private func hash(_ name: Span<UInt8>) -> Int {
    var hasher = Hasher()
    name.withUnsafeBytes { hasher.combine(bytes: $0) }
    return hasher.finalize()
  }

  private mutating func insert(_ name: Span<UInt8>, at place: Int) -> UInt32 {
    let number = count
    for index in name.indices { text.append(name[index]) }
    bounds.append(text.count)
    places[place] = UInt32(number) + 1
    newest = number
    if count * 2 > places.count { grow() }
    return UInt32(number)
  }

  private mutating func grow() {
    places = Array(repeating: 0, count: places.count * 2)
    for number in 0..<count {
      var place = hash(text.span.extracting(bounds[number]..<bounds[number + 1])) & (places.count - 1)
      while places[place] != 0 { place = (place + 1) & (places.count - 1) }
      places[place] = UInt32(number) + 1
    }
  }
}
