/// Finds the name that was probably meant.
enum NearestName {
  /// The known name with the smallest edit distance; nil when none is near enough to be worth naming: more than a third
  /// of the word's letters away, at least one being forgiven. Of equals the first.
  static func of(_ word: String, among known: [String]) -> String? {
    let allowed = max(1, word.count / 3)
    let near = known.map { (name: $0, distance: distance(word, $0)) }.min { $0.distance < $1.distance }
    if let near, near.distance <= allowed { return near.name }
    // A word cut short, which the distance alone would not find.
    let continued = known.filter { word.count >= 2 && $0.hasPrefix(word) }
    return continued.count == 1 ? continued[0] : nil
  }

  /// "“x” is not known; did you mean “y”?", or the list of what is known.
  static func complaint(about word: String, known: [String]) -> String {
    if let near = of(word, among: known) { return "\"\(word)\" is not known; did you mean \"\(near)\"?" }
    return "\"\(word)\" is not known; one of: \(known.joined(separator: ", "))"
  }

  /// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment), letter case ignored.
  static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a.lowercased().unicodeScalars)
    let b = Array(b.lowercased().unicodeScalars)
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      row.reserveCapacity(b.count + 1)
      for j in 0..<b.count {
        var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, beforeLast[j - 1] + 1) }
        row.append(best)
      }
      beforeLast = last
      last = row
    }
    return last[b.count]
  }
}
