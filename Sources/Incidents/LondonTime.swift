/// Civil time in Europe/London, from rules of our own: the same on every machine and in every replay, whatever the
/// system's time zone data say.
public enum LondonTime {
  /// How many hours the clocks are ahead of UTC in an hour of UTC: 0 or 1. The clocks only ever changed on the hour.
  ///
  /// Since 1996 summer time runs from 01:00 UTC on the last Sunday of March to 01:00 UTC on the last Sunday of October
  /// (Summer Time Order 2002; Directive 2000/84/EC); this is taken to hold for ever. From 1972 to 1995 the dates are a
  /// table (tz database, `europe`). From 1968 to 31 October 1971 the clocks stayed an hour ahead (British Standard
  /// Time); earlier hours, which no event may have, are taken to be like that too.
  public static func offset(in hour: Hour) -> Int {
    guard hour.index >= firstRuledHour else { return offsetBefore1996(hour.index) }
    let day = LocalDay(index: hour.index / 24)
    let (_, month, dayOfMonth) = day.date
    switch month {
    case 4...9: return 1
    case 3, 10:
      // Both months have 31 days, so their last Sunday is the one on or after the 25th.
      let daysSinceSunday = (day.weekday + 1) % 7
      let lastSunday = dayOfMonth - daysSinceSunday
      let changed =
        lastSunday >= 25 && (daysSinceSunday > 0 || hour.index % 24 >= 1)
      return changed == (month == 3) ? 1 : 0
    default: return 0
    }
  }

  /// 1996-01-01T00:00Z.
  private static let firstRuledHour: Int32 = 227_904

  private static func offsetBefore1996(_ hour: Int32) -> Int {
    // The last change at or before the hour; even places are the ends of summer time.
    var low = 0
    var high = changesBefore1996.count
    while low < high {
      let middle = (low + high) / 2
      if changesBefore1996[middle] <= hour { low = middle + 1 } else { high = middle }
    }
    return low % 2 == 0 ? 1 : 0
  }

  /// Hours since 1970-01-01T00:00Z in which the clocks changed: back in 1971, then forward and back in each year.
  private static let changesBefore1996: [Int32] = [
    16_034,  // 1971-10-31T02Z
    19_394, 24_770,  // 1972-03-19T02Z, 1972-10-29T02Z
    28_130, 33_506,  // 1973-03-18T02Z, 1973-10-28T02Z
    36_866, 42_242,  // 1974-03-17T02Z, 1974-10-27T02Z
    45_602, 50_978,  // 1975-03-16T02Z, 1975-10-26T02Z
    54_506, 59_714,  // 1976-03-21T02Z, 1976-10-24T02Z
    63_242, 68_450,  // 1977-03-20T02Z, 1977-10-23T02Z
    71_978, 77_354,  // 1978-03-19T02Z, 1978-10-29T02Z
    80_714, 86_090,  // 1979-03-18T02Z, 1979-10-28T02Z
    89_450, 94_826,  // 1980-03-16T02Z, 1980-10-26T02Z
    98_521, 103_561,  // 1981-03-29T01Z, 1981-10-25T01Z
    107_257, 112_297,  // 1982-03-28T01Z, 1982-10-24T01Z
    115_993, 121_033,  // 1983-03-27T01Z, 1983-10-23T01Z
    124_729, 129_937,  // 1984-03-25T01Z, 1984-10-28T01Z
    133_633, 138_673,  // 1985-03-31T01Z, 1985-10-27T01Z
    142_369, 147_409,  // 1986-03-30T01Z, 1986-10-26T01Z
    151_105, 156_145,  // 1987-03-29T01Z, 1987-10-25T01Z
    159_841, 164_881,  // 1988-03-27T01Z, 1988-10-23T01Z
    168_577, 173_785,  // 1989-03-26T01Z, 1989-10-29T01Z
    177_313, 182_521,  // 1990-03-25T01Z, 1990-10-28T01Z
    186_217, 191_257,  // 1991-03-31T01Z, 1991-10-27T01Z
    194_953, 199_993,  // 1992-03-29T01Z, 1992-10-25T01Z
    203_689, 208_729,  // 1993-03-28T01Z, 1993-10-24T01Z
    212_425, 217_465,  // 1994-03-27T01Z, 1994-10-23T01Z
    221_161, 226_201,  // 1995-03-26T01Z, 1995-10-22T01Z
  ]
}

extension LocalDay {
  /// The local day of Europe/London that an instant lies in. Instants more than some 240,000 years away from 1970 give
  /// the first or last day of that span.
  public init(containing time: EventTime) { self.init(containing: time.hour) }

  /// The local day of Europe/London that an hour of UTC lies in: days begin on the hour.
  public init(containing hour: Hour) {
    let localHour = Int64(hour.index) + Int64(LondonTime.offset(in: hour))
    index = Int32(truncatingIfNeeded: localHour.floorDivided(by: 24))
  }

  /// The hour of UTC with which the local day begins; beyond the span of `Hour`, its first or last.
  public var startHour: Hour {
    // The clocks change at one or two in the morning, so at 23 h UTC they stand as they will at midnight.
    let midnight = Int64(index) * 24
    let before = Hour(index: Int32(clamping: midnight - 1))
    return Hour(index: Int32(clamping: midnight - Int64(LondonTime.offset(in: before))))
  }

  /// The local midnight with which the day begins.
  public var start: EventTime { startHour.start }

  public var next: LocalDay { LocalDay(index: index == .max ? .max : index + 1) }

  /// 23, 24 or 25.
  public var hours: Int { Int(next.startHour.index) - Int(startHour.index) }
}
