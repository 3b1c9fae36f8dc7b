import Arguments
import Foundation
import Incidents
import KafkaLog
import PublicData
import Wire

/// `bellwether send FILE…`: events to their topics, validated first, acknowledged, and resumed after an interruption.
struct SendCommand {
  /// How many rows, and how long, the place in the file may lag behind what was acknowledged.
  private static let rowsBetweenMarks = 20_000
  private static let timeBetweenMarks: Duration = .seconds(2)

  private let deployment: Deployment
  private let files: [String]
  private let topic: InputTopic?
  private let isUnchecked: Bool
  private let asJSON: Bool

  init(_ invocation: Invocation<Arguments.Action>, _ deployment: Deployment) {
    self.deployment = deployment
    files = invocation.operands
    topic = invocation[Options.topic].flatMap(InputTopic.init(named:))
    isUnchecked = invocation[Options.unchecked]
    asJSON = invocation[Options.json]
  }

  func perform() throws -> ExitCode {
    let stop = StopFlag()
    StopSignals.watch(stop)
    var work = Work(
      validator: EventValidator(configuration: try deployment.configuration()), report: RowReport(asJSON: asJSON),
      sender: try deployment.log.makeSender())
    defer { work.sender.close() }
    var bookmarks: [Bookmark] = []
    for file in files where !stop.isSet {
      var bookmark = try Bookmark(of: file, to: deployment, topic)
      try send(file, &bookmark, &work, unless: stop)
      bookmarks.append(bookmark)
    }
    work.progress.clear()
    work.report.finish("sent")
    if stop.isSet {
      Output.complain("interrupted; the same command goes on where this one stopped, standard input aside")
      return .no
    }
    // All was sent: the next time is a new one.
    for bookmark in bookmarks { bookmark.remove() }
    return work.report.refused == 0 && bookmarks.allSatisfy { $0.refusedBefore == 0 } ? .fine : .no
  }

  /// What goes on from file to file.
  private struct Work: ~Copyable {
    var validator: EventValidator
    var report: RowReport
    var progress = ProgressLine()
    let sender: KafkaSender
  }

  private func send(
    _ file: String, _ bookmark: inout Bookmark, _ work: inout Work, unless stop: StopFlag
  ) throws {
    var lines = try EventLines.open(file, longest: EventTranslator.largestSize)
    try lines.skip(toOffset: bookmark.offset, number: bookmark.line)
    if bookmark.line > 0 {
      Output.complain("\(file): \(bookmark.line.grouped) lines were sent before; going on behind them")
    }
    let refusedBefore = work.report.refused - bookmark.refusedBefore
    var line: [UInt8] = []
    var marked = (row: work.report.rows, at: ContinuousClock.now)
    while !stop.isSet, try lines.next(into: &line) {
      let topic = self.topic ?? work.validator.topic(of: line)
      let rejection = check(line, as: topic, by: &work.validator)
      work.report.add(rejection, file: file, line: lines.number, topic: topic, progress: &work.progress)
      if rejection == nil, let topic {
        try work.sender.send(
          OutgoingRecord(
            topic: deployment.names.input(topic), key: work.validator.key(of: line), value: line,
            headers: [RecordHeader("content-type", "application/cloudevents+json")]))
      }
      work.progress.show("\(file): \(lines.number.grouped) lines\(lines.share)")
      if work.report.rows - marked.row >= Self.rowsBetweenMarks
        || ContinuousClock.now - marked.at > Self.timeBetweenMarks
      {
        try acknowledge(work.sender)
        try bookmark.move(to: lines.offset, line: lines.number, refused: work.report.refused - refusedBefore)
        marked = (work.report.rows, ContinuousClock.now)
      }
    }
    try acknowledge(work.sender)
    try bookmark.move(to: lines.offset, line: lines.number, refused: work.report.refused - refusedBefore)
  }

  private func check(
    _ line: [UInt8], as topic: InputTopic?, by validator: inout EventValidator
  ) -> Rejection? {
    // A line that is too long was not even read whole, and one without a topic has nowhere to go.
    if isUnchecked, topic != nil, line.count <= EventTranslator.largestSize { return nil }
    return validator.check(line, as: topic ?? .incidents, at: deployment.hooks.clock.now())
  }

  private func acknowledge(_ sender: KafkaSender) throws {
    let totals = try sender.flush()
    guard let failure = totals.failure else { return }
    Output.complain(
      "\(totals.failed.grouped) rows were not written; when the cause is gone, the same command goes on from the last "
        + "row that it knows to be there")
    throw failure
  }
}

/// How far a file was sent, kept in the state directory under a name made of the file's bytes, the brokers and the topic:
/// another file, or the same one changed, begins anew. Standard input has none.
private struct Bookmark {
  private let place: URL?
  private(set) var offset: Int64 = 0
  private(set) var line: Int64 = 0
  /// Rows refused up to there by the runs before this one.
  let refusedBefore: Int64

  init(of file: String, to deployment: Deployment, _ topic: InputTopic?) throws {
    guard file != EventLines.standardInput, let digest = try Self.digest(of: file) else {
      place = nil
      refusedBefore = 0
      return
    }
    let directory = deployment.stateDirectory.appending(path: "sending", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let name = "\(digest) \(deployment.bootstrapServers) \(topic?.name ?? "")"
    let place = directory.appending(path: "\(BLAKE2b.digest128(Array(name.utf8).span)).json")
    self.place = place
    guard let bytes = try? Data(contentsOf: place), let value = try? JSONValue(parsing: Array(bytes)),
      let offset = value["offset"]?.integer, let line = value["line"]?.integer,
      let refused = value["refused"]?.integer, offset >= 0, line >= 0, refused >= 0
    else {
      refusedBefore = 0
      return
    }
    (self.offset, self.line, refusedBefore) = (offset, line, refused)
  }

  /// Of all that the file holds; nil for what can be read only once.
  private static func digest(of file: String) throws -> Digest128? {
    let path = URL(filePath: file).resolvingSymlinksInPath().path
    let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
    guard type == .typeRegular else { return nil }
    var digest = Digest128(high: 0, low: 0)
    try EventLines.pieces(of: file) { piece in
      digest = BLAKE2b.digest128((Array(digest.description.utf8) + piece).span)
    }
    return digest
  }

  /// Everything up to there is acknowledged.
  mutating func move(to offset: Int64, line: Int64, refused: Int64) throws {
    (self.offset, self.line) = (offset, line)
    guard let place else { return }
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("offset", offset)
      writer.member("line", line)
      writer.member("refused", refused)
    }
    // Atomic: the old one or the new one, whenever the process ends.
    try Data(writer.bytes).write(to: place, options: .atomic)
  }

  func remove() {
    if let place { try? FileManager.default.removeItem(at: place) }
  }
}
