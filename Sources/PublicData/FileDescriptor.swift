import Glibc

/// An open file; closed when the value ends, if not before.
struct FileDescriptor: ~Copyable {
  /// -1 when closed.
  private var number: Int32
  let path: String

  private init(number: Int32, path: String) {
    self.number = number
    self.path = path
  }

  static func openToRead(_ path: String) throws(PublicDataError) -> FileDescriptor {
    let number = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { throw PublicDataError(.cannotOpen, path: path, errno: errno) }
    return FileDescriptor(number: number, path: path)
  }

  /// The program's standard input, which stays open when the value ends.
  static func standardInput() throws(PublicDataError) -> FileDescriptor {
    let number = Glibc.dup(STDIN_FILENO)
    guard number >= 0 else { throw PublicDataError(.cannotOpen, path: "standard input", errno: errno) }
    return FileDescriptor(number: number, path: "standard input")
  }

  /// Creates the file or empties it.
  static func openToWrite(_ path: String) throws(PublicDataError) -> FileDescriptor {
    let number = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard number >= 0 else { throw PublicDataError(.cannotOpen, path: path, errno: errno) }
    return FileDescriptor(number: number, path: path)
  }

  deinit { if number >= 0 { Glibc.close(number) } }

  /// The size in bytes of a regular file; nil for anything else.
  var size: Int64? {
    var status = stat()
    guard unsafe fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int64(status.st_size)
  }

  /// Goes on reading at this byte.
  func seek(to offset: Int64) throws(PublicDataError) {
    guard lseek(number, off_t(offset), SEEK_SET) >= 0 else {
      throw PublicDataError(.cannotRead, path: path, errno: errno)
    }
  }

  /// Appends at most `count` bytes; 0 at the end of the file.
  func read(into bytes: inout [UInt8], atMost count: Int) throws(PublicDataError) -> Int {
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: count))
    while true {
      // The region is exactly the bytes that were just appended.
      let got = unsafe bytes.withUnsafeMutableBytes { all in
        unsafe Glibc.read(number, all.baseAddress.map { unsafe $0 + start }, count)
      }
      let failure = errno
      if got < 0, failure == EINTR { continue }
      bytes.removeLast(count - max(got, 0))
      guard got >= 0 else { throw PublicDataError(.cannotRead, path: path, errno: failure) }
      return got
    }
  }

  func write(_ bytes: [UInt8]) throws(PublicDataError) {
    var done = 0
    while done < bytes.count {
      let wrote = unsafe bytes.withUnsafeBytes { all in
        unsafe Glibc.write(number, all.baseAddress.map { unsafe $0 + done }, all.count - done)
      }
      if wrote < 0 {
        if errno == EINTR { continue }
        throw PublicDataError(.cannotWrite, path: path, errno: errno)
      }
      done += wrote
    }
  }

  /// Closes the file; reports what a file system says only then (a full quota over NFS).
  mutating func close() throws(PublicDataError) {
    let closing = number
    number = -1
    guard closing < 0 || Glibc.close(closing) == 0 else {
      throw PublicDataError(.cannotWrite, path: path, errno: errno)
    }
  }

  /// Whether two names lead to the same file, links followed.
  static func isSameFile(_ a: String, _ b: String) -> Bool {
    var first = stat()
    var second = stat()
    guard unsafe stat(a, &first) == 0, unsafe stat(b, &second) == 0 else { return false }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }
}
