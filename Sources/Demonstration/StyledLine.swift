/// A line of the terminal: pieces of text, each with a style, cut to the width that there is. Every letter is one column
/// wide.
struct StyledLine {
  enum Style: String {
    case plain = "0"
    case bold = "1"
    case dim = "2"
    case alarm = "1;31"
    case warning = "33"
    case calm = "32"
    case mark = "36"
  }

  private(set) var pieces: [(text: String, style: Style)] = []
  private(set) var width = 0

  init() {}

  init(_ text: String, _ style: Style = .plain) { add(text, style) }

  mutating func add(_ text: String, _ style: Style = .plain) {
    guard !text.isEmpty else { return }
    pieces.append((text, style))
    width += text.count
  }

  /// Adds a text in a column of so many letters: cut, or filled up.
  mutating func add(_ text: String, _ style: Style = .plain, column: Int, right: Bool = false) {
    let text = text.count > column ? String(text.prefix(max(0, column - 1))) + "…" : text
    let filling = String(repeating: " ", count: max(0, column - text.count))
    add(right ? filling + text : text + filling, style)
  }

  /// Goes on at a column, when it lies ahead.
  mutating func move(to column: Int) { add(String(repeating: " ", count: max(0, column - width))) }

  /// The line in at most `columns` letters.
  func rendered(columns: Int, colour: Bool) -> String {
    var left = columns
    var result = ""
    for (text, style) in pieces where left > 0 {
      let part = text.prefix(left)
      left -= part.count
      // Select Graphic Rendition, ECMA-48.
      result += colour && style != .plain ? "\u{1B}[\(style.rawValue)m\(part)\u{1B}[0m" : String(part)
    }
    return result
  }
}

/// Small bars, one letter a number.
enum Bars {
  private static let heights: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// The greatest number fills its letter; nothing is a blank.
  static func text(_ numbers: [Int]) -> String {
    let top = max(1, numbers.max() ?? 1)
    return String(
      numbers.map { number in
        number <= 0 ? " " : heights[min(heights.count - 1, (number * heights.count - 1) / top)]
      })
  }
}

extension String {
  /// The text in lines of at most `columns` letters, broken at blanks; the last of `lines` is cut.
  func wrapped(columns: Int, lines: Int) -> [String] {
    guard columns > 1, lines > 0 else { return [] }
    var result: [String] = [""]
    for word in split(separator: " ") {
      let last = result[result.count - 1]
      if last.isEmpty {
        result[result.count - 1] = String(word)
      } else if last.count + 1 + word.count <= columns {
        result[result.count - 1] += " " + word
      } else {
        result.append(String(word))
      }
    }
    if result.count > lines {
      result = Array(result.prefix(lines))
      result[lines - 1] = result[lines - 1].prefix(columns - 2) + " …"
    }
    return result.map { $0.count > columns ? $0.prefix(columns - 1) + "…" : $0 }
  }
}
