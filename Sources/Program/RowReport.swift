import Arguments
import Incidents
import Wire

/// What is told of the rows of files: each that was refused, at once, and in the end how many there were.
struct RowReport {
  struct Counts {
    var rows: Int64 = 0
    var refused: Int64 = 0
    var codes: [RejectionCode: Int64] = [:]
  }

  private let asJSON: Bool
  private(set) var counts: [InputTopic: Counts] = [:]
  /// Rows whose topic nothing says; they are refused.
  private(set) var strays = Counts()

  init(asJSON: Bool) { self.asJSON = asJSON }

  var rows: Int64 { counts.values.reduce(strays.rows) { $0 + $1.rows } }
  var refused: Int64 { counts.values.reduce(strays.refused) { $0 + $1.refused } }

  /// Counts a row, and says why it is refused. `topic` nil: nothing says which it is meant for.
  mutating func add(
    _ rejection: Rejection?, file: String, line: Int64, topic: InputTopic?, progress: inout ProgressLine
  ) {
    var entry = topic.map { counts[$0] ?? Counts() } ?? strays
    entry.rows += 1
    if let rejection {
      entry.refused += 1
      entry.codes[rejection.code, default: 0] += 1
      progress.clear()
      Output.line(asJSON ? Self.json(rejection, file, line, topic) : Self.words(rejection, file, line))
    }
    if let topic { counts[topic] = entry } else { strays = entry }
  }

  private static func words(_ rejection: Rejection, _ file: String, _ line: Int64) -> String {
    let member = rejection.member.isEmpty ? "" : " \(rejection.member)"
    return "\(file):\(line): \(rejection.code.name)\(member): \(rejection.reason) \(rejection.action)"
  }

  private static func json(_ rejection: Rejection, _ file: String, _ line: Int64, _ topic: InputTopic?) -> String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("file", file)
      writer.member("line", line)
      writer.member("topic", topic?.name)
      writer.member("source", rejection.source)
      writer.member("code", rejection.code.name)
      writer.member("member", rejection.member)
      writer.member("reason", rejection.reason)
      writer.member("action", rejection.action)
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// The numbers in the end. `verb`: what happened to the rows that were not refused.
  func finish(_ verb: String) {
    asJSON ? finishForMachines(verb) : finishForPeople(verb)
  }

  private var entries: [(name: String, counts: Counts)] {
    InputTopic.allCases.compactMap { topic in counts[topic].map { (topic.name, $0) } }
      + (strays.rows > 0 ? [("unknown", strays)] : [])
  }

  private func finishForPeople(_ verb: String) {
    if refused > 0 { Output.line("") }
    var table = TextTable([("topic", .left), ("rows", .right), (verb, .right), ("refused", .right), ("", .left)])
    for (name, counts) in entries {
      table.append([
        name, counts.rows.grouped, (counts.rows - counts.refused).grouped, counts.refused.grouped,
        counts.codes.sorted { $0.key.rawValue < $1.key.rawValue }
          .map { "\($0.key.name) \($0.value.grouped)" }.joined(separator: ", "),
      ])
    }
    Output.write(table.render())
  }

  private func finishForMachines(_ verb: String) {
    var writer = JSONWriter()
    writer.object { writer in
      writer.object("summary") { writer in
        writer.member("rows", rows)
        writer.member(verb, rows - refused)
        writer.member("refused", refused)
        writer.object("topics") { writer in
          for (name, counts) in entries {
            writer.object(name) { writer in
              writer.member("rows", counts.rows)
              writer.member(verb, counts.rows - counts.refused)
              writer.member("refused", counts.refused)
              writer.object("codes") { writer in
                for (code, count) in counts.codes.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                  writer.member(code.name, count)
                }
              }
            }
          }
        }
      }
    }
    Output.line(String(decoding: writer.bytes, as: UTF8.self))
  }
}
