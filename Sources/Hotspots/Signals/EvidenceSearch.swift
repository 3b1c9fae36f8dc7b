import Incidents

/// Finds the events of days through the chains of their hours, for all signals of one judging at once: a day's chains
/// are walked once, however many signals speak of that day.
struct EvidenceSearch {
  /// How many positions a signal lists.
  private static let listed = 100

  private struct Request {
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
    for day in Set(requests.map(\.day)).sorted() { search(day, in: events, until: now) }
    return requests.indices.map { place in
      requests[place].keepNewest()
      let positions = requests[place].places.map {
        JournalPosition(partition: partition, frame: $0.frame, index: $0.index)
      }
      return SignalEvidence(count: requests[place].count, positions: positions)
    }
  }

  private mutating func search(_ day: LocalDay, in events: EventStore, until now: Hour) {
    var asked = [MeasureSet](repeating: [], count: Bucket.count)
    let asking = requests.indices.filter { requests[$0].day == day }
    for place in asking { asked[requests[place].bucket.index].insert(MeasureSet(requests[place].measure)) }
    var hour = day.startHour
    let end = min(day.next.startHour, Hour(index: now.index + 1))
    while hour < end {
      events.forEach(in: hour) { event in
        guard event.precision.countsInDay, !event.measures.isDisjoint(with: asked[event.bucket.index]) else { return }
        for place in asking
        where requests[place].bucket == event.bucket && event.measures.contains(requests[place].measure) {
          requests[place].note(event.line)
        }
      }
      hour.index += 1
    }
  }
}
