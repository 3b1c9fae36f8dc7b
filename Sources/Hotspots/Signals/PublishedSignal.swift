import Incidents

/// What a record of `hotspot-signals` tells of a series' ledger: all that the next revision of the signal depends on.
public struct PublishedSignal: Hashable, Sendable {
  public var area: AreaIndex
  public var measure: Measure
  public var revision: Int
  public var status: SignalStatus
  public var raisedAt: EventTime
  public var statement: SignalStatement

  public init(
    area: AreaIndex, measure: Measure, revision: Int, status: SignalStatus, raisedAt: EventTime,
    statement: SignalStatement
  ) {
    self.area = area
    self.measure = measure
    self.revision = revision
    self.status = status
    self.raisedAt = raisedAt
    self.statement = statement
  }
}

extension SignalLedger {
  /// Notes a revision that was published by another version of the rules. To be told in the order of the revisions.
  mutating func adopt(_ signal: PublishedSignal) {
    guard let firstDay = signal.statement.days.first else { return }
    adopt(
      SignalStep(
        firstDay: firstDay, revision: signal.revision, status: signal.status, raisedAt: signal.raisedAt,
        statement: signal.statement))
  }
}

extension Fold {
  /// Begins the stretch of the journal that this version of the rules publishes, directly before the frame that says so.
  /// Counts stay as these rules have them; the ledger becomes what was published, so that revisions go on and every
  /// signal that these rules would not have raised is withdrawn; every projection and every source's status
  /// is due.
  ///
  /// - Parameters:
  ///   - signals: every revision published before, in order.
  ///   - buckets: those that were ever published: they are published from here on, too.
  ///   - days: those of which records stand: the next `changedDays` has them, and all others that have a record by these
  ///     rules.
  /// - Returns: a signal of a detector that these rules do not know, to which nothing could ever be said; nil when there
  ///   is none.
  public mutating func beginRelease(
    after signals: [PublishedSignal], buckets: [Bucket], days: [(bucket: Bucket, day: LocalDay)] = []
  ) -> PublishedSignal? {
    for index in ledgers.indices { ledgers[index] = SignalLedger() }
    for signal in signals {
      guard let detector = Detector.table.firstIndex(where: { $0.name == signal.statement.detector.name }) else {
        return signal
      }
      ledgers[Self.ledger(signal.area, signal.measure, detector)].adopt(signal)
    }
    for area in standing.indices {
      standing[area] = Measure.allCases.reduce(into: []) { standing, measure in
        let stands = Detector.table.indices.contains {
          ledgers[Self.ledger(AreaIndex(UInt8(area)), measure, $0)].hasStanding
        }
        if stands { standing.insert(MeasureSet(measure)) }
      }
    }
    for bucket in buckets { publication.note(bucket) }
    publication.forget()
    dayPublication.forget(days)
    states.forgetPublication()
    return nil
  }
}
