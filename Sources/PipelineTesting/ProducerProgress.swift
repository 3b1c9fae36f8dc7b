import Pipeline

/// Which calls of a producer are in order, by what its earlier calls came to. Knows nothing of a log.
struct ProducerProgress: Sendable {
  private enum Phase: Sendable {
    case new
    case ready
    case inTransaction
    /// A call of this transaction failed so that only an abort can follow.
    case mustAbort(LogError)
    /// The answer to the commit or abort is outstanding: only the same call may follow.
    case deciding(LogCall)
    /// Nothing helps but a new producer.
    case dead(LogError)
    case closed
  }

  private var phase = Phase.new

  /// Throws when the call is out of order, or when an earlier failure stands against it.
  func admit(_ call: LogCall) throws(LogError) {
    switch (phase, call) {
    case (.new, .initialise), (.ready, .begin), (.ready, .flush): return
    case (.inTransaction, .produce), (.inTransaction, .flush), (.inTransaction, .sendOffsets): return
    case (.inTransaction, .commit), (.inTransaction, .abort), (.mustAbort, .abort): return
    case (.deciding(let decision), _) where decision == call: return
    case (.mustAbort(var failure), .produce), (.mustAbort(var failure), .flush),
      (.mustAbort(var failure), .sendOffsets), (.mustAbort(var failure), .commit):
      failure.remedy = .abort
      throw failure
    case (.dead(let failure), _): throw failure
    default: throw LogError(.invalidState, .stop, reason: "\(call.rawValue) out of order")
    }
  }

  /// What an admitted call came to.
  mutating func note(_ call: LogCall, failure: LogError?) {
    guard let failure else {
      switch call {
      case .initialise, .commit, .abort: phase = .ready
      case .begin: phase = .inTransaction
      default: break
      }
      return
    }
    switch failure.remedy {
    case .retry:
      if call == .commit || call == .abort { phase = .deciding(call) }
    case .abort where call != .initialise && call != .begin:
      phase = .mustAbort(failure)
    case .stop where call == .produce || call == .flush || call == .sendOffsets:
      phase = .mustAbort(failure)
    case .abort, .restart, .stop:
      phase = .dead(failure)
    }
  }

  mutating func close() { phase = .closed }
}
