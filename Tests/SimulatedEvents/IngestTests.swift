import Incidents
import Testing
import Wire

@testable import SimulatedEvents

/// That ingest takes what is right and refuses what is wrong, each for the reason that it was made with.
@Suite struct IngestTests {
  @Test(arguments: InputTopic.allCases) func eventsAreTakenAndPoisonIsRefused(topic: InputTopic) {
    var plan = SimulationPlan.oneWeek
    plan.poison = 1_000
    var translator = EventTranslator(topic: topic, sources: Set(SimulatedSource.all.map(\.name)))
    var lines: [UInt8] = []
    var refused = 0
    for event in SimulatedStream(plan) where event.topic == topic {
      var batch = RecordBatch()
      batch.add(event)
      lines.removeAll(keepingCapacity: true)
      let rejection = translator.translate(batch.records[0], of: batch, at: event.at, into: &lines)
      #expect(rejection?.code.name == event.refusal, "\(String(decoding: event.value, as: UTF8.self))")
      if rejection != nil { refused += 1 }
    }
    #expect(refused > 50)
  }
}

extension RecordBatch {
  /// Adds the event as a record of the only partition.
  mutating func add(_ event: SimulatedEvent) {
    let value = event.value.withUnsafeBytes { append($0) }
    append(
      record: Record(
        source: index(of: TopicPartition(event.topic.name, 0)), offset: Int64(records.count), timestamp: -1, key: nil,
        value: value, firstHeader: headers.count, headerCount: 0))
  }
}
