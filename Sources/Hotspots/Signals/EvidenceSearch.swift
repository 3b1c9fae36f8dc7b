import Incidents

/// Finds the events of an area's days through the chains of their hours.
struct EvidenceSearch {
  /// How many positions a signal lists.
  fileprivate static let listed = 100

  fileprivate struct Request {
    var bucket: Bucket
    var measure: Measure
    var day: LocalDay
    var count = 0
    /// The newest places seen so far, in no order, and at times others.
    var places: [LinePlace] = []

    mutating func note(_ place: LinePlace) {
      count += 1
      places.append(place)
      if places.count >= listed * 4 { keepNewest() }
    }

    /// The rows of one return stand on one line, which is listed once.
    mutating func keepNewest() {
      places.sort()
      var distinct: [LinePlace] = []
      for place in places where place != distinct.last { distinct.append(place) }
      places = distinct
      places.removeFirst(max(0, places.count - listed))
    }
  }

  private var requests: [Request] = []

  /// Asks for what counts in a measure of an area on a day; the answers come in the order of the questions.
  mutating func ask(_ area: AreaIndex, _ measure: Measure, _ day: LocalDay) {
    requests.append(Request(bucket: Bucket(area), measure: measure, day: day))
  }

  /// What the store holds of each, as far as time has come.
  mutating func answer(from events: EventStore, until now: Hour, partition: Int32) -> [SignalEvidence] {
    requests.indices.map { place in
      requests[place].search(events, until: now)
      let positions = requests[place].places.map {
        JournalPosition(partition: partition, frame: $0.frame, index: $0.index)
      }
      return SignalEvidence(count: requests[place].count, positions: positions)
    }
  }
}

extension EvidenceSearch.Request {
  /// Walks the chains of the area's hours of the day.
  fileprivate mutating func search(_ events: EventStore, until now: Hour) {
    var hour = day.startHour
    let end = min(day.next.startHour, Hour(index: now.index + 1))
    while hour < end {
      events.forEach(in: hour, of: bucket) { event in
        if event.precision.countsInDay, event.measures.contains(measure) { note(event.line) }
      }
      hour.index += 1
    }
    keepNewest()
  }
}
