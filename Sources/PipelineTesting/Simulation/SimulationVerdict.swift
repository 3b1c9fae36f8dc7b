import Incidents
import Pipeline
import Wire

/// What must hold when everything is done: each input record once, as translated; the offsets and totals that were
/// committed; conservation.
struct SimulationVerdict {
  let run: SimulatedRun
  let observer: SimulationObserver

  func check() throws {
    let inputs = try checkRecords()
    try checkTotals(inputs: inputs)
    try checkMark()
  }

  /// Each record of the inputs is in the journal, in the bytes that translating it alone gives, or refused for the reason
  /// that translating it alone gives. Answers how many there are.
  private func checkRecords() throws -> Int {
    var translator = EventTranslator(
      topic: .incidents, sources: run.birth.configuration.sourceNames(for: .incidents))
    var inputs = 0
    var journaled = 0
    var line: [UInt8] = []
    for partition in 0..<Int32(Topic.incidents.partitions) {
      let batch = try run.log.committedRecords(in: TopicPartition(run.names(.incidents), partition))
      for record in batch.records {
        inputs += 1
        let origin = SimulationObserver.Origin(partition: partition, offset: record.offset)
        let found = observer.lines[origin]
        line.removeAll(keepingCapacity: true)
        let at = found?.at ?? EventTime(milliseconds: run.start)
        let rejection = translator.translate(record, of: batch, at: at, into: &line)
        if let rejection {
          guard found == nil else { throw SimulationFinding(.divergent, "\(origin) should have been refused") }
          guard let code = observer.refused[origin] else {
            throw SimulationFinding(.lost, "\(origin) is neither in the journal nor refused")
          }
          guard code == rejection.code.name else {
            throw SimulationFinding(.divergent, "\(origin) is refused as \(code), not \(rejection.code.name)")
          }
        } else {
          guard let found else {
            throw SimulationFinding(
              .lost, "\(origin) is not in the journal; refused: \(observer.refused[origin] ?? "no")")
          }
          guard found.line.elementsEqual(line.dropLast()) else {
            throw SimulationFinding(.divergent, "\(origin) is another line than translating it gives")
          }
          journaled += 1
        }
      }
    }
    guard journaled == observer.lines.count, inputs - journaled == observer.refused.count else {
      throw SimulationFinding(.abortedRead, "something was made of records that are not in the inputs")
    }
    return inputs
  }

  private func checkTotals(inputs: Int) throws {
    let status = try ServiceStatus(names: run.names, log: MemoryLogFactory(run.log))
    guard let account = status.accounts.first(where: { $0.topic == .incidents }) else {
      throw SimulationFinding(.divergent, "there is no account of the incidents")
    }
    let verdicts = observer.naive.verdicts
    guard account.received == inputs, account.rejected == observer.refused.count, account.waiting == 0,
      account.folded == verdicts.folded, account.duplicate == verdicts.duplicate,
      account.conflict == verdicts.conflict, account.superseded == verdicts.superseded,
      account.unmappedOffence == verdicts.unmappedOffence, account.unattributed == verdicts.unattributed
    else {
      throw SimulationFinding(.divergent, "the totals are \(account); the inputs hold \(inputs), judged \(verdicts)")
    }
    var codes: [String: Int64] = [:]
    for code in observer.refused.values { codes[code, default: 0] += 1 }
    guard codes == Dictionary(uniqueKeysWithValues: account.codes.map { ($0.key.name, $0.value) }) else {
      throw SimulationFinding(.divergent, "refused were \(codes), the totals say \(account.codes)")
    }
  }

  /// The group's offset says what the chain over the frames gives.
  private func checkMark() throws {
    let journal = TopicPartition(run.names(.journal), 0)
    let committed = try run.log.state.committed(group: run.names.group(.fold), [journal])[journal]
    guard let mark = committed.flatMap({ FoldMark(metadata: $0.metadata) }), mark.frame == observer.frames.count,
      mark.digest == observer.digests.last
    else {
      throw SimulationFinding(
        .divergent,
        "the fold's offset says \(committed?.metadata ?? "nothing"); there are \(observer.frames.count) frames, "
          + "\(observer.digests.last ?? .zero)")
    }
  }
}

extension MemoryLogState {
  /// Where each partition's next record goes, by topic and partition.
  var ends: [[Int64]] {
    topics.sorted { $0.key < $1.key }.map { $0.value.partitions.map(\.end) }
  }
}
