/// Reads rows of comma-separated values (RFC 4180) from a file, one at a time, in memory that does not grow with the
/// file. Lines may end in LF, CRLF or CR; a byte-order mark is skipped; a quoted field may hold commas, line ends and
/// doubled quotes.
///
/// A row that is not well-formed costs that row only: reading goes on behind the first line end after its start. So a
/// quote that is never closed swallows nothing.
struct CSVReader: ~Copyable {
  enum Malformation: Hashable, Sendable {
    /// A quoted field that does not end within `longestRow`.
    case unclosedQuote
    case tooLong
    /// Something stands between a closing quote and the next comma.
    case textAfterQuote
  }

  /// One row, or why it is none.
  enum Outcome: Hashable, Sendable {
    case row
    case malformed(Malformation)
  }

  /// Bytes that a row may take in the file.
  static let longestRow = 16_384

  private let file: FileDescriptor
  private let chunk: Int
  private var buffer: [UInt8] = []
  /// Where the next row begins in `buffer`.
  private var start = 0
  private var isAtEndOfFile = false
  private var skipsLineFeed = false

  /// The place of the last row in the file: 1 for the first, blank lines counted, as a spreadsheet shows it.
  private(set) var rowNumber = 0
  /// Bytes taken from the file.
  private(set) var bytesRead: Int64 = 0

  /// The last row's fields, unquoted, one behind the other.
  private var contents: [UInt8] = []
  private var ends: [Int] = []

  private init(file: consuming FileDescriptor, chunk: Int) {
    self.file = file
    self.chunk = chunk
  }

  /// `chunk`: how many bytes are read at once.
  static func open(_ path: String, chunk: Int = 65_536) throws(PublicDataError) -> CSVReader {
    precondition(chunk > 0)
    var reader = CSVReader(file: try .openToRead(path), chunk: chunk)
    try reader.skipByteOrderMark()
    return reader
  }

  private mutating func skipByteOrderMark() throws(PublicDataError) {
    while buffer.count < 3, !isAtEndOfFile { try fill() }
    if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
  }

  /// The size of the file, nil when it is none (a pipe).
  var size: Int64? { file.size }

  /// How many fields the last row has.
  var fieldCount: Int { ends.count }

  /// A field of the last row; nil when it has no such field.
  func field(_ index: Int) -> ArraySlice<UInt8>? {
    guard ends.indices.contains(index) else { return nil }
    return contents[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
  }

  /// Reads the next row that is not blank; nil at the end of the file.
  mutating func next() throws(PublicDataError) -> Outcome? {
    while true {
      guard try skipLineFeed() else { return nil }
      rowNumber += 1
      let outcome = try readRow()
      if outcome == .row, ends.count == 1, contents.isEmpty { continue }
      return outcome
    }
  }

  /// Passes the LF of a CRLF. False when nothing follows.
  private mutating func skipLineFeed() throws(PublicDataError) -> Bool {
    while start == buffer.count {
      if isAtEndOfFile { return false }
      try fill()
    }
    if skipsLineFeed {
      skipsLineFeed = false
      if buffer[start] == Byte.lineFeed {
        start += 1
        return try skipLineFeed()
      }
    }
    return true
  }

  /// Reads one row from `start`. It is parsed again from its start when the buffer ends within it; rows are much shorter
  /// than chunks.
  private mutating func readRow() throws(PublicDataError) -> Outcome {
    while true {
      switch parse() {
      case .complete(let next):
        start = next
        return .row
      case .malformed(let malformation):
        try skipLine()
        return .malformed(malformation)
      case .unfinished(let inQuotes):
        if !isAtEndOfFile {
          try fill()
        } else if inQuotes {
          try skipLine()
          return .malformed(.unclosedQuote)
        } else {
          // The last line lacks its end.
          ends.append(contents.count)
          start = buffer.count
          return .row
        }
      }
    }
  }

  private enum Parse {
    /// A row that ends before `next`.
    case complete(next: Int)
    case malformed(Malformation)
    /// The buffer ends within the row.
    case unfinished(inQuotes: Bool)
  }

  private mutating func parse() -> Parse {
    contents.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    let limit = start + Self.longestRow
    var place = start
    var fieldStart = 0
    while place < buffer.count {
      if place >= limit { return .malformed(.tooLong) }
      let byte = buffer[place]
      if byte == Byte.quote, contents.count == fieldStart {
        // A quoted field: up to a quote that is not doubled.
        place += 1
        while true {
          if place >= limit { return .malformed(.unclosedQuote) }
          guard place < buffer.count else { return .unfinished(inQuotes: true) }
          let byte = buffer[place]
          place += 1
          if byte != Byte.quote {
            contents.append(byte)
          } else if place < buffer.count, buffer[place] == Byte.quote {
            contents.append(byte)
            place += 1
          } else {
            break
          }
        }
        guard place < buffer.count else { return .unfinished(inQuotes: false) }
        switch buffer[place] {
        case Byte.comma, Byte.lineFeed, Byte.carriageReturn: break
        default: return .malformed(.textAfterQuote)
        }
        continue
      }
      place += 1
      switch byte {
      case Byte.comma:
        ends.append(contents.count)
        fieldStart = contents.count
      case Byte.lineFeed, Byte.carriageReturn:
        ends.append(contents.count)
        skipsLineFeed = byte == Byte.carriageReturn
        return .complete(next: place)
      default:
        contents.append(byte)
      }
    }
    return .unfinished(inQuotes: false)
  }

  /// Moves `start` behind the next line end, however far that is.
  private mutating func skipLine() throws(PublicDataError) {
    while true {
      while start < buffer.count {
        let byte = buffer[start]
        start += 1
        if byte == Byte.lineFeed || byte == Byte.carriageReturn {
          skipsLineFeed = byte == Byte.carriageReturn
          return
        }
      }
      if isAtEndOfFile { return }
      try fill()
    }
  }

  /// Reads a chunk behind what is not yet used.
  private mutating func fill() throws(PublicDataError) {
    if start > 0 {
      buffer.removeFirst(start)
      start = 0
    }
    let count = try file.read(into: &buffer, atMost: chunk)
    bytesRead += Int64(count)
    isAtEndOfFile = count == 0
  }
}

private enum Byte {
  static let quote = UInt8(ascii: "\"")
  static let comma = UInt8(ascii: ",")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
}
