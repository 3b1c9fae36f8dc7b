import HTTPService
import Incidents
import SQLite
import Wire

/// Refusals of one kind by one source, summed over some hours.
struct RefusalCount: Hashable, Sendable {
  var topic: String
  var source: String
  var code: String
  var count: Int64
  /// When the newest came, by the log's clock; and where its row stands.
  var newest: EventTime
  var partition: Int64
  var offset: Int64
  var reason: String
  var action: String
  var member: String
}

extension Endpoint {
  static let sources = [
    Endpoint.document("/v1/sources", parameters: []) { router, _, _ throws(HTTPFault) in
      let view = router.model.view
      return .json { writer in
        writer.member("now", view.now.map(RFC3339.text))
        writer.array("forces") { writer in
          for force in Force.allCases {
            // Of the force's areas the one that was published last knows most.
            let newest = view.projections.values.filter { $0.force == force.name }.max { $0.now < $1.now }
            guard let newest else { continue }
            writer.object { writer in
              writer.member("force", force.name)
              writer.member("forceCode", force.code)
              writer.member("topics", newest.sources)
            }
          }
        }
        writer.array("sources") { writer in
          for (_, value) in view.sources.sorted(by: { $0.key < $1.key }) { writer.write(value) }
        }
      }
    },

    Endpoint.table("/v1/rejections", parameters: ["hours", "topic"]) {
      router, parameters, _, format throws(HTTPFault) in
      let hours = try parameters.number("hours", in: 1...720, default: 24)
      let topic = try parameters.choice("topic", of: InputTopic.allCases.map { ($0.name, $0) })
      let counts = try router.ask { model throws(SQLiteError) in try model.refusals(hours: hours, of: topic) }
      switch format {
      case .json:
        return .json { writer in
          writer.member("hours", hours)
          writer.member("count", counts.reduce(0) { $0 + $1.count })
          writer.array("rejections") { writer in
            for row in counts { row.write(into: &writer) }
          }
        }
      case .csv:
        var table = CSVTable([
          "topic", "source", "code", "count", "newest", "partition", "offset", "member", "reason", "action",
        ])
        for row in counts {
          table.append([
            row.topic, row.source, row.code, String(row.count), RFC3339.text(row.newest), String(row.partition),
            String(row.offset), row.member, row.reason, row.action,
          ])
        }
        return .csv(table)
      }
    },
  ]
}

extension RefusalCount {
  fileprivate func write(into writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("topic", topic)
      writer.member("source", source)
      writer.member("code", code)
      writer.member("count", count)
      writer.object("newest") { writer in
        writer.member("at", RFC3339.text(newest))
        writer.member("partition", partition)
        writer.member("offset", offset)
        writer.member("member", member)
        writer.member("reason", reason)
        writer.member("action", action)
      }
    }
  }
}

extension ReadModel {
  /// Refusals of the hours up to the newest refusal or the journal's time, the most frequent first.
  func refusals(hours: Int, of topic: InputTopic?) throws(SQLiteError) -> [RefusalCount] {
    let now = view.now.map { Int64($0.hour.index) } ?? 0
    return try ask { (database) throws(SQLiteError) in
      let newest = try database.integer("SELECT max(hour) FROM rejections") ?? 0
      var statement = try database.prepare(
        """
        SELECT topic, source, code, sum(count), max(newest), partition, offset, reason, action, member FROM rejections
        WHERE hour > ? AND (? = '' OR topic = ?) GROUP BY topic, source, code
        ORDER BY sum(count) DESC, topic, source, code LIMIT 1000
        """)
      try statement.bind(1, max(now, newest) - Int64(hours))
      try statement.bind(2, topic?.name ?? "")
      try statement.bind(3, topic?.name ?? "")
      var counts: [RefusalCount] = []
      while try statement.step() {
        // The columns beside max(newest) are of its row, as SQLite promises.
        counts.append(
          RefusalCount(
            topic: statement.text(0), source: statement.text(1), code: statement.text(2),
            count: statement.integer(3), newest: EventTime(milliseconds: statement.integer(4)),
            partition: statement.integer(5), offset: statement.integer(6), reason: statement.text(7),
            action: statement.text(8), member: statement.text(9)))
      }
      return counts
    }
  }
}
