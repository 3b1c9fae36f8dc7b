import Arguments
import KafkaLog
import PublicData
import Wire

/// `bellwether import police-uk FILE…`: published street-level files as incidents, to Kafka or to a file.
struct ImportPoliceUKCommand {
  private let deployment: Deployment
  private let files: [String]
  private let output: String?
  private let asJSON: Bool

  init(_ invocation: Invocation<Arguments.Action>, _ deployment: Deployment) {
    self.deployment = deployment
    files = invocation.operands
    output = invocation[Options.to]
    asJSON = invocation[Options.json]
  }

  func perform() throws -> ExitCode {
    var importer = PoliceUKImporter(topic: deployment.names(.incidents))
    if let output {
      var file = try RecordFile(path: output, inputs: files)
      try importFiles(&importer) { try file.write($0) }
      try file.close()
    } else {
      let sender = try deployment.log.makeSender()
      defer { sender.close() }
      try importFiles(&importer) { try sender.send($0) }
      let totals = try sender.flush()
      if let failure = totals.failure {
        Output.complain("\(totals.failed.grouped) of \(importer.summary.produced.grouped) events were not written")
        throw failure
      }
    }
    report(importer.summary)
    return importer.summary.refusals.isEmpty ? .fine : .no
  }

  private func importFiles(
    _ importer: inout PoliceUKImporter, send: (OutgoingRecord) throws -> Void
  ) throws {
    var line = ProgressLine()
    for file in files {
      try importer.importFile(
        at: file, progress: { progress in line.show(Self.words(progress)) }, send: send)
    }
    line.clear()
  }

  private static func words(_ progress: ImportProgress) -> String {
    let share = progress.bytesInAll.map { $0 > 0 ? ", \(progress.bytesRead * 100 / $0) %" : "" } ?? ""
    return "\(progress.file): \(progress.rows.grouped) rows\(share)"
  }

  private func report(_ summary: ImportSummary) {
    for refusal in summary.refusals { Output.complain("\(refusal)") }
    if summary.refusals.count == ImportSummary.refusalsKept {
      Output.complain("only the first \(summary.refusals.count) refusals are shown")
    }
    asJSON ? reportForMachines(summary) : reportForPeople(summary)
  }

  private func reportForPeople(_ summary: ImportSummary) {
    let verb = output.map { "written to \($0)" } ?? "sent to \(deployment.names(.incidents))"
    Output.line(
      """
      \(summary.rows.grouped) rows of \(summary.files) \(summary.files == 1 ? "file" : "files"): \(summary.produced.grouped) \(verb), \
      \(summary.refused.grouped) refused
      """)
    Output.line(
      """
      \(summary.withoutID.grouped) without a Crime ID, \(summary.withoutPlace.grouped) without a place, \
      \(summary.repeated.grouped) repeated

      """)
    var months = TextTable([("month", .left), ("sent", .right)])
    for (month, count) in summary.months.sorted(by: { $0.key < $1.key }) {
      months.append(["\(month)", count.grouped])
    }
    Output.write(months.render())
  }

  private func reportForMachines(_ summary: ImportSummary) {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("files", summary.files)
      writer.member("rows", summary.rows)
      writer.member("sent", summary.produced)
      writer.member("refused", summary.refused)
      writer.member("repeated", summary.repeated)
      writer.member("withoutID", summary.withoutID)
      writer.member("withoutPlace", summary.withoutPlace)
      writer.object("months") { writer in
        for (month, count) in summary.months.sorted(by: { $0.key < $1.key }) { writer.member("\(month)", count) }
      }
    }
    Output.line(String(decoding: writer.bytes, as: UTF8.self))
  }
}
