import CRdkafka
import Pipeline
import Wire

// Administrative requests: each is sent with a queue of its own and waited for.

extension Client {
  /// The members of a group, in no order; none when the group does not exist.
  func members(of group: String) throws(LogError) -> [GroupMember] {
    unsafe try ask("cannot look at the group \(group)", RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS) {
      handle, options, queue in
      unsafe group.withCString { name in
        var name: UnsafePointer<CChar>? = unsafe name
        unsafe rd_kafka_DescribeConsumerGroups(handle, &name, 1, options, queue)
      }
    } reading: { answer throws(LibraryError) in
      var count = 0
      let result = unsafe rd_kafka_event_DescribeConsumerGroups_result(answer)
      guard let groups = unsafe rd_kafka_DescribeConsumerGroups_result_groups(result, &count), count == 1,
        let description = unsafe groups[0]
      else { throw LibraryError(RD_KAFKA_RESP_ERR__BAD_MSG) }
      if let error = unsafe rd_kafka_ConsumerGroupDescription_error(description) {
        throw unsafe LibraryError(reading: error)
      }
      let members = unsafe rd_kafka_ConsumerGroupDescription_member_count(description)
      return (0..<members).compactMap { place in
        unsafe rd_kafka_ConsumerGroupDescription_member(description, place).map { unsafe GroupMember(reading: $0) }
      }
    }
  }

  /// The committed offsets of a group that this handle does not belong to. Waits no longer for an undecided
  /// transaction that moves them than a decided one needs to be written everywhere: `retry` then.
  func committed(
    group: String, _ partitions: [TopicPartition]
  ) throws(LogError) -> [TopicPartition: CommittedOffset] {
    let list = PartitionList(partitions)
    let query = GroupOffsetsQuery(group: group, partitions: list)
    return unsafe try ask(
      "cannot read the offsets of the group \(group)", RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS,
      patience: .seconds(2)
    ) { handle, options, queue in
      // Offsets that an undecided transaction moves are an error then.
      _ = unsafe LibraryError(consuming: rd_kafka_AdminOptions_set_require_stable_offsets(options, 1))
      unsafe query.withPointer { query in
        var query: OpaquePointer? = unsafe query
        unsafe rd_kafka_ListConsumerGroupOffsets(handle, &query, 1, options, queue)
      }
    } reading: { answer throws(LibraryError) in
      var count = 0
      let result = unsafe rd_kafka_event_ListConsumerGroupOffsets_result(answer)
      guard let groups = unsafe rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count), count == 1,
        let group = unsafe groups[0]
      else { throw LibraryError(RD_KAFKA_RESP_ERR__BAD_MSG) }
      if let error = unsafe rd_kafka_group_result_error(group) { throw unsafe LibraryError(reading: error) }
      guard let list = unsafe rd_kafka_group_result_partitions(group) else { return [:] }
      return try unsafe PartitionList.committed(PartitionList.entries(of: list))
    }
  }

  /// All settings of a topic, defaults included, except secret ones.
  func settings(of topic: String) throws(LogError) -> [String: String] {
    guard let resource = ConfigurationResource(topic: topic) else {
      throw LogError(.unknownTopic, .stop, reason: "\(topic) is no name of a topic")
    }
    return unsafe try ask("cannot read the settings of \(topic)", RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS) {
      handle, options, queue in
      unsafe resource.withPointer { resource in
        var resource: OpaquePointer? = unsafe resource
        unsafe rd_kafka_DescribeConfigs(handle, &resource, 1, options, queue)
      }
    } reading: { answer throws(LibraryError) in
      var count = 0
      let result = unsafe rd_kafka_event_DescribeConfigs_result(answer)
      guard let resources = unsafe rd_kafka_DescribeConfigs_result_resources(result, &count), count == 1,
        let resource = unsafe resources[0]
      else { throw LibraryError(RD_KAFKA_RESP_ERR__BAD_MSG) }
      let code = unsafe rd_kafka_ConfigResource_error(resource)
      if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw LibraryError(code) }
      var settings: [String: String] = [:]
      let entries = unsafe rd_kafka_ConfigResource_configs(resource, &count)
      for index in 0..<count {
        guard let entry = unsafe entries?[index], let name = unsafe rd_kafka_ConfigEntry_name(entry),
          let value = unsafe rd_kafka_ConfigEntry_value(entry)
        else { continue }
        unsafe settings[String(cString: name)] = unsafe String(cString: value)
      }
      return settings
    }
  }

  func create(_ topic: TopicDescription) throws(LogError) {
    let new = try NewTopic.with(topic)
    unsafe try ask("cannot create \(topic.name)", RD_KAFKA_ADMIN_OP_CREATETOPICS) { handle, options, queue in
      // The broker answers when the topic is there.
      unsafe rd_kafka_AdminOptions_set_operation_timeout(options, 10_000, nil, 0)
      unsafe new.withPointer { new in
        var new: OpaquePointer? = unsafe new
        unsafe rd_kafka_CreateTopics(handle, &new, 1, options, queue)
      }
    } reading: { answer throws(LibraryError) in
      var count = 0
      let result = unsafe rd_kafka_event_CreateTopics_result(answer)
      guard let topics = unsafe rd_kafka_CreateTopics_result_topics(result, &count), count == 1,
        let created = unsafe topics[0]
      else { throw LibraryError(RD_KAFKA_RESP_ERR__BAD_MSG) }
      let code = unsafe rd_kafka_topic_result_error(created)
      guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
      let reason = unsafe rd_kafka_topic_result_error_string(created).map { unsafe String(cString: $0) }
      throw LibraryError(code, reason: reason)
    }
  }

  /// Sends a question and reads the answer; again while what went wrong is of the passing kind.
  private func ask<Answer>(
    _ doing: String, _ kind: rd_kafka_admin_op_t, patience: Duration = .seconds(30),
    _ send: (_ handle: OpaquePointer, _ options: OpaquePointer, _ queue: OpaquePointer) -> Void,
    reading read: (OpaquePointer) throws(LibraryError) -> Answer
  ) throws(LogError) -> Answer {
    let deadline = Deadline(after: patience)
    while true {
      let error: LibraryError
      do {
        return unsafe try answer(kind, send, reading: read)
      } catch let failure {
        error = failure
      }
      guard error.isTransient, !deadline.hasPassed else { throw error.asLogError(doing) }
      deadline.pause()
    }
  }

  private func answer<Answer>(
    _ kind: rd_kafka_admin_op_t,
    _ send: (OpaquePointer, OpaquePointer, OpaquePointer) -> Void,
    reading read: (OpaquePointer) throws(LibraryError) -> Answer
  ) throws(LibraryError) -> Answer {
    guard let queue = Queue(of: self), let options = AdminOptions(kind, of: self) else {
      throw LibraryError(RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE)
    }
    unsafe withHandle { handle in
      unsafe options.withPointer { options in unsafe queue.withPointer { unsafe send(handle, options, $0) } }
    }
    // The request has its own time-out, shorter than this: an answer comes.
    guard let event = queue.poll(milliseconds: 30_000) else { throw LibraryError(RD_KAFKA_RESP_ERR__TIMED_OUT) }
    if let error = event.error { throw error }
    return unsafe try event.read(read)
  }
}

extension GroupMember {
  /// Copies a part of an answer.
  fileprivate init(reading member: OpaquePointer) {
    let instance = unsafe rd_kafka_MemberDescription_group_instance_id(member).map { unsafe String(cString: $0) }
    let host = unsafe rd_kafka_MemberDescription_host(member).map { unsafe String(cString: $0) }
    let assignment = unsafe rd_kafka_MemberDescription_assignment(member)
    let list = unsafe assignment.flatMap { unsafe rd_kafka_MemberAssignment_partitions($0) }
    self.init(
      instance: instance ?? "", host: host ?? "",
      partitions: unsafe list.map { unsafe PartitionList.entries(of: $0).map(\.partition) } ?? [])
  }
}

extension Event {
  /// Lends the answer to a question to whoever can read it.
  fileprivate func read<Answer>(
    _ body: (OpaquePointer) throws(LibraryError) -> Answer
  ) throws(LibraryError) -> Answer {
    let result = unsafe withPointer { pointer in
      do throws(LibraryError) {
        return unsafe Result<Answer, LibraryError>.success(try body(pointer))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}

/// The options of an administrative request.
@safe private struct AdminOptions: ~Copyable {
  private let pointer: OpaquePointer

  init?(_ kind: rd_kafka_admin_op_t, of client: borrowing Client) {
    guard let pointer = unsafe client.withHandle({ unsafe rd_kafka_AdminOptions_new($0, kind) }) else { return nil }
    unsafe self.pointer = unsafe pointer
    unsafe rd_kafka_AdminOptions_set_request_timeout(pointer, 15_000, nil, 0)
  }

  deinit { unsafe rd_kafka_AdminOptions_destroy(pointer) }

  func withPointer<Result>(_ body: (OpaquePointer) -> Result) -> Result { unsafe body(pointer) }
}

/// A question for the offsets of a group.
@safe private struct GroupOffsetsQuery: ~Copyable {
  private let pointer: OpaquePointer

  /// The list is copied.
  init(group: String, partitions: borrowing PartitionList) {
    unsafe pointer = partitions.withPointer { unsafe rd_kafka_ListConsumerGroupOffsets_new(group, $0) }
  }

  deinit { unsafe rd_kafka_ListConsumerGroupOffsets_destroy(pointer) }

  func withPointer<Result>(_ body: (OpaquePointer) -> Result) -> Result { unsafe body(pointer) }
}

/// The name of a thing that has settings.
@safe private struct ConfigurationResource: ~Copyable {
  private let pointer: OpaquePointer

  init?(topic: String) {
    guard let pointer = unsafe rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic) else { return nil }
    unsafe self.pointer = unsafe pointer
  }

  deinit { unsafe rd_kafka_ConfigResource_destroy(pointer) }

  func withPointer<Result>(_ body: (OpaquePointer) -> Result) -> Result { unsafe body(pointer) }
}

/// A topic to be created.
@safe private struct NewTopic: ~Copyable {
  private let pointer: OpaquePointer

  /// With the number of partitions and replicas, and without settings.
  private init(_ topic: TopicDescription) throws(LogError) {
    var reason = [CChar](repeating: 0, count: 512)
    let pointer = unsafe reason.withUnsafeMutableBufferPointer { buffer in
      unsafe rd_kafka_NewTopic_new(
        topic.name, Int32(clamping: topic.partitions), Int32(clamping: topic.replicas), buffer.baseAddress,
        buffer.count)
    }
    guard let pointer = unsafe pointer else {
      throw LogError(.invalidState, .stop, reason: "cannot create \(topic.name): \(text(of: reason))")
    }
    unsafe self.pointer = unsafe pointer
  }

  static func with(_ topic: TopicDescription) throws(LogError) -> NewTopic {
    let new = try NewTopic(topic)
    for (name, value) in topic.settings.sorted(by: { $0.key < $1.key }) {
      let code = unsafe new.withPointer { unsafe rd_kafka_NewTopic_set_config($0, name, value) }
      if code != RD_KAFKA_RESP_ERR_NO_ERROR {
        throw LibraryError(code).asLogError("cannot set \(name) of \(topic.name)")
      }
    }
    return new
  }

  deinit { unsafe rd_kafka_NewTopic_destroy(pointer) }

  func withPointer<Result>(_ body: (OpaquePointer) -> Result) -> Result { unsafe body(pointer) }
}
