import Pipeline
import PipelineTesting
import Testing

@Suite struct TopicPlanTests {
  private static let names = Names(prefix: "x.")

  private static func plan(_ log: MemoryLog) throws -> TopicPlan {
    try TopicPlan(names: names, administration: MemoryLogFactory(log).makeAdministration())
  }

  @Test func everythingIsMissingAtFirstAndNothingAfterwards() throws {
    let log = MemoryLog()
    let plan = try Self.plan(log)
    #expect(plan.missing.map(\.name) == Topic.allCases.map { "x.\($0.rawValue)" })
    #expect(plan.drifts.isEmpty)
    try MemoryLogFactory(log).makeAdministration().create(plan.missing)
    #expect(try Self.plan(log).isEmpty)
  }

  /// Each setting, replicas and partitions set otherwise is named, with what it should be.
  @Test func eachDriftIsNamed() throws {
    for topic in Topic.allCases {
      for setting in topic.settings(brokers: 1).keys.sorted() + ["partitions"] {
        let log = MemoryLog()
        var wanted = try Self.plan(log).missing
        let place = try #require(wanted.firstIndex { $0.name == Self.names(topic) })
        let expected: String
        if setting == "partitions" {
          expected = String(wanted[place].partitions)
          wanted[place].partitions += 1
        } else {
          expected = try #require(wanted[place].settings[setting])
          wanted[place].settings[setting] = Self.another(than: expected)
        }
        try MemoryLogFactory(log).makeAdministration().create(wanted)
        let plan = try Self.plan(log)
        #expect(plan.missing.isEmpty)
        #expect(plan.drifts.map(\.topic) == [Self.names(topic)])
        #expect(plan.drifts.first?.setting == setting)
        #expect(plan.drifts.first?.expected == expected)
      }
    }
  }

  private static func another(than value: String) -> String {
    switch value {
    case "delete": "compact"
    case "compact": "delete"
    case "LogAppendTime": "CreateTime"
    default: value == "1" ? "2" : "1000"
    }
  }
}
