import Pipeline
import Wire

/// One case's handles, and what the cases have in common. Used by one thread.
final class LogContractBench {
  let fixture: any LogContractFixture
  let administration: any LogAdministration
  private var closing: [ObjectIdentifier: () -> Void] = [:]

  init(_ fixture: any LogContractFixture) throws {
    self.fixture = fixture
    administration = try fixture.factory.makeAdministration()
    closing[ObjectIdentifier(administration)] = { [administration] in administration.close() }
  }

  // MARK: Handles

  /// A new topic, ready to be written to.
  func topic(_ stem: String, partitions: Int = 1, settings: [String: String] = [:]) throws -> String {
    let name = fixture.uniqueName(stem)
    try administration.create([
      TopicDescription(name: name, partitions: partitions, replicas: 1, settings: settings)
    ])
    let all = (0..<partitions).map { TopicPartition(name, Int32($0)) }
    try wait("topic \(name) can be used") {
      do { return try self.administration.bounds(of: all).count == partitions } catch is LogError { return false }
    }
    return name
  }

  /// An initialised producer, of a transactional id of its own unless one is given.
  func producer(_ transactionalID: String? = nil) throws -> any LogProducer {
    let id = transactionalID ?? fixture.uniqueName("producer")
    let producer = try fixture.factory.makeProducer(transactionalID: id)
    closing[ObjectIdentifier(producer)] = { producer.close() }
    try retrying("initialise") { try producer.initialise() }
    return producer
  }

  /// A reader that starts at these positions.
  func reader(_ positions: [TopicPartition: Int64]) throws -> LogContractReader {
    let consumer = try fixture.factory.makeReader()
    closing[ObjectIdentifier(consumer)] = { consumer.close(leaving: false) }
    try consumer.assign(positions)
    return LogContractReader(consumer, bench: self)
  }

  func member(_ instance: String, of group: String, topics: [String]) throws -> LogContractMember {
    let consumer = try fixture.factory.makeConsumer(group: group, instance: instance, topics: topics)
    closing[ObjectIdentifier(consumer)] = { consumer.close(leaving: true) }
    return LogContractMember(consumer, waiting: fixture.waiting)
  }

  func close(_ member: LogContractMember, leaving: Bool) {
    closing[ObjectIdentifier(member.consumer)] = nil
    member.consumer.close(leaving: leaving)
  }

  func closeAll() {
    for close in closing.values { close() }
    closing = [:]
  }

  // MARK: Steps

  /// Pumps until the condition holds; a violation when it does not in the fixture's bound.
  func wait(
    _ what: String, file: StaticString = #fileID, line: UInt = #line, until condition: () throws -> Bool
  ) throws {
    guard try fixture.pump(condition) else {
      throw LogContractViolation("never came true: \(what)", file: file, line: line)
    }
  }

  /// Makes a call again while it asks for that.
  @discardableResult
  func retrying<Answer>(
    _ what: String, file: StaticString = #fileID, line: UInt = #line, _ call: () throws -> Answer
  ) throws -> Answer {
    var answer: Answer?
    try wait(what, file: file, line: line) {
      do {
        answer = try call()
        return true
      } catch let error as LogError where error.remedy == .retry {
        return false
      }
    }
    guard let answer else { throw LogContractViolation("no answer: \(what)", file: file, line: line) }
    return answer
  }

  /// Produces and commits in one transaction; where the records came to lie.
  @discardableResult
  func publish(
    _ records: [OutgoingRecord], with producer: any LogProducer, file: StaticString = #fileID, line: UInt = #line
  ) throws -> [Delivery] {
    try producer.begin()
    for record in records { try producer.produce(record) }
    let deliveries = try retrying("flush", file: file, line: line) { try producer.flush() }
    try retrying("commit", file: file, line: line) { try producer.commit() }
    return deliveries
  }

  /// Everything in a partition from its first offset up to `next`, which its bounds must reach first.
  func everything(
    in partition: TopicPartition, next: Int64, file: StaticString = #fileID, line: UInt = #line
  ) throws -> [LogContractRecord] {
    try wait("bounds of \(partition) reach \(next)", file: file, line: line) {
      try self.bounds(of: partition).next >= next
    }
    let reader = try reader([partition: 0])
    try wait("the end of \(partition)", file: file, line: line) {
      try reader.step()
      return (reader.ends[partition] ?? -1) >= next
    }
    return reader.records
  }

  func bounds(of partition: TopicPartition) throws -> OffsetBounds {
    let found = try retrying("bounds") { try self.administration.bounds(of: [partition]) }
    guard let bounds = found[partition] else {
      throw LogContractViolation("no bounds of \(partition)", file: #fileID, line: #line)
    }
    return bounds
  }

  func committed(_ group: String, _ partitions: [TopicPartition]) throws -> [TopicPartition: CommittedOffset] {
    try retrying("committed offsets") { try self.administration.committed(group: group, partitions) }
  }

  // MARK: Judgements

  func require(
    _ condition: Bool, _ what: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
  ) throws {
    guard condition else { throw LogContractViolation(what(), file: file, line: line) }
  }

  func requireEqual<Value: Equatable>(
    _ found: Value, _ expected: Value, _ what: String, file: StaticString = #fileID, line: UInt = #line
  ) throws {
    try require(found == expected, "\(what): \(found), expected \(expected)", file: file, line: line)
  }

  /// The error that the call throws, calls that ask to be repeated repeated; a violation when there is none.
  func failure(
    of what: String, file: StaticString = #fileID, line: UInt = #line, _ call: () throws -> Void
  ) throws -> LogError {
    do {
      try retrying(what, file: file, line: line, call)
    } catch let error as LogError {
      return error
    }
    throw LogContractViolation("no error: \(what)", file: file, line: line)
  }
}
