import Dashboard
import Foundation
import Incidents
import Pipeline
import Wire

/// The metrics of the roles that a process runs, and of the process.
enum ServiceMetrics {
  static func write(
    threads: [RoleThread], timings: [Pipeline.Role: RoleTimings], _ report: ProgressFollower.Report,
    into text: inout PrometheusText
  ) {
    text.metric("bellwether_take_overs_total", .counter, "Partitions that a role has taken over since the start.")
    for thread in threads {
      text.sample("bellwether_take_overs_total", ["role": thread.role.rawValue], thread.takeOvers)
    }
    text.metric("bellwether_role_silence_seconds", .gauge, "Since when nothing was heard of a role's thread.")
    for thread in threads {
      let (seconds, attoseconds) = thread.silence.components
      text.sample(
        "bellwether_role_silence_seconds", ["role": thread.role.rawValue],
        (Double(seconds) + Double(attoseconds) * 1e-18))
    }
    writeTimings(timings, into: &text)
    let parts = threads.flatMap { thread in
      (thread.standing?.owned ?? []).sorted().compactMap { partition in
        report.progress[thread.role.progressKey(of: partition)].map { (thread.role, partition, $0) }
      }
    }
    text.metric("bellwether_position", .gauge, "The offset up to which a role has committed its work.")
    for (role, partition, value) in parts {
      text.sample("bellwether_position", labels(role, partition), value["offset"]?.integer ?? 0)
    }
    text.metric("bellwether_lag", .gauge, "Offsets that a role has still to read, markers of transactions among them.")
    for (role, partition, value) in parts {
      guard let end = report.ends[partition], let offset = value["offset"]?.integer else { continue }
      text.sample("bellwether_lag", labels(role, partition), max(0, end - offset - (role == .fold ? 1 : 0)))
    }
    writeVerdicts(parts, into: &text)
    text.metric("bellwether_parked", .gauge, "1 of a partition in which code and history disagree.")
    for (role, partition, _) in parts where role == .fold {
      text.sample(
        "bellwether_parked", labels(role, partition),
        report.progress["parked:\(partition.partition)"] == nil ? 0 : 1)
    }
  }

  private static func writeTimings(_ timings: [Pipeline.Role: RoleTimings], into text: inout PrometheusText) {
    let roles = Pipeline.Role.allCases.compactMap { role in timings[role].map { (role, $0) } }.filter { $0.0 != .serve }
    text.metric("bellwether_compute_seconds", .histogram, "From a batch read to its outcome: translated, or folded.")
    for (role, timings) in roles {
      text.samples("bellwether_compute_seconds", ["role": role.rawValue], timings.computing.counts)
    }
    text.metric("bellwether_commit_seconds", .histogram, "From a batch's outcome to its transaction committed.")
    for (role, timings) in roles {
      text.samples("bellwether_commit_seconds", ["role": role.rawValue], timings.committing.counts)
    }
  }

  private static func labels(_ role: Pipeline.Role, _ partition: TopicPartition) -> KeyValuePairs<String, String> {
    ["role": role.rawValue, "topic": partition.topic, "partition": String(partition.partition)]
  }

  private static func writeVerdicts(
    _ parts: [(Pipeline.Role, TopicPartition, JSONValue)], into text: inout PrometheusText
  ) {
    text.metric("bellwether_received_total", .counter, "Input records read, over the whole life of the partition.")
    for (role, partition, value) in parts where role == .ingest {
      text.sample("bellwether_received_total", labels(role, partition), value["received"]?.integer ?? 0)
    }
    text.metric("bellwether_rejections_total", .counter, "Input records refused, by code.")
    for (role, partition, value) in parts where role == .ingest {
      for code in value["codes"]?.members ?? [] {
        text.sample(
          "bellwether_rejections_total",
          ["topic": partition.topic, "partition": String(partition.partition), "code": code.name],
          code.value.integer ?? 0)
      }
    }
    text.metric("bellwether_verdicts_total", .counter, "Journaled records by their verdict.")
    for (role, partition, value) in parts where role == .fold {
      for topic in value["verdicts"]?.members ?? [] {
        for verdict in topic.value.members ?? [] {
          guard let count = verdict.value.integer else { continue }
          text.sample(
            "bellwether_verdicts_total",
            ["topic": topic.name, "partition": String(partition.partition), "verdict": verdict.name], count)
        }
      }
    }
    text.metric("bellwether_journal_time_seconds", .gauge, "The journal's time as it is folded, Unix time.")
    for (role, partition, value) in parts where role == .fold {
      text.sample(
        "bellwether_journal_time_seconds", labels(role, partition), Double(value["now"]?.integer ?? 0) / 1_000)
    }
  }

  /// The metrics that every exporter has under these names.
  static func writeProcess(since began: Date, into text: inout PrometheusText) {
    let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
    let pages = fields.count > 1 ? Int(fields[1]) ?? 0 : 0
    text.metric("process_resident_memory_bytes", .gauge, "Resident memory.")
    text.sample("process_resident_memory_bytes", [:], pages * Int(getpagesize()))
    text.metric("process_start_time_seconds", .gauge, "When the process began, Unix time.")
    text.sample("process_start_time_seconds", [:], began.timeIntervalSince1970)
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let seconds = [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    text.metric("process_cpu_seconds_total", .counter, "User and system time.")
    text.sample("process_cpu_seconds_total", [:], seconds)
  }
}

extension Pipeline.Role {
  /// The key under which the role says on `progress` where it stands in a partition.
  fileprivate func progressKey(of partition: TopicPartition) -> String {
    switch self {
    case .ingest: "ingest:\(partition.topic):\(partition.partition)"
    case .fold: "fold:\(partition.partition)"
    case .serve: ""
    }
  }
}
