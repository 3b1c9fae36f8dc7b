/// Reads a file of events as producers send them, one a line (NDJSON), in memory that does not grow with the file.
///
/// Lines end in LF or CRLF, the last one also with the file. A byte-order mark is skipped, and so are lines of white space
/// only; they count as lines. Of a line that is longer than any event may be only the beginning is kept, a little more
/// than is allowed, which is enough to see that it is too long.
public struct EventLines: ~Copyable {
  /// Standard input, where a name of a file stands.
  public static let standardInput = "-"

  private let file: FileDescriptor
  private let kept: Int
  private let chunk: Int
  private var buffer: [UInt8] = []
  /// Where the next line begins in `buffer`.
  private var start = 0
  private var isAtEndOfFile = false

  /// The number of the last line read: 1 for the file's first, blank lines counted.
  public private(set) var number: Int64 = 0
  /// How many bytes of the file are behind us.
  public private(set) var offset: Int64 = 0

  private init(file: consuming FileDescriptor, longest: Int, chunk: Int) {
    self.file = file
    // A CR at the end of the longest line is none of the event.
    kept = longest + 2
    self.chunk = chunk
  }

  /// Opens a file, or standard input for `-`.
  ///
  /// - Parameters:
  ///   - longest: the bytes that an event may have.
  ///   - chunk: how many bytes are read at once.
  public static func open(_ path: String, longest: Int, chunk: Int = 65_536) throws(PublicDataError) -> EventLines {
    precondition(chunk > 0 && longest >= 0)
    var lines = EventLines(
      file: path == standardInput ? try .standardInput() : try .openToRead(path), longest: longest, chunk: chunk)
    try lines.skipByteOrderMark()
    return lines
  }

  /// The size of the file, nil when it is none (a pipe).
  public var size: Int64? { file.size }

  /// Goes to the line behind `number` lines and `offset` bytes, as they were once read off this reader. Only for a file
  /// that was just opened, and none that is a pipe.
  public mutating func skip(toOffset offset: Int64, number: Int64) throws(PublicDataError) {
    guard offset > 0 else { return }
    try file.seek(to: offset)
    buffer.removeAll(keepingCapacity: true)
    start = 0
    self.offset = offset
    self.number = number
  }

  /// Reads the next line that is not blank, without its end; false when there is none.
  public mutating func next(into line: inout [UInt8]) throws(PublicDataError) -> Bool {
    while true {
      line.removeAll(keepingCapacity: true)
      guard try nextLine(into: &line) else { return false }
      if line.contains(where: { !Self.isWhite($0) }) { return true }
    }
  }

  private static func isWhite(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0D
  }

  private mutating func nextLine(into line: inout [UInt8]) throws(PublicDataError) -> Bool {
    var hasBytes = false
    while true {
      if start == buffer.count {
        guard !isAtEndOfFile else { break }
        try fill()
        continue
      }
      hasBytes = true
      let end = buffer[start...].firstIndex(of: 0x0A) ?? buffer.count
      line.append(contentsOf: buffer[start..<min(end, start + kept - line.count)])
      offset += Int64(end - start)
      start = end
      guard end < buffer.count else { continue }
      start += 1
      offset += 1
      break
    }
    guard hasBytes else { return false }
    number += 1
    // Of a line that was cut off a CR is not the end.
    if line.count < kept, line.last == 0x0D { line.removeLast() }
    return true
  }

  private mutating func skipByteOrderMark() throws(PublicDataError) {
    while buffer.count < 3, !isAtEndOfFile { try fill() }
    guard buffer.starts(with: [0xEF, 0xBB, 0xBF]) else { return }
    start = 3
    offset = 3
  }

  private mutating func fill() throws(PublicDataError) {
    buffer.removeFirst(start)
    start = 0
    if try file.read(into: &buffer, atMost: chunk) == 0 { isAtEndOfFile = true }
  }
}

extension EventLines {
  /// Calls `body` with a file's bytes, piece by piece.
  public static func pieces(
    of path: String, of size: Int = 1 << 20, _ body: (borrowing [UInt8]) -> Void
  ) throws(PublicDataError) {
    let file = try FileDescriptor.openToRead(path)
    var piece: [UInt8] = []
    while true {
      // Full pieces, however the file system serves them: the pieces of one file are always the same.
      while piece.count < size, try file.read(into: &piece, atMost: size - piece.count) > 0 {}
      guard !piece.isEmpty else { return }
      body(piece)
      piece.removeAll(keepingCapacity: true)
    }
  }
}
