import Incidents

/// Makes up stories: what happens, and what is said of it, revision by revision. A story is its drafts in their order.
struct Author: Sendable {
  let plan: SimulationPlan

  enum Offence: Sendable {
    case blade, possession, other
  }

  // MARK: Incidents

  func incident(
    _ offence: Offence, reference: String, in area: AreaIndex? = nil, _ when: StoryTime, _ draws: inout Draws
  ) -> [Draft] {
    let (code, weapon, use, injury, age) =
      switch offence {
      case .blade: Incident.withBlade(&draws)
      case .possession: Incident.ofPossession(&draws)
      case .other: Incident.withoutBlade(&draws)
      }
    let times = Times.ofIncident(when, &draws)
    let responsible = area ?? draws.pick(PublishedTables.areas)
    var incident = Incident(
      reference: reference, occurredFrom: times.occurredFrom, occurredTo: times.occurredTo,
      recordedAt: times.recordedAt, offenceCode: code, weapon: weapon, weaponUse: use, injury: injury, age: age,
      area: responsible, responsible: responsible)
    if area == nil {
      if draws.chance(Shape.placeUnknown) {
        incident.area = nil
      } else if draws.chance(Shape.acrossTheBorder) {
        incident.area = draws.pick(PublishedTables.areas)
      }
    }
    return revisions(of: incident, arrival: times.arrival, &draws)
  }

  private func revisions(of first: Incident, arrival: EventTime, _ draws: inout Draws) -> [Draft] {
    let source = SimulatedSource(.incidents, AreaTable.force(first.responsible))
    var incident = first
    var arrival = arrival
    func draft(_ incident: Incident) -> Draft {
      Draft(source: source, arrival: arrival, happened: incident.occurredTo, content: .incident(incident))
    }
    var story = [draft(incident)]
    func goOn(_ change: Incident.Change) {
      incident.revision += draws.chance(9_000) ? 1 : 1 + draws.pick(1...4)
      incident.change = change
      arrival = arrival.later(minutes: draws.pick(draws.pick(Shape.hoursToRevision)) * 60 + draws.below(60))
      story.append(draft(incident))
    }
    if draws.chance(Shape.amended) {
      amend(&incident, &draws)
      goOn(.amended)
    }
    if draws.chance(Shape.cancelled) {
      goOn(.cancelled(draws.pick(Shape.cancellations)))
    } else if draws.chance(Shape.transferred) {
      goOn(.transferred(otherArea(than: source.force, &draws).force))
    }
    return story
  }

  private func amend(_ incident: inout Incident, _ draws: inout Draws) {
    if draws.chance(Shape.movedToAnotherForce) {
      let other = otherArea(than: AreaTable.force(incident.responsible), &draws)
      (incident.area, incident.responsible) = (other.area, other.area)
      return
    }
    switch draws.below(4) {
    case 0:
      if let areas = PublishedTables.areasByForce[AreaTable.force(incident.responsible)] {
        incident.area = draws.pick(areas)
      }
    case 1:
      incident.occurredFrom = incident.occurredFrom.later(minutes: -60 * draws.pick(1...6))
      incident.occurredTo = incident.occurredFrom.later(minutes: draws.below(60))
    case 2 where incident.weapon.isBlade: incident.weapon = incident.weapon == .knife ? .otherBlade : .knife
    default: incident.injury = incident.injury == .minor ? .serious : .minor
    }
  }

  private func otherArea(than force: Force, _ draws: inout Draws) -> (area: AreaIndex, force: Force) {
    while true {
      let area = draws.pick(PublishedTables.areas)
      if AreaTable.force(area) != force { return (area, AreaTable.force(area)) }
    }
  }

  // MARK: Tags

  func breach(reference: String, _ when: StoryTime, _ draws: inout Draws) -> [Draft] {
    let kind = draws.pick(Shape.tagKinds)
    let area = draws.pick(PublishedTables.areas)
    let times = Times.prompt(
      when, lasting: draws.pick(1...180), delay: 1...10, upload: 1...15, &draws)
    let wearer = draws.below(4_000)
    var breach = TagBreach(
      reference: reference, device: "SIM-D-\(padded(wearer, 5))", wearer: "SIM-P-\(padded(wearer, 5))", kind: kind,
      state: "alerted", occurredFrom: times.occurredFrom, occurredTo: times.occurredTo, detectedAt: times.recordedAt,
      isKnifeRelated: draws.chance(Shape.tagKnifeRelated), area: draws.chance(7_500) ? area : nil, responsible: area)
    let source = SimulatedSource(.tagBreaches, AreaTable.force(area))
    var story = [
      Draft(source: source, arrival: times.arrival, happened: breach.occurredTo, content: .breach(breach))
    ]
    if let end = draws.pick(Shape.alertEnds) {
      breach.revision += 1
      breach.state = end
      story.append(
        Draft(
          source: source, arrival: times.arrival.later(minutes: draws.pick(90...4_320)), happened: breach.occurredTo,
          content: .breach(breach)))
    }
    return story
  }

  // MARK: Hospitals

  func attendance(reference: String, _ when: StoryTime, _ draws: inout Draws) -> [Draft] {
    let site = draws.pick(HospitalSite.weighted(sendingReturns: false))
    let times = Times.prompt(when, lasting: 1, delay: 20...300, upload: 30...720, &draws)
    let attendance = Attendance(
      reference: reference, site: site, arrivedAt: times.recordedAt,
      assault: .draw(at: times.occurredFrom, near: site, &draws),
      age: draws.chance(3_500) ? draws.pick(Shape.agesUnder25) : draws.pick(Shape.agesFrom25),
      locationType: draws.pick(Shape.placesOfAssault))
    let source = SimulatedSource(.hospital, site.force)
    var story = [
      Draft(source: source, arrival: times.arrival, happened: times.recordedAt, content: .attendance(attendance))
    ]
    if draws.chance(300) {
      var corrected = attendance
      corrected.revision += 1
      corrected.assault.mechanism = draws.pick(Shape.mechanisms)
      story.append(
        Draft(
          source: source, arrival: times.arrival.later(minutes: draws.pick(120...2_880)), happened: times.recordedAt,
          content: .attendance(corrected)))
    }
    return story
  }

  /// The sheet for the month before `day`'s, and maybe the one that replaces it.
  func hospitalReturn(of site: HospitalSite, on day: LocalDay, _ draws: inout Draws) -> [Draft] {
    let start = LocalDay(index: day.index - Int32(day.date.day))
    guard let first = LocalDay(year: start.date.year, month: start.date.month, day: 1) else { return [] }
    var assaults: [Assault] = []
    var current = first
    while current <= start {
      let expected = Shape.assaultsPerDay * plan.level(on: current) * Double(site.weight) / Double(HospitalSite.total)
      for _ in 0..<draws.count(expected: expected) {
        assaults.append(.draw(at: draws.time(on: current), near: site, &draws))
      }
      current = current.next
    }
    assaults.sort { $0.at < $1.at }
    var sheet = HospitalReturn(site: site, periodStart: first, periodEnd: start, assaults: assaults)
    let source = SimulatedSource(.hospital, site.force)
    var arrival = draws.time(on: day, in: Shape.officeHours)
    var story = [Draft(source: source, arrival: arrival, happened: first.start, content: .hospitalReturn(sheet))]
    if draws.chance(Shape.returnsReplaced) {
      sheet.revision += 1
      if !sheet.assaults.isEmpty { sheet.assaults.remove(at: draws.below(sheet.assaults.count)) }
      for _ in 0..<draws.pick(1...3) {
        sheet.assaults.append(.draw(at: draws.time(on: first), near: site, &draws))
      }
      arrival = draws.time(on: day.advanced(by: Int32(draws.pick(2...12))), in: Shape.officeHours)
      story.append(Draft(source: source, arrival: arrival, happened: first.start, content: .hospitalReturn(sheet)))
    }
    return story
  }

  /// A story's first draft again, wrong in one way and under a reference of its own.
  func poisoned(_ draft: Draft, reference: String, _ draws: inout Draws) -> Draft {
    var draft = draft
    let flaw = Flaw.allCases[draws.below(Flaw.allCases.count)]
    draft.flaw = flaw
    let nextYear = flaw == .nextYear ? draft.arrival.later(minutes: 366 * 24 * 60) : nil
    switch draft.content {
    case .incident(var incident):
      incident.reference = reference
      if let nextYear { (incident.occurredFrom, incident.occurredTo) = (nextYear, nextYear) }
      draft.content = .incident(incident)
    case .breach(var breach):
      breach.reference = reference
      if let nextYear { (breach.occurredFrom, breach.occurredTo) = (nextYear, nextYear) }
      draft.content = .breach(breach)
    case .attendance(var attendance):
      attendance.reference = reference
      if let nextYear { attendance.assault.at = nextYear }
      draft.content = .attendance(attendance)
    case .hospitalReturn: break
    }
    return draft
  }
}

extension SimulationPlan {
  /// How much happens on a day next to the average one of what is published.
  func level(on day: LocalDay) -> Double {
    scale * Shape.share(ofWeekday: day.weekday) * PublishedTables.share(ofMonth: day.date.month)
  }

  /// Offences of a kind that are expected on a day.
  func expected(_ offence: Author.Offence, on day: LocalDay) -> Double {
    let year = 365.25
    return switch offence {
    case .blade: Double(PublishedTables.knifeInAll) / year * level(on: day)
    case .possession: Double(PublishedTables.possessions.total) / year * level(on: day)
    case .other:
      Double(PublishedTables.others.total - PublishedTables.knifeInAll) / year * level(on: day) * otherOffences
    }
  }
}
