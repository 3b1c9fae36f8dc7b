/// How the program ends; the numbers are part of its interface.
public enum ExitCode: Int32, CaseIterable, Sendable {
  case fine = 0
  /// The question was understood and the answer is no: a difference, a drift, a refused row.
  case no = 1
  /// The command line was not understood.
  case usage = 2
  /// No broker answers.
  case unreachable = 3
  /// History and code disagree, or a committed offset is missing.
  case divergence = 4

  var meaning: String {
    switch self {
    case .fine: "fine"
    case .no: "the answer is no"
    case .usage: "the command line was not understood"
    case .unreachable: "no broker answers"
    case .divergence: "divergence, or a missing offset"
    }
  }
}
