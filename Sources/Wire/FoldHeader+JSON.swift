import Hotspots
import Incidents

extension FoldHeader {
  /// Writes the header as a JSON object.
  public func write(into writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("partition", partition)
      writer.member("now", now.milliseconds)
      writer.member("frames", frames)
      writer.member("lastIndex", lastIndex)
      writer.member("events", events)
      writer.member("birth", birth.milliseconds)
      writer.key("configuration")
      configuration.write(into: &writer)
      writer.array("published") { writer in
        for bucket in published { writer.integer(bucket.index) }
      }
      writer.array("sources") { writer in
        for source in sources {
          writer.object { writer in
            writer.member("name", source.name)
            for (topic, state) in zip(InputTopic.allCases, source.topics) {
              writer.key(topic.name)
              state.write(into: &writer)
            }
            writer.array("times") { writer in
              for time in [source.attended, source.published] { writer.time(time) }
            }
            writer.member("isChanged", source.isChanged)
          }
        }
      }
      writer.key("registry")
      if let registry {
        Configuration(sources: registry.map(\.source)).write(into: &writer)
      } else {
        writer.null()
      }
      writer.array("since") { writer in
        for entry in registry ?? [] { writer.integer(entry.since.milliseconds) }
      }
      writer.key("signals")
      signals.write(into: &writer)
      writer.array("sites") { writer in
        for site in sites { writer.string(site) }
      }
      writer.array("periods") { writer in
        for period in periods { period.write(into: &writer) }
      }
    }
  }

  /// Reads a header back; nil when it is none.
  public init?(json value: JSONValue) {
    guard let partition = value["partition"]?.integer, let now = value["now"]?.integer,
      let frames = value["frames"]?.integer, let lastIndex = value["lastIndex"]?.integer,
      let events = value["events"]?.integer, (0...Int64(UInt32.max)).contains(events),
      let published = value["published"]?.elements, let sources = value["sources"]?.elements,
      let registry = value["registry"], let since = value["since"]?.elements,
      let sites = value["sites"]?.elements, let periods = value["periods"]?.elements,
      let birth = value["birth"]?.integer, let signals = value["signals"].flatMap(PublishedSignals.init(json:)),
      let configuration = value["configuration"].flatMap({ try? Configuration(json: $0) })
    else { return nil }
    self.init(
      partition: Int32(clamping: partition), now: EventTime(milliseconds: now), frames: frames,
      lastIndex: Int(lastIndex), events: Int(events), published: [], sources: [], registry: nil,
      sites: sites.compactMap(\.string), periods: periods.compactMap(ReturnPeriod.init(json:)),
      birth: EventTime(milliseconds: birth), configuration: configuration, signals: signals)
    guard self.sites.count == sites.count, self.periods.count == periods.count else { return nil }
    for index in published {
      guard let index = index.integer, (0..<Int64(Bucket.count)).contains(index) else { return nil }
      self.published.append(Bucket(index: Int(index)))
    }
    for source in sources {
      guard let name = source["name"]?.string else { return nil }
      let topics = InputTopic.allCases.compactMap { source[$0.name].flatMap(TopicState.init(json:)) }
      guard topics.count == InputTopic.allCases.count, let isChanged = source["isChanged"]?.bool,
        let times = source["times"]?.elements, times.count == 2,
        times.allSatisfy({ $0 == .null || $0.integer != nil })
      else { return nil }
      self.sources.append(
        Source(
          name: name, topics: topics, attended: times[0].integer.map(EventTime.init(milliseconds:)),
          published: times[1].integer.map(EventTime.init(milliseconds:)), isChanged: isChanged))
    }
    guard registry != .null else { return }
    guard let listed = (try? Configuration(json: registry))?.sources, listed.count == since.count else { return nil }
    self.registry = []
    for (source, since) in zip(listed, since) {
      guard let since = since.integer else { return nil }
      self.registry?.append(Registered(source: source, since: EventTime(milliseconds: since)))
    }
  }
}

extension FoldHeader.TopicState {
  /// `[received, occurred, folded, duplicate, conflict, superseded, unmappedOffence]`, and behind these what has no area, by
  /// `Unplaced.allCases`.
  fileprivate func write(into writer: inout JSONWriter) {
    writer.array { writer in
      for time in [received, occurred] { writer.time(time) }
      for count in [
        verdicts.folded, verdicts.duplicate, verdicts.conflict, verdicts.superseded, verdicts.unmappedOffence,
      ] { writer.integer(count) }
      for reason in Unplaced.allCases { writer.integer(verdicts.unplaced[reason]) }
    }
  }

  fileprivate init?(json value: JSONValue) {
    guard let parts = value.elements, parts.count == 7 + Unplaced.allCases.count else { return nil }
    let counts = parts[2...].compactMap(\.integer)
    guard counts.count == parts.count - 2, parts[..<2].allSatisfy({ $0 == .null || $0.integer != nil }) else {
      return nil
    }
    var verdicts = Verdicts()
    verdicts.folded = counts[0]
    verdicts.duplicate = counts[1]
    verdicts.conflict = counts[2]
    verdicts.superseded = counts[3]
    verdicts.unmappedOffence = counts[4]
    for (reason, count) in zip(Unplaced.allCases, counts[5...]) { verdicts.unplaced[reason] = count }
    self.init(
      received: parts[0].integer.map(EventTime.init(milliseconds:)),
      occurred: parts[1].integer.map(EventTime.init(milliseconds:)), verdicts: verdicts)
  }
}

extension ReturnPeriod {
  /// `[source, site, first day, last day]`, all as numbers.
  fileprivate func write(into writer: inout JSONWriter) {
    writer.array { writer in
      writer.integer(source.value)
      writer.integer(site.value)
      writer.integer(days.lowerBound.index)
      writer.integer(days.upperBound.index)
    }
  }

  fileprivate init?(json value: JSONValue) {
    guard let parts = value.elements?.compactMap(\.integer), parts.count == 4,
      let source = UInt32(exactly: parts[0]), let site = UInt32(exactly: parts[1]),
      let first = Int32(exactly: parts[2]), let last = Int32(exactly: parts[3]), first <= last
    else { return nil }
    self.init(
      source: SourceIndex(source), site: SiteIndex(site), days: LocalDay(index: first)...LocalDay(index: last))
  }
}

extension JSONWriter {
  /// A time as milliseconds, or null.
  fileprivate mutating func time(_ time: EventTime?) {
    if let time { integer(time.milliseconds) } else { null() }
  }
}
