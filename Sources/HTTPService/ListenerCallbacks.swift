import CMicrohttpd
import Foundation

/// The library's callbacks: C functions that find their listener in `context`, and nothing else captured. All of them run
/// on the library's thread.
enum ListenerCallbacks {
  /// A request between its first line and its end.
  final class Exchange {
    let target: String
    var hasHeaders = false

    init(target: String) { self.target = target }
  }

  /// The listener that a callback belongs to: retained as long as there are callbacks.
  private static func core(_ context: UnsafeMutableRawPointer?) -> ListenerCore? {
    unsafe context.map { unsafe Unmanaged<ListenerCore>.fromOpaque($0).takeUnretainedValue() }
  }

  private static func key(_ connection: OpaquePointer?) -> UInt { UInt(bitPattern: connection) }

  static let connection: MHD_NotifyConnectionCallback = { context, connection, _, event in
    guard let core = unsafe core(context), let connection = unsafe connection else { return }
    if event == .CONNECTION_NOTIFY_STARTED {
      unsafe core.opened(key(connection), socket: bw_http_socket(connection))
    } else {
      core.closed(unsafe key(connection))
    }
  }

  /// The raw target of a request; what is returned comes back as the request's own pointer, until `completed`.
  static let target:
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) -> UnsafeMutableRawPointer? = {
      _, target, _ in
      let text = unsafe target.map { unsafe String(cString: $0) } ?? ""
      return unsafe Unmanaged.passRetained(Exchange(target: text)).toOpaque()
    }

  static let completed: MHD_RequestCompletedCallback = { context, connection, exchange, _ in
    if let raw = unsafe exchange?.pointee {
      unsafe Unmanaged<Exchange>.fromOpaque(raw).release()
      unsafe exchange?.pointee = nil
    }
    unsafe core(context)?.completed(key(connection))
  }

  static let answer: MHD_AccessHandlerCallback = { context, connection, _, method, _, _, bodySize, exchange in
    guard let core = unsafe core(context), let connection = unsafe connection,
      let raw = unsafe exchange?.pointee
    else { return .NO }
    let exchange = unsafe Unmanaged<Exchange>.fromOpaque(raw).takeUnretainedValue()
    let method = unsafe method.map { unsafe String(cString: $0) } ?? ""
    if !exchange.hasHeaders {
      // The first of two calls. A body is refused here, before it is read; everything else is answered at the second.
      exchange.hasHeaders = true
      let headers = unsafe RequestHeaders.all(of: connection)
      guard headers.announceBody else { return .YES }
      core.answering(unsafe key(connection))
      return unsafe send(core.refusal(ofBody: method, exchange.target, headers.items), to: connection, core)
    }
    if let bodySize = unsafe bodySize, unsafe bodySize.pointee > 0 {
      unsafe bodySize.pointee = 0
      return .YES
    }
    core.answering(unsafe key(connection))
    let headers = unsafe RequestHeaders.all(of: connection).items
    return unsafe send(core.respond(method: method, target: exchange.target, headers: headers), to: connection, core)
  }

  private static func send(_ answer: HTTPResponse, to connection: OpaquePointer, _ core: ListenerCore) -> MHD_Result {
    let response: Response?
    switch answer.body {
    case .bytes(let bytes): response = Response(copying: bytes)
    case .stream(let stream):
      unsafe bw_http_never_time_out(connection)
      let size: Int32 = 32_768
      // What the kernel holds for a slow reader is memory, too.
      unsafe withUnsafePointer(to: size) { size in
        _ = unsafe setsockopt(
          bw_http_socket(connection), SOL_SOCKET, SO_SNDBUF, size, socklen_t(MemoryLayout<Int32>.size))
      }
      core.beganStream(unsafe key(connection))
      response = unsafe Response(reading: StreamReader(stream, connection: key(connection), core))
    }
    guard let response else { return .NO }
    for header in answer.headers { response.add(header) }
    return unsafe response.queue(on: connection, status: UInt32(clamping: answer.status))
  }
}

/// An answer in the library's hands: its count of references is ours until here, and the connection's afterwards.
@safe struct Response: ~Copyable {
  private let handle: OpaquePointer

  init?(copying bytes: [UInt8]) {
    let handle = unsafe bytes.withUnsafeBytes { buffer in
      // Copied by the call, which takes a mutable pointer for its other modes only.
      unsafe MHD_create_response_from_buffer(
        buffer.count, UnsafeMutableRawPointer(mutating: buffer.baseAddress), .RESPMEM_MUST_COPY)
    }
    guard let handle = unsafe handle else { return nil }
    unsafe self.handle = unsafe handle
  }

  init?(reading reader: StreamReader) {
    let retained = unsafe Unmanaged.passRetained(reader).toOpaque()
    let handle = unsafe MHD_create_response_from_callback(
      UInt64.max, 32_768,
      { context, _, buffer, size in
        guard let context = unsafe context, let buffer = unsafe buffer else { return -1 }
        let reader = unsafe Unmanaged<StreamReader>.fromOpaque(context).takeUnretainedValue()
        return unsafe reader.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size))
      }, retained,
      { context in
        if let context = unsafe context { unsafe Unmanaged<StreamReader>.fromOpaque(context).release() }
      })
    guard let handle = unsafe handle else {
      unsafe Unmanaged<StreamReader>.fromOpaque(retained).release()
      return nil
    }
    unsafe self.handle = unsafe handle
  }

  deinit { unsafe MHD_destroy_response(handle) }

  func add(_ header: NamedText) { unsafe MHD_add_response_header(handle, header.name, header.value) }

  func queue(on connection: OpaquePointer, status: UInt32) -> MHD_Result {
    unsafe MHD_queue_response(connection, status, handle)
  }
}

/// The headers of a request.
struct RequestHeaders {
  var items: [NamedText] = []

  static func all(of connection: OpaquePointer) -> RequestHeaders {
    var headers = RequestHeaders()
    // The pointer is valid for the call, which uses it on this thread.
    unsafe withUnsafeMutablePointer(to: &headers) { pointer in
      _ = unsafe MHD_get_connection_values(
        connection, .HEADER_KIND,
        { context, _, name, value in
          guard let context = unsafe context, let name = unsafe name else { return .YES }
          let value = unsafe value.map { unsafe String(cString: $0) } ?? ""
          unsafe context.assumingMemoryBound(to: RequestHeaders.self).pointee.items.append(
            NamedText(String(cString: name), value))
          return .YES
        }, pointer)
    }
    return headers
  }

  /// Whether a body follows.
  var announceBody: Bool {
    items.contains { header in
      switch header.name.lowercased() {
      case "content-length": header.value.trimmingCharacters(in: .whitespaces) != "0"
      case "transfer-encoding": true
      default: false
      }
    }
  }
}
