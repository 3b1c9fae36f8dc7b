import Foundation
import Pipeline

/// The state directory belongs to one process at a time: an advisory lock that ends with the process, however it ends.
struct InstanceLock {
  private let descriptor: Int32

  init(directory: URL) throws {
    let path = directory.appending(path: "lock").path
    descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw CommandFailure("\(path) cannot be opened: \(String(cString: strerror(errno)))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw CommandFailure(
        "another process runs with the state directory \(directory.path)"
          + "\n  give this one another --instance or --state-dir")
    }
  }

  func release() { close(descriptor) }
}
