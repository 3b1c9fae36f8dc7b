import Pipeline
import Wire

extension LogContract {
  /// Positions, ends and limits of a reader by assignment.
  static let reading = [
    Case("a reader starts at its offset") { bench in
      let place = TopicPartition(try bench.topic("start"), 0)
      let producer = try bench.producer()
      try bench.publish((0..<3).map { numbered($0, place) }, with: producer)
      try bench.publish([numbered(3, place)], with: producer)
      let reader = try bench.reader([place: 2])
      try bench.wait("the end") {
        try reader.step()
        return reader.ends[place] == 6
      }
      try bench.requireEqual(reader.records.map(\.offset), [2, 4], "offsets")
      try reader.consumer.assign([place: 1])
      try bench.wait("the end again") {
        try reader.step()
        return reader.records.count >= 5
      }
      try bench.requireEqual(reader.records.map(\.offset), [2, 4, 1, 2, 4], "offsets, assigned again")
      try reader.consumer.unassign()
      try bench.publish([numbered(4, place)], with: producer)
      try bench.wait("the new record is there") { try bench.bounds(of: place).next >= 8 }
      for _ in 0..<3 { try reader.step() }
      try bench.requireEqual(reader.records.count, 5, "records after unassign")
    },

    Case("an offset that the log does not hold is an error, never a jump") { bench in
      let place = TopicPartition(try bench.topic("range"), 0)
      try bench.publish((0..<2).map { numbered($0, place) }, with: bench.producer())
      try bench.wait("the records are there") { try bench.bounds(of: place).next >= 3 }
      let reader = try bench.reader([place: 1_000])
      var errors: [LogError] = []
      try bench.wait("an error") {
        do { try reader.step() } catch let error as LogError { errors.append(error) }
        return !errors.isEmpty
      }
      try bench.requireEqual(errors.map(\.code), [.offsetOutOfRange], "code")
      try bench.requireEqual(errors.map(\.partition), [place], "partition")
      for _ in 0..<3 { do { try reader.step() } catch let error as LogError { errors.append(error) } }
      try bench.require(errors.allSatisfy { $0.code == .offsetOutOfRange }, "another error: \(errors)")
      try bench.requireEqual(reader.records.count, 0, "records")
    },

    Case("the end is signalled at first and after each reading, once") { bench in
      let place = TopicPartition(try bench.topic("end"), 0)
      let producer = try bench.producer()
      let reader = try bench.reader([place: 0])
      try bench.wait("the end of the empty partition") {
        try reader.step()
        return reader.ends[place] == 0
      }
      for round in 1...2 {
        try bench.publish((0..<2).map { numbered($0, place) }, with: producer)
        try bench.wait("the end after round \(round)") {
          try reader.step()
          return (reader.ends[place] ?? 0) >= Int64(round) * 3
        }
        try bench.requireEqual(reader.records.count, 2 * round, "records before the end")
        let (records, signals) = (reader.records.count, reader.endSignals)
        for _ in 0..<3 { try reader.step() }
        try bench.requireEqual(reader.records.count, records, "records while idle")
        try bench.requireEqual(reader.endSignals, signals, "ends signalled while idle")
      }
    },

    Case("bounds are those of committed records, asked of reader and administration alike") { bench in
      let place = TopicPartition(try bench.topic("bounds"), 0)
      let reader = try bench.reader([place: 0])
      func bothAre(_ next: Int64) throws {
        try bench.wait("bounds reach \(next)") { try bench.bounds(of: place).next >= next }
        let expected = OffsetBounds(first: 0, next: next)
        try bench.requireEqual(try bench.bounds(of: place), expected, "administration")
        let found = try bench.retrying("bounds") { try reader.consumer.bounds(of: place) }
        try bench.requireEqual(found, expected, "reader")
      }
      try bothAre(0)
      let producer = try bench.producer()
      try bench.publish((0..<4).map { numbered($0, place) }, with: producer)
      try bothAre(5)
      try producer.begin()
      try producer.produce(numbered(4, place))
      _ = try bench.retrying("flush") { try producer.flush() }
      try bothAre(5)
      try bench.retrying("abort") { try producer.abort() }
      try bothAre(7)
    },

    Case("a poll brings no more than its limit, and in the end everything") { bench in
      let places = (0..<2).map { TopicPartition("", $0) }
      let topic = try bench.topic("limit", partitions: 2)
      let records = (0..<20).map { index in
        OutgoingRecord(
          topic: topic, partition: places[index % 2].partition, value: Array(repeating: UInt8(index), count: 1_000))
      }
      try bench.publish(records, with: bench.producer())
      for limit in [PollLimit(records: 3, bytes: 1 << 20), PollLimit(records: 100, bytes: 2_500)] {
        let reader = try bench.reader([TopicPartition(topic, 0): 0, TopicPartition(topic, 1): 0])
        var most = 0
        try bench.wait("all records") {
          most = max(most, try reader.step(limit: limit))
          return reader.records.count >= 20
        }
        try bench.require(most <= 3, "\(most) records in a poll of at most 3")
        for partition in 0..<2 {
          let offsets = reader.records.filter { $0.partition.partition == Int32(partition) }.map(\.offset)
          try bench.requireEqual(offsets, Array(0..<10), "offsets of partition \(partition)")
        }
      }
    },
  ]

  private static func numbered(_ number: Int, _ place: TopicPartition) -> OutgoingRecord {
    OutgoingRecord(topic: place.topic, partition: place.partition, value: Array("\(number)".utf8))
  }
}
