import CRdkafka
import Glibc
import Pipeline

/// The file that takes librdkafka's own log, so that none of it reaches the terminal. Several handles, and several
/// processes, may append to one file: each line is one write.
struct Chatter: ~Copyable, Sendable {
  private let descriptor: Int32
  private let name: String

  /// `name` stands in each line and says whose it is.
  init(path: String, name: String) throws(LogError) {
    descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    self.name = name
    guard descriptor >= 0 else {
      throw LogError(
        .other, .stop, reason: "cannot open \(path) for librdkafka's log: \(Chatter.systemError())",
        advice: "the directory has to exist and to be writable")
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// `level` is syslog's: 3 error, 4 warning, 6 information, 7 debug. A line that cannot be written is lost.
  func write(level: Int32, _ text: String) {
    var line = Array("\(Chatter.timestamp()) \(Chatter.severity(level)) \(name) ".utf8)
    // A line break inside would look like a line of its own.
    line.append(contentsOf: text.utf8.lazy.map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: " ") : $0 })
    line.append(UInt8(ascii: "\n"))
    unsafe line.withUnsafeBytes { bytes in
      // The buffer is valid for the call, and its count is its own.
      _ = unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    }
  }

  private static func severity(_ level: Int32) -> String {
    switch level {
    case ...3: "error"
    case 4: "warning"
    case 5, 6: "info"
    default: "debug"
    }
  }

  /// RFC 3339, UTC, to the millisecond.
  private static func timestamp() -> String {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    var fields = unsafe tm()
    unsafe gmtime_r(&now.tv_sec, &fields)
    func padded(_ number: some BinaryInteger, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let date =
      unsafe "\(padded(Int(fields.tm_year) + 1900, 4))-\(padded(fields.tm_mon + 1, 2))-\(padded(fields.tm_mday, 2))"
    let time = unsafe "\(padded(fields.tm_hour, 2)):\(padded(fields.tm_min, 2)):\(padded(fields.tm_sec, 2))"
    return "\(date)T\(time).\(padded(now.tv_nsec / 1_000_000, 3))Z"
  }

  private static func systemError() -> String {
    let code = errno
    return unsafe String(cString: strerror(code))
  }
}
