/// Comments in JSON files that people write.
enum JSONComments {
  /// The bytes with `// …` and `/* … */` comments replaced by spaces, so that positions stay the same. What stands in
  /// strings stays; a comment that does not end runs to the end.
  static func blanked(_ bytes: [UInt8]) -> [UInt8] {
    var answer = bytes
    var index = 0
    while index < bytes.count {
      switch (bytes[index], index + 1 < bytes.count ? bytes[index + 1] : 0) {
      case (UInt8(ascii: "\""), _): index = endOfString(bytes, from: index)
      case (UInt8(ascii: "/"), UInt8(ascii: "/")):
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") {
          answer[index] = UInt8(ascii: " ")
          index += 1
        }
      case (UInt8(ascii: "/"), UInt8(ascii: "*")):
        let end = endOfBlock(bytes, from: index + 2)
        for place in index..<end where bytes[place] != UInt8(ascii: "\n") { answer[place] = UInt8(ascii: " ") }
        index = end
      default: index += 1
      }
    }
    return answer
  }

  private static func endOfString(_ bytes: [UInt8], from start: Int) -> Int {
    var index = start + 1
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
      index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(index + 1, bytes.count)
  }

  private static func endOfBlock(_ bytes: [UInt8], from start: Int) -> Int {
    var index = start
    while index + 1 < bytes.count {
      if bytes[index] == UInt8(ascii: "*"), bytes[index + 1] == UInt8(ascii: "/") { return index + 2 }
      index += 1
    }
    return bytes.count
  }
}
