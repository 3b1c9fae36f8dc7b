/// How often chance alone would bring a score, as the days from one such day to the next.
enum RecurrenceInterval {
  /// A century: beyond it the number says nothing more.
  static let longest = 36_500

  /// ⌊1 / P(T₆ > score / √(1 + 1/n))⌋, at most `longest`. A count that is compared with the mean of n = 7 others has a
  /// Student's t of n − 1 = 6 degrees of freedom, of which the tail has a closed form (Abramowitz and Stegun 1964,
  /// 26.7.4): 1 − 2P = sin θ (1 + cos²θ / 2 + 3 cos⁴θ / 8), tan θ = t / √6. Only roots and quotients are taken, which
  /// every machine rounds alike.
  static func days(ofScore score: Double, baselineDays: Double) -> Int {
    let t = score / (1 + 1 / baselineDays).squareRoot()
    let hypotenuse = 6 + t * t
    guard hypotenuse.isFinite else { return t > 0 ? longest : 1 }
    let sine = t / hypotenuse.squareRoot()
    let cosineSquared = 6 / hypotenuse
    let tail = (1 - sine * (1 + cosineSquared / 2 + 3 * cosineSquared * cosineSquared / 8)) / 2
    let days = 1 / tail
    return days < Double(longest) && days > 0 ? Int(days) : longest
  }
}
