import Arguments
import Pipeline
import Wire

/// `bellwether verify`: folds the journal from its start and compares what was published, byte for byte.
struct VerifyCommand {
  private let deployment: Deployment
  private let asJSON: Bool

  init(_ invocation: Invocation<Arguments.Action>, _ deployment: Deployment) {
    self.deployment = deployment
    asJSON = invocation[Options.json]
  }

  func perform() throws -> ExitCode {
    let birth = try deployment.birth()
    var isEqual = true
    for partition in birth.partitions.indices {
      let journal = TopicPartition(deployment.names(.journal), Int32(partition))
      do {
        let extent = try Verification(journal, names: deployment.names, log: deployment.log).run()
        report(journal, extent)
      } catch let difference as Verification.Difference {
        isEqual = false
        report(journal, difference)
      }
    }
    return isEqual ? .fine : .no
  }

  private func report(_ partition: TopicPartition, _ extent: Verification.Extent) {
    guard asJSON else {
      let release = Release.current.number
      if extent.first > 0 {
        Output.line(
          """
          \(partition): release \(release) begins at frame \(extent.first.grouped); what lies before is for the program \
          of the release before to verify
          """)
      }
      if let successor = extent.successor {
        Output.line(
          """
          \(partition): release \(successor) begins at frame \(extent.frames.grouped); the rest is for its program to \
          verify
          """)
      }
      return Output.line(
        """
        \(partition): \(extent.frames.grouped) frames folded anew; \(extent.signals.grouped) signals, \
        \(extent.digests.grouped) digests, \(extent.projections.grouped) projections, \(extent.days.grouped) days and \
        \(extent.statuses.grouped) statuses of sources are equal
        """)
    }
    writeJSON(partition) { writer in
      writer.member("equal", true)
      writer.member("release", Release.current.number)
      writer.member("first", extent.first)
      writer.member("frames", extent.frames)
      if let successor = extent.successor { writer.member("successor", successor) }
      writer.member("signals", extent.signals)
      writer.member("digests", extent.digests)
      writer.member("projections", extent.projections)
      writer.member("days", extent.days)
      writer.member("statuses", extent.statuses)
    }
  }

  private func report(_ partition: TopicPartition, _ difference: Verification.Difference) {
    guard asJSON else { return Output.line("\(partition): \(difference)") }
    writeJSON(partition) { writer in
      writer.member("equal", false)
      writer.member("subject", difference.subject)
      writer.member("firstFrame", difference.frames.lowerBound)
      writer.member("lastFrame", difference.frames.upperBound)
      writer.member("published", difference.published)
      writer.member("refolded", difference.refolded)
      writer.member("line", difference.line)
    }
  }

  private func writeJSON(_ partition: TopicPartition, _ body: (inout JSONWriter) -> Void) {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("partition", partition.description)
      body(&writer)
    }
    Output.line(String(decoding: writer.bytes, as: UTF8.self))
  }
}
