import Arguments
import Hotspots
import Incidents
import PublicData
import Wire

/// `bellwether validate FILE…`: what ingest would say of each row, without a broker.
struct ValidateCommand {
  private let deployment: Deployment
  private let files: [String]
  private let topic: InputTopic?
  private let asJSON: Bool

  init(_ invocation: Invocation<Arguments.Action>, _ deployment: Deployment) {
    self.deployment = deployment
    files = invocation.operands
    topic = invocation[Options.topic].flatMap(InputTopic.init(named:))
    asJSON = invocation[Options.json]
  }

  func perform() throws -> ExitCode {
    var validator = EventValidator(configuration: try deployment.configuration())
    var report = RowReport(asJSON: asJSON)
    var progress = ProgressLine()
    var line: [UInt8] = []
    for file in files {
      var lines = try EventLines.open(file, longest: EventTranslator.largestSize)
      while try lines.next(into: &line) {
        let topic = self.topic ?? validator.topic(of: line)
        let rejection = validator.check(line, as: topic ?? .incidents, at: deployment.hooks.clock.now())
        report.add(rejection, file: file, line: lines.number, topic: topic, progress: &progress)
        progress.show("\(file): \(lines.number.grouped) lines\(lines.share)")
      }
    }
    progress.clear()
    report.finish("fine")
    return report.refused == 0 ? .fine : .no
  }
}

extension InputTopic {
  init?(named name: String) {
    guard let topic = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = topic
  }
}

extension EventValidator {
  /// A validator that knows the sources of a configuration.
  init(configuration: Configuration?) {
    guard let configuration, configuration.sources != nil else {
      self.init()
      return
    }
    self.init { configuration.sourceNames(for: $0) ?? [] }
  }
}

extension EventLines {
  /// How far a file has been read, for a line of progress; nothing of a pipe.
  var share: String {
    size.map { $0 > 0 ? ", \(offset * 100 / $0) %" : "" } ?? ""
  }
}
