import Pipeline
import Wire

extension LogContract {
  /// Topics and their settings.
  static let administration = [
    Case("a created topic is described with its settings and the defaults") { bench in
      try bench.require(try bench.administration.brokerCount() >= 1, "no brokers")
      let settings = ["cleanup.policy": "compact", "min.compaction.lag.ms": "60000"]
      let topic = try bench.topic("described", partitions: 3, settings: settings)
      let asked = ["cleanup.policy", "min.compaction.lag.ms", "retention.ms", "message.timestamp.type"]
      let found = try bench.retrying("describe") {
        try bench.administration.describe(topics: [topic, bench.fixture.uniqueName("unheard-of")], settings: asked)
      }
      try bench.requireEqual(found.map(\.name), [topic], "names")
      try bench.requireEqual(found.map(\.partitions), [3], "partitions")
      try bench.requireEqual(found.map(\.replicas), [1], "replicas")
      let values = found.first?.settings ?? [:]
      for (name, value) in settings { try bench.requireEqual(values[name], value, name) }
      try bench.requireEqual(values["message.timestamp.type"], "CreateTime", "a default")
      try bench.require(values["retention.ms"].flatMap { Int64($0) } != nil, "no default of retention.ms")
    },

    Case("a topic that exists is not created again") { bench in
      let topic = try bench.topic("twice", partitions: 2)
      let error = try bench.failure(of: "creating it again") {
        try bench.administration.create([TopicDescription(name: topic, partitions: 5, replicas: 1, settings: [:])])
      }
      try bench.require(error.remedy != .retry, "remedy of “\(error)”")
      let found = try bench.retrying("describe") {
        try bench.administration.describe(topics: [topic], settings: [])
      }
      try bench.requireEqual(found.map(\.partitions), [2], "partitions")
    },
  ]
}
