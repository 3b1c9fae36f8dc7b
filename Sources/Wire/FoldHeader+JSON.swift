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
    }
  }

  /// Reads a header back; nil when it is none.
  public init?(json value: JSONValue) {
    guard let partition = value["partition"]?.integer, let now = value["now"]?.integer,
      let frames = value["frames"]?.integer, let lastIndex = value["lastIndex"]?.integer,
      let events = value["events"]?.integer, (0...Int64(UInt32.max)).contains(events),
      let published = value["published"]?.elements, let sources = value["sources"]?.elements,
      let registry = value["registry"], let since = value["since"]?.elements,
      let birth = value["birth"]?.integer,
      let configuration = value["configuration"].flatMap({ try? Configuration(json: $0) })
    else { return nil }
    self.init(
      partition: Int32(clamping: partition), now: EventTime(milliseconds: now), frames: frames,
      lastIndex: Int(lastIndex), events: Int(events), published: [], sources: [], registry: nil,
      birth: EventTime(milliseconds: birth), configuration: configuration)
    for index in published {
      guard let index = index.integer, (0..<Int64(Bucket.count)).contains(index) else { return nil }
      self.published.append(Bucket(index: Int(index)))
    }
    for source in sources {
      guard let name = source["name"]?.string else { return nil }
      let topics = InputTopic.allCases.compactMap { source[$0.name].flatMap(TopicState.init(json:)) }
      guard topics.count == InputTopic.allCases.count else { return nil }
      self.sources.append(Source(name: name, topics: topics))
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
  /// `[received, occurred, folded, duplicate, conflict, superseded, unmappedOffence, unattributed]`.
  fileprivate func write(into writer: inout JSONWriter) {
    writer.array { writer in
      for time in [received, occurred] {
        if let time { writer.integer(time.milliseconds) } else { writer.null() }
      }
      for count in [
        verdicts.folded, verdicts.duplicate, verdicts.conflict, verdicts.superseded, verdicts.unmappedOffence,
        verdicts.unattributed,
      ] { writer.integer(count) }
    }
  }

  fileprivate init?(json value: JSONValue) {
    guard let parts = value.elements, parts.count == 8 else { return nil }
    let counts = parts[2...].compactMap(\.integer)
    guard counts.count == 6, parts[..<2].allSatisfy({ $0 == .null || $0.integer != nil }) else { return nil }
    var verdicts = Verdicts()
    verdicts.folded = counts[0]
    verdicts.duplicate = counts[1]
    verdicts.conflict = counts[2]
    verdicts.superseded = counts[3]
    verdicts.unmappedOffence = counts[4]
    verdicts.unattributed = counts[5]
    self.init(
      received: parts[0].integer.map(EventTime.init(milliseconds:)),
      occurred: parts[1].integer.map(EventTime.init(milliseconds:)), verdicts: verdicts)
  }
}
