import Incidents

/// What is published of a source.
public struct SourceStatus: Hashable, Sendable {
  /// A source in one topic.
  public struct Entry: Hashable, Sendable {
    public var topic: InputTopic
    public var freshness: TopicFreshness
    public var verdicts: Verdicts
  }

  public var source: String
  public var force: Force?
  public var now: EventTime
  public var position: JournalPosition
  /// The topics that the registry lists for it and those in which something came, in their order.
  public var topics: [Entry]
}

extension Fold {
  /// Ends the frame for the sources: notes what is to be published of those that changed. Each is published at most once in
  /// an hour of the journal, so which frame publishes it hangs on the frames alone; what changes after that waits for the
  /// next hour.
  mutating func finishSources() {
    guard let now else { return }
    guard states.mayBeDue(now: now) else { return }
    for source in states.takeDue(now: now) { statuses.append(status(of: source, now: now)) }
  }

  private func status(of source: SourceIndex, now: EventTime) -> SourceStatus {
    let registration = states[source].registration
    let topics = InputTopic.allCases.compactMap { topic -> SourceStatus.Entry? in
      let entry = states[source, topic]
      guard entry.received != nil || registration?.topics.contains(topic) == true else { return nil }
      let state = states.state(of: source, topic, now: now)
      return SourceStatus.Entry(
        topic: topic,
        freshness: TopicFreshness(received: entry.received, occurred: entry.occurred, state: state),
        verdicts: entry.verdicts)
    }
    return SourceStatus(
      source: sourceTable.name(of: source), force: registration?.force, now: now, position: position, topics: topics)
  }

  /// The statuses that the frames since the last call made due, in order.
  public mutating func takeSourceStatuses() -> [SourceStatus] {
    defer { statuses = [] }
    return statuses
  }
}

extension SourceStates {
  /// What was published is not known any more: every status is due.
  mutating func forgetPublication() {
    hour = nil
    for source in indices { self[source].published = nil }
  }

  func mayBeDue(now: EventTime) -> Bool { hour != now.hour || !changes.isEmpty }

  /// The sources whose status is due, in order; it counts as published at `now`.
  ///
  /// Those that changed are looked at in each frame, all of them in the first of an hour, when time alone may have made
  /// one late.
  mutating func takeDue(now: EventTime) -> [SourceIndex] {
    let candidates = hour == now.hour ? changes.sorted { $0.value < $1.value } : indices
    hour = now.hour
    changes.removeAll(keepingCapacity: true)
    let due = candidates.filter { isDue($0, now: now) }
    for source in due {
      self[source].published = now
      self[source].isChanged = false
    }
    return due
  }

  private func isDue(_ source: SourceIndex, now: EventTime) -> Bool {
    guard let published = self[source].published else { return true }
    guard published.hour < now.hour else { return false }
    return self[source].isChanged
      || InputTopic.allCases.contains { state(of: source, $0, now: published) != state(of: source, $0, now: now) }
  }
}
