import CRdkafka
import Foundation
import Testing

/// What Kafka does to a group that was idle for too long, done at once: its offsets are forgotten. No part of the
/// program does that, so the library is asked directly.
enum GroupOffsets {
  /// The group must have no members.
  static func forget(group: String, bootstrapServers: String) throws {
    let configuration = rd_kafka_conf_new()
    rd_kafka_conf_set(configuration, "bootstrap.servers", bootstrapServers, nil, 0)
    let handle = try #require(rd_kafka_new(RD_KAFKA_PRODUCER, configuration, nil, 0))
    defer { rd_kafka_destroy(handle) }
    let queue = try #require(rd_kafka_queue_new(handle))
    defer { rd_kafka_queue_destroy(queue) }
    while true {
      var deletion = rd_kafka_DeleteGroup_new(group)
      rd_kafka_DeleteGroups(handle, &deletion, 1, nil, queue)
      rd_kafka_DeleteGroup_destroy(deletion)
      guard let event = rd_kafka_queue_poll(queue, 60_000) else { continue }
      defer { rd_kafka_event_destroy(event) }
      var count = 0
      let result = rd_kafka_event_DeleteGroups_result(event)
      let groups = rd_kafka_DeleteGroups_result_groups(result, &count)
      guard count == 1, let answer = groups?[0] else { continue }
      guard let error = rd_kafka_group_result_error(answer) else { return }
      // Its members have left, and the broker has not noticed yet.
      guard rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR_NON_EMPTY_GROUP else {
        Issue.record("\(group): \(String(cString: rd_kafka_error_string(error)))")
        return
      }
      Thread.sleep(forTimeInterval: 0.2)
    }
  }
}
