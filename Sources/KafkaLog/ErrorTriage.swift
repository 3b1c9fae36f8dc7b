import CRdkafka
import Pipeline
import Wire

// What librdkafka's codes mean for the pipeline. One table for the codes; the remedy depends on who asks.

extension LibraryError {
  /// What has happened, whatever is to be done about it.
  var meaning: LogError.Code {
    switch code {
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__RESOLVE,
      RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT,
      RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE:
      .unreachable
    case RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR__SSL, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
      RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM, RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE,
      RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
      .refused
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
      RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
      .unknownTopic
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, RD_KAFKA_RESP_ERR__NO_OFFSET:
      .offsetOutOfRange
    case RD_KAFKA_RESP_ERR__FENCED, RD_KAFKA_RESP_ERR_PRODUCER_FENCED, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
      .producerFenced
    case RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID,
      RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST, RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED:
      .memberFenced
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE,
      RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE:
      .recordTooLarge
    case RD_KAFKA_RESP_ERR__STATE, RD_KAFKA_RESP_ERR__INVALID_ARG, RD_KAFKA_RESP_ERR__CONFLICT,
      RD_KAFKA_RESP_ERR__NOT_CONFIGURED, RD_KAFKA_RESP_ERR__UNKNOWN_GROUP:
      .invalidState
    default:
      .other
    }
  }

  /// What librdkafka mends by itself, in the background, or what the same request survives a moment later.
  var isTransient: Bool {
    switch code {
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__RESOLVE,
      RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE, RD_KAFKA_RESP_ERR__WAIT_COORD,
      RD_KAFKA_RESP_ERR__WAIT_CACHE, RD_KAFKA_RESP_ERR__RETRY, RD_KAFKA_RESP_ERR__NODE_UPDATE,
      RD_KAFKA_RESP_ERR__IN_PROGRESS, RD_KAFKA_RESP_ERR__PREV_IN_PROGRESS, RD_KAFKA_RESP_ERR__OUTDATED,
      RD_KAFKA_RESP_ERR__UNKNOWN_BROKER, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
      RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
      RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE,
      RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
      RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
      RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
      RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS, RD_KAFKA_RESP_ERR_NOT_CONTROLLER,
      RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR, RD_KAFKA_RESP_ERR_FETCH_SESSION_ID_NOT_FOUND,
      RD_KAFKA_RESP_ERR_INVALID_FETCH_SESSION_EPOCH, RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH,
      RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH, RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE,
      RD_KAFKA_RESP_ERR_PREFERRED_LEADER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT,
      RD_KAFKA_RESP_ERR_THROTTLING_QUOTA_EXCEEDED, RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS,
      RD_KAFKA_RESP_ERR_LISTENER_NOT_FOUND:
      true
    default:
      false
    }
  }

  /// What only a person can change, or nothing. Some codes end every attempt, whoever makes it.
  private var needsPerson: Bool {
    switch meaning {
    case .refused, .unknownTopic, .offsetOutOfRange, .recordTooLarge: true
    // A second process under the same instance name: whoever starts again throws the other out, without end.
    case .memberFenced: code == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID
    default: Self.settingsAtFault.contains(code)
    }
  }

  private static let settingsAtFault: Set<rd_kafka_resp_err_t> = [
    RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT, RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT,
    RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL, RD_KAFKA_RESP_ERR_INVALID_GROUP_ID,
    RD_KAFKA_RESP_ERR_GROUP_MAX_SIZE_REACHED, RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION,
    RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, RD_KAFKA_RESP_ERR_OFFSET_METADATA_TOO_LARGE,
    RD_KAFKA_RESP_ERR_INVALID_CONFIG, RD_KAFKA_RESP_ERR_INVALID_PARTITIONS,
    RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR, RD_KAFKA_RESP_ERR_POLICY_VIOLATION,
    RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS, RD_KAFKA_RESP_ERR__BAD_MSG, RD_KAFKA_RESP_ERR__BAD_COMPRESSION,
  ]

  private var advice: String {
    switch meaning {
    case .unreachable: "check the address, and that the broker runs"
    case .refused: "check user, password and certificates, and the user's rights on the topics, groups and transactions"
    case .unknownTopic: "create the topics first; a topic that this user may not describe looks the same"
    case .offsetOutOfRange:
      "the log no longer holds this position: its retention is shorter than the pause was, or the topic was made anew"
    case .recordTooLarge: "raise the topic's max.message.bytes, or send less in one record"
    case .memberFenced where code == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
      "another process runs under the same instance name; give each its own"
    default: ""
    }
  }

  /// The error of a call outside a transaction.
  func asLogError(_ doing: String, partition: TopicPartition? = nil) -> LogError {
    let remedy: LogError.Remedy =
      if needsPerson {
        .stop
      } else if isFatal || meaning == .producerFenced || meaning == .memberFenced {
        .restart
      } else if isRetriable || isTransient {
        .retry
      } else if meaning == .invalidState {
        .stop
      } else {
        .restart
      }
    return logError(doing, remedy, partition: partition)
  }

  /// The error of a call within a transaction: *requires abort* first, then *retriable*, then everything else. Where an
  /// abort alone would not help, because the same would fail again, it is for a person; the transaction may be aborted
  /// all the same.
  func asTransactionError(_ doing: String, partition: TopicPartition? = nil) -> LogError {
    let remedy: LogError.Remedy =
      if needsPerson && meaning != .memberFenced {
        .stop
      } else if requiresAbort && !isFatal {
        .abort
      } else if isRetriable && !isFatal {
        .retry
      } else if meaning == .invalidState && !isFatal {
        .stop
      } else {
        .restart
      }
    return logError(doing, remedy, partition: partition)
  }

  private func logError(_ doing: String, _ remedy: LogError.Remedy, partition: TopicPartition?) -> LogError {
    LogError(
      meaning, remedy, reason: "\(doing): \(reason)", partition: partition, advice: remedy == .stop ? advice : "")
  }
}
