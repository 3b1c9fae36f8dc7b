import HTTPService
import Incidents
import SQLite
import Wire

/// What a point of a series covers.
enum SeriesUnit: Sendable {
  case day, week, month

  /// The first day of the unit that a day lies in: weeks begin on Monday (ISO 8601).
  func start(of day: LocalDay) -> LocalDay {
    switch self {
    case .day: day
    case .week: day.advanced(by: Int32(-day.weekday))
    case .month: day.advanced(by: Int32(1 - day.date.day))
    }
  }
}

/// A point of a series.
struct SeriesPoint: Hashable, Sendable {
  /// The first day that is counted: of the first unit, the day that was asked from.
  var start: LocalDay
  var days: Int64 = 0
  var count: Int64 = 0
  /// How many of its days are in alarm, by any detector.
  var alarms: Int64 = 0
  /// Of a single day: what each detector says, as published.
  var judgements: JSONValue = .object([])
}

extension Endpoint {
  private static let longestSeries: Int32 = 2_200

  static let series = [
    Endpoint.table("/v1/series/{area}", parameters: ["measure", "unit", "from", "to"]) {
      router, parameters, names, format throws(HTTPFault) in
      let bucket = try Choices.bucket(names[0])
      let measure = try parameters.choice("measure", of: Choices.measures) ?? .knifeCrime
      let unit =
        try parameters.choice("unit", of: [("day", SeriesUnit.day), ("week", .week), ("month", .month)]) ?? .day
      let today = try LocalDay(containing: router.now())
      let to = try parameters.day("to") ?? today
      let from = try parameters.day("from") ?? to.advanced(by: -89)
      guard from <= to, to.index - from.index < longestSeries else {
        throw HTTPFault(
          400, "The days from … to are not 1 to \(longestSeries) days.", "Ask for a shorter time, from before to.")
      }
      let points = try router.ask { model throws(SQLiteError) in
        try model.series(of: bucket.key, measure, from: from, to: to, by: unit)
      }
      switch format {
      case .json:
        return .json { writer in
          writer.member("area", bucket.key)
          writer.member("name", bucket.name)
          writer.member("measure", measure.name)
          writer.member("from", from.description)
          writer.member("to", to.description)
          writer.array("points") { writer in
            for point in points {
              writer.object { writer in
                writer.member("start", point.start.description)
                writer.member("days", point.days)
                writer.member("count", point.count)
                writer.member("alarms", point.alarms)
                writer.member("judgements", point.judgements)
              }
            }
          }
        }
      case .csv:
        var table = CSVTable(["area", "measure", "start", "days", "count", "alarms", "expected", "threshold"])
        for point in points {
          let judgement = point.judgements.members?.first?.value
          table.append([
            bucket.key, measure.name, point.start.description, String(point.days), String(point.count),
            String(point.alarms), judgement?["expected"]?.number.map(decimal) ?? "",
            judgement?["threshold"]?.number.map(decimal) ?? "",
          ])
        }
        return .csv(table)
      }
    }
  ]
}

extension ReadModel {
  /// The series of a measure over the days from … to, both included; days without a record count nothing.
  func series(
    of area: String, _ measure: Measure, from: LocalDay, to: LocalDay, by unit: SeriesUnit
  ) throws(SQLiteError) -> [SeriesPoint] {
    let known = try ask { (database) throws(SQLiteError) -> [Int32: (Int64, String)] in
      var statement = try database.prepare(
        "SELECT day, count, judgements FROM days WHERE area = ? AND measure = ? AND day BETWEEN ? AND ?")
      try statement.bind(1, area)
      try statement.bind(2, Int64(measure.rawValue))
      try statement.bind(3, Int64(from.index))
      try statement.bind(4, Int64(to.index))
      var known: [Int32: (Int64, String)] = [:]
      while try statement.step() {
        known[Int32(clamping: statement.integer(0))] = (statement.integer(1), statement.text(2))
      }
      return known
    }
    var points: [SeriesPoint] = []
    var unitStart: LocalDay?
    var day = from
    while day <= to {
      let start = unit.start(of: day)
      if start != unitStart { points.append(SeriesPoint(start: day)) }
      unitStart = start
      var point = points.removeLast()
      point.days += 1
      if let (count, text) = known[day.index] {
        point.count += count
        let judgements = (try? JSONValue(parsing: Array(text.utf8))) ?? .object([])
        if judgements.members?.contains(where: { $0.value["alarm"]?.bool == true }) == true { point.alarms += 1 }
        if unit == .day { point.judgements = judgements }
      }
      points.append(point)
      day = day.next
    }
    return points
  }
}
