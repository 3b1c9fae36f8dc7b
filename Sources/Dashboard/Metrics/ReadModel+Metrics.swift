import Incidents
import Wire

extension ReadModel {
  /// What a process that serves has to say of it.
  public func write(into text: inout PrometheusText) {
    let view = view
    text.metric("bellwether_serve_records_total", .counter, "Records applied to the read model since the start.")
    text.sample("bellwether_serve_records_total", [:], view.applied)
    text.metric("bellwether_serve_journal_time_seconds", .gauge, "The newest journal time that is served, Unix time.")
    text.sample("bellwether_serve_journal_time_seconds", [:], view.now.map { Double($0.milliseconds) / 1_000 } ?? 0)
    let forces = Force.allCases.compactMap { force in
      view.projections.values.filter { $0.force == force.name }.max { $0.now < $1.now }.map { (force.name, $0.sources) }
    }
    text.metric(
      "bellwether_source_received_seconds", .gauge,
      "When the newest record of a force's sources came, Unix time; 0 for never.")
    for (force, sources) in forces {
      for topic in InputTopic.allCases {
        text.sample(
          "bellwether_source_received_seconds", ["force": force, "topic": topic.name],
          Self.seconds(sources[topic.name]?["received"]))
      }
    }
    text.metric(
      "bellwether_source_state", .gauge, "1 at the state of a force's sources: current, late, silent or unknown.")
    for (force, sources) in forces {
      for topic in InputTopic.allCases {
        guard let state = sources[topic.name]?["state"]?.string else { continue }
        text.sample("bellwether_source_state", ["force": force, "topic": topic.name, "state": state], 1)
      }
    }
    text.metric("bellwether_signals_standing", .gauge, "Signals that stand now, by severity.")
    let standing = view.projections.values.flatMap { $0.signals.elements ?? [] }
    for severity in SignalSeverity.allCases {
      text.sample(
        "bellwether_signals_standing", ["severity": severity.name],
        standing.count { $0["severity"]?.string == severity.name })
    }
  }

  private static func seconds(_ value: JSONValue?) -> Double {
    guard let text = value?.string, case .success(let time) = RFC3339.parse(text.utf8.span) else { return 0 }
    return Double(time.milliseconds) / 1_000
  }
}
