import Foundation
import Incidents
import KafkaLog
import Pipeline
import SimulatedEvents
import Wire

/// Sends the events of the demonstration: first those of the scripted span, some hours at a time, then live ones.
final class DemoFeed {
  private let service: DemoService
  private let plan: SimulationPlan
  private let sender: KafkaSender
  private let served: Set<String>
  private var stream: SimulatedStream
  private var next: SimulatedEvent?
  private var live: LiveEvents?
  /// Up to when the scripted span is imported.
  private var reached: EventTime
  private(set) var sent = 0
  /// Of those, what is wrong on purpose.
  private(set) var poison = 0

  init(service: DemoService, plan: SimulationPlan) throws {
    self.service = service
    self.plan = plan
    sender = try service.log.makeSender()
    served = Set(service.names.inputs)
    stream = SimulatedStream(plan)
    next = stream.next()
    reached = plan.from.start
  }

  /// How much of the scripted span is imported, 0 … 1.
  var imported: Double {
    let whole = plan.until.milliseconds - plan.from.start.milliseconds
    return Double(reached.milliseconds - plan.from.start.milliseconds) / Double(max(1, whole))
  }

  /// Sends what arrived within the next scripted hours, their end being the time by the clock. False when the span is over.
  func importNext() throws -> Bool {
    guard reached < plan.until else { return false }
    // The last days hour by hour, what lies before in larger steps: that is soon done, and no window is so fine by now.
    let isRecent = plan.until.milliseconds - reached.milliseconds < 4 * 86_400_000
    let step: Int64 = isRecent ? 3_600_000 : 3 * 3_600_000
    reached = min(EventTime(milliseconds: reached.milliseconds + step), plan.until)
    service.clock.set(reached)
    while let event = next, event.at < reached {
      try send(event)
      next = stream.next()
    }
    return true
  }

  /// The span is over: what comes next comes at the machine's time.
  func goLive() {
    live = LiveEvents(after: stream)
    service.clock.release()
  }

  /// A live event.
  func sendLive() throws {
    while let event = live?.next(at: service.clock.now()) {
      if try send(event) { return }
    }
  }

  /// Somebody is injured with a knife.
  func sendStabbing(in area: AreaIndex) throws {
    if let event = live?.stabbing(in: area, at: service.clock.now()) { try send(event) }
  }

  /// False for events of a topic that the service does not read.
  @discardableResult
  private func send(_ event: SimulatedEvent) throws -> Bool {
    let topic = service.names.input(event.topic)
    guard served.contains(topic) else { return false }
    try sender.send(event.record(topic: topic))
    sent += 1
    if event.refusal != nil { poison += 1 }
    return true
  }

  func close() { sender.close() }
}
