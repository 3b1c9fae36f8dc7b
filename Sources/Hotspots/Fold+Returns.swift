import Incidents

extension Fold {
  /// Counts the rows of a return, which is in a slot and has none yet.
  mutating func foldRows(of event: JournalEvent, into slot: Int, isNew: Bool) {
    if isNew, let site = event.site, let days = event.period {
      note(ReturnPeriod(source: event.source, site: site, days: days))
    }
    let line = events[slot].line
    for row in event.rows {
      let (bucket, reason) = attribution(of: row.place, event)
      if let reason { states.count(event) { $0.unplaced[reason] += 1 } }
      let live = LiveEvent(
        identity: Identity(high: 0, low: 0), content: 0, revision: 0, line: line, hour: row.occurredFrom.hour,
        measures: row.measures, bucket: bucket, precision: .exact, role: .row)
      enter(events.insert(live, rowOf: slot))
    }
  }

  /// Takes back the rows of the return in a slot.
  mutating func removeRows(of slot: Int) {
    while let row = events.firstRow(of: slot) {
      leave(row)
      events.removeFirstRow(of: slot)
    }
  }

  /// Hospitals' returns have come to cover a period.
  mutating func note(_ period: ReturnPeriod) {
    periods.add(period)
    states.note(periodEnd: period.days.upperBound, of: period.source)
  }

  /// The returns of one site that share a day, in the order in which the second ones came.
  public var overlappingReturns: [OverlappingReturns] {
    periods.overlaps.map { first, second in
      let (first, second) = (periods.all[first], periods.all[second])
      return OverlappingReturns(
        source: sourceTable.name(of: second.source), site: siteTable.name(of: second.site), first: first.days,
        second: second.days)
    }
  }
}

extension LiveEvent.Role {
  init(_ kind: JournalEvent.Kind) {
    self =
      switch kind {
      case .fact: .event
      case .retraction: .retraction
      case .return: .return
      }
  }
}
