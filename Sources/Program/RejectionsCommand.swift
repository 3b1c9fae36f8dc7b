import Arguments
import Foundation
import Incidents
import Pipeline
import Wire

/// `bellwether rejections list` and `rejections retry`.
struct RejectionsCommand {
  /// Bytes of a row that are shown.
  private static let longestShown = 4_096

  private let deployment: Deployment
  private let wanted: RefusedRows
  private let limit: Int
  private let showsRows: Bool
  private let isOldestFirst: Bool
  private let isTrial: Bool
  private let asJSON: Bool

  init(_ invocation: Invocation<Arguments.Action>, _ deployment: Deployment) throws {
    self.deployment = deployment
    wanted = RefusedRows(
      topics: invocation[Options.topic].flatMap(InputTopic.init(named:)).map { [$0] } ?? InputTopic.allCases,
      source: invocation[Options.source], code: try invocation[Options.code].map(Self.code),
      since: try invocation[Options.since].map { try Self.time($0, now: deployment.hooks.clock.now()) })
    limit = invocation[Options.limit]
    showsRows = invocation[Options.show]
    isOldestFirst = invocation[Options.oldestFirst]
    isTrial = invocation[Options.dryRun]
    asJSON = invocation[Options.json]
  }

  private static func code(_ name: String) throws -> String {
    guard RejectionCode.allCases.contains(where: { $0.name == name }) else {
      let known = RejectionCode.allCases.map(\.name).joined(separator: ", ")
      throw CommandFailure("\"\(name)\" is no code; one of: \(known)")
    }
    return name
  }

  /// A time of RFC 3339, or an age: `90m`, `24h`, `7d`.
  private static func time(_ text: String, now: EventTime) throws -> EventTime {
    if let time = EventTime(rfc3339: text) { return time }
    let units: [Character: Int64] = ["m": 60_000, "h": 3_600_000, "d": 86_400_000]
    guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), (0...100_000).contains(count)
    else { throw CommandFailure("\"\(text)\" is neither a time such as 2026-03-01T20:00:00Z nor an age such as 24h") }
    return EventTime(milliseconds: now.milliseconds - count * unit)
  }

  // MARK: List

  func list() throws -> ExitCode {
    var rows = try RejectionReader(names: deployment.names, log: deployment.log)
      .list(wanted, limit: limit == 0 ? nil : limit)
    if !isOldestFirst { rows.reverse() }
    let contents = showsRows ? try read(rows) : [:]
    for row in rows {
      let content: String?? = showsRows ? .some(contents[row]) : nil
      asJSON ? printForMachines(row, content) : printForPeople(row, content)
    }
    if !asJSON {
      if rows.isEmpty { Output.line("no rows were refused, of those asked for and in the last 30 days") }
      if rows.count == limit { Output.complain("only the newest \(limit) are shown; --limit 0 shows all") }
    }
    return .fine
  }

  /// The rows themselves, by their positions; those that their topic does not hold any more are missing.
  private func read(_ rows: [RefusedRow]) throws -> [RefusedRow: String] {
    var contents: [RefusedRow: String] = [:]
    let fetcher = try RecordFetcher(log: deployment.log)
    defer { fetcher.close() }
    for (partition, rows) in Dictionary(grouping: rows, by: \.partition).sorted(by: { $0.key < $1.key }) {
      let byOffset = Dictionary(rows.map { ($0.offset, $0) }) { _, last in last }
      try fetcher.fetch(byOffset.keys.sorted(), of: partition) { record, batch in
        guard let row = byOffset[record.offset] else { return }
        contents[row] = Self.text(record, batch)
      }
    }
    return contents
  }

  private static func text(_ record: RecordBatch.Record, _ batch: borrowing RecordBatch) -> String {
    var headers = ""
    for header in batch.headers[record.firstHeader..<record.firstHeader + record.headerCount]
    where batch.text(header.name).hasPrefix("ce_") {
      headers += "\(batch.text(header.name))=\(header.value.map(batch.text) ?? "") "
    }
    guard let value = record.value else { return headers + "(no value)" }
    let shown = String(decoding: batch.copy(value).prefix(longestShown), as: UTF8.self)
    return headers + shown + (value.count > longestShown ? " … and \(value.count - longestShown) bytes" : "")
  }

  private func printForPeople(_ row: RefusedRow, _ content: String??) {
    Output.line(row.source.map { "\(row.words) (from \($0.harmless))" } ?? row.words)
    guard let content else { return }
    Output.line("  " + (content?.harmless ?? "the topic does not hold the row any more"))
  }

  private func printForMachines(_ row: RefusedRow, _ content: String??) {
    var writer = JSONWriter()
    row.write(into: &writer, row: content)
    Output.line(String(decoding: writer.bytes, as: UTF8.self))
  }

  // MARK: Retry

  func retry() throws -> ExitCode {
    // Who gives rows back to ingest passes the points that ingest does.
    let retrier = try Retrier(
      names: deployment.names, log: deployment.log, clock: deployment.hooks.clock,
      passing: deployment.hooks.passing(.ingest))
    defer { retrier.close() }
    let summary = try retrier.retry(wanted, isTrial: isTrial)
    asJSON ? reportForMachines(summary) : reportForPeople(summary)
    return .fine
  }

  private func reportForPeople(_ summary: Retrier.Summary) {
    let sent = summary.sent.values.reduce(0, +)
    let verb = isTrial ? "would be sent again" : "sent again"
    Output.line("\(summary.meant.grouped) refused rows: \(sent.grouped) \(verb), \(summary.before.grouped) were before")
    for topic in InputTopic.allCases {
      if let count = summary.sent[topic] { Output.line("  \(count.grouped) to \(deployment.names.input(topic))") }
    }
    let refused = summary.refused.sorted { $0.key.rawValue < $1.key.rawValue }
    if !refused.isEmpty {
      let list = refused.map { "\($0.key.name) \($0.value.grouped)" }.joined(separator: ", ")
      Output.line("  still refused: \(list)")
    }
    if summary.gone > 0 { Output.line("  \(summary.gone.grouped) are not in their topic any more") }
  }

  private func reportForMachines(_ summary: Retrier.Summary) {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("refusedRows", summary.meant)
      writer.member("dryRun", isTrial)
      writer.object("sent") { writer in
        for topic in InputTopic.allCases { writer.member(topic.name, summary.sent[topic] ?? 0) }
      }
      writer.member("sentBefore", summary.before)
      writer.object("stillRefused") { writer in
        for (code, count) in summary.refused.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
          writer.member(code.name, count)
        }
      }
      writer.member("gone", summary.gone)
    }
    Output.line(String(decoding: writer.bytes, as: UTF8.self))
  }
}
