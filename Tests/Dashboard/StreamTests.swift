import Foundation
import HTTPService
import Incidents
import Pipeline
import PipelineTesting
import Testing
import Wire

@testable import Dashboard

/// The live stream: whoever comes back hears everything once.
@Suite struct StreamTests {
  /// Readers that leave and come back at any time, at a service that is ended and started at any time.
  @Test(arguments: [UInt64(51), 52])
  func eachEventOnce(seed: UInt64) throws {
    let world = try World(seed: seed, records: 2_500)
    try world.serveUntilCaughtUp()
    var readers = [Reader(), Reader(filter: StreamFilter(kinds: [.signal]))]
    for place in readers.indices {
      readers[place].connect(world)
      // Who leaves before the first event knows of no place to come back to.
      readers[place].read(chunks: 1)
    }
    while !world.isFed {
      try world.advance()
      try world.serve(steps: world.random.below(4))
      if world.random.chance(1_500) {
        for place in readers.indices { readers[place].leave() }
        try world.restart()
      }
      for place in readers.indices {
        if world.random.chance(2_000) { readers[place].leave() }
        if world.random.chance(5_000) { readers[place].connect(world) }
        readers[place].read(chunks: world.random.below(4))
      }
    }
    try world.finish()
    try world.serveUntilCaughtUp()
    for place in readers.indices {
      readers[place].connect(world)
      readers[place].read(chunks: .max)
      #expect(readers[place].resets == 0)
    }
    let signals = try world.committed(world.names(.hotspotSignals))
    let told = signals.records.compactMap { $0.value.map { signals.text($0) } }
    #expect(!told.isEmpty)
    for reader in readers { #expect(reader.signals == told) }
    #expect(readers[1].areas.isEmpty)
    let projections = try world.committed(world.names(.boroughProjections))
    #expect(readers[0].areas == projections.records.compactMap { $0.key.map { projections.text($0) } })
    try expectEqualToProjections(readers[0], world)
  }

  /// Two processes read the topics each in its own time and order; a reader goes from one to the other.
  @Test(arguments: [UInt64(57), 58])
  func eventsMeanTheSameEverywhere(seed: UInt64) throws {
    let world = try World(seed: seed, records: 2_500)
    try world.serveUntilCaughtUp()
    let other = try Neighbour(world)
    defer { World.delete(other.file) }
    var reader = Reader()
    reader.connect(to: world.live)
    reader.read(chunks: 1)
    while !world.isFed {
      try world.advance()
      // Each is behind at times, so that a reader comes to it from ahead.
      if world.random.chance(5_000) { try world.serve(steps: 20) }
      if world.random.chance(5_000) { try other.serve(steps: 20) }
      if world.random.chance(6_000) { reader.connect(to: world.random.chance(5_000) ? world.live : other.live) }
      reader.read(chunks: world.random.chance(6_000) ? .max : world.random.below(4))
    }
    try world.finish()
    try world.serveUntilCaughtUp()
    try other.serve(steps: 10_000)
    for live in [other.live, world.live] {
      reader.connect(to: live)
      reader.read(chunks: .max)
    }
    #expect(reader.resets == 0)
    let signals = try world.committed(world.names(.hotspotSignals))
    #expect(!signals.records.isEmpty)
    #expect(reader.signals == signals.records.compactMap { $0.value.map { signals.text($0) } })
    let projections = try world.committed(world.names(.boroughProjections))
    #expect(reader.areas == projections.records.compactMap { $0.key.map { projections.text($0) } })
    try expectEqualToProjections(reader, world)
  }

  /// Who comes from a process that is ahead hears nothing of what it knows while this one catches up.
  @Test func aReaderFromAheadHearsNothingTwice() throws {
    let world = try World(seed: 59, records: 600)
    try world.serveUntilCaughtUp()
    let other = try Neighbour(world)
    defer { World.delete(other.file) }
    var reader = Reader()
    reader.connect(to: world.live)
    reader.read(chunks: 1)
    try world.finish()
    try world.serveUntilCaughtUp()
    reader.read(chunks: .max)
    let known = reader.areas.count
    #expect(known > 20)
    reader.connect(to: other.live)
    try other.serve(steps: 1_000)
    reader.read(chunks: .max)
    #expect(reader.areas.count == known)
    world.service.log.clock.advance(milliseconds: 3_600_000)
    try world.service.runUntilCaughtUp()
    try other.serve(steps: 1_000)
    reader.read(chunks: .max)
    let projections = try world.committed(world.names(.boroughProjections))
    #expect(reader.areas == projections.records.compactMap { $0.key.map { projections.text($0) } })
    #expect(reader.areas.count > known && reader.resets == 0)
  }

  /// What a reader has put together from the changes is the projection.
  private func expectEqualToProjections(_ reader: Reader, _ world: World) throws {
    for (area, bytes) in try world.newest(.boroughProjections) {
      let projection = try JSONValue(parsing: bytes)
      let known = try #require(reader.known[area])
      for measure in Measure.allCases {
        let counts = projection["measures"]?[measure.name]
        let isZero = counts?.members?.allSatisfy { $0.value == .integer(0) } ?? false
        #expect(known.measures[measure.name] == counts || (isZero && known.measures[measure.name] == nil))
      }
      #expect(known.signals == projection["signals"])
    }
  }

  @Test func aFilterTakesWhatItSays() throws {
    let world = try World(seed: 54, records: 1_500)
    try world.serveUntilCaughtUp()
    let areas = Set(Choices.areas.map(\.0).filter { $0.hasPrefix("E09") })
    var all = Reader()
    var some = Reader(filter: StreamFilter(areas: areas, measures: MeasureSet(.knifeInjury), severity: .medium))
    all.connect(world)
    some.connect(world)
    try world.finish()
    try world.serveUntilCaughtUp()
    all.read(chunks: .max)
    some.read(chunks: .max)
    #expect(some.areas.allSatisfy(areas.contains))
    #expect(!some.areas.isEmpty && some.areas.count < all.areas.count(where: areas.contains))
    let expected = try all.signals.filter { text in
      let signal = try JSONValue(parsing: Array(text.utf8))
      return areas.contains(signal["area"]?.string ?? "") && signal["measure"]?.string == "knifeInjury"
        && signal["severity"]?.string != "low"
    }
    #expect(some.signals == expected)
    // Its id has moved past what it did not want to hear of.
    some.read(chunks: 1, isIdle: true)
    #expect(some.lastID == all.lastID)
  }

  @Test(arguments: [
    "", "x", "1-2", "aaaaaaaa-0-0", "00000000--1-0", "00000000-0-0-0", "00000000-99999999999999999999-0",
  ])
  func anIDThatIsNoneOfOursIsReset(id: String) throws {
    let world = try World(seed: 55, records: 300)
    try world.finish()
    try world.serveUntilCaughtUp()
    var reader = Reader()
    reader.lastID = id
    reader.connect(world)
    reader.read(chunks: .max)
    #expect(reader.resets == 1)
    #expect(reader.areas.isEmpty)
  }

  /// After the file was deleted nobody can tell what compaction took: whoever was somewhere before is told so.
  @Test func aModelBuiltAnewSaysReset() throws {
    let world = try World(seed: 56, records: 600)
    try world.serveUntilCaughtUp()
    var reader = Reader()
    reader.connect(world)
    try world.finish()
    try world.serve(steps: 3)
    reader.read(chunks: .max)
    try world.startAnew()
    try world.serveUntilCaughtUp()
    reader.connect(world)
    #expect(reader.resets == 0)
    reader.read(chunks: .max)
    #expect(reader.resets == 1)
    // From here on it can be resumed.
    let before = reader.areas.count
    reader.leave()
    reader.connect(world)
    world.service.log.clock.advance(milliseconds: 3_600_000)
    try world.service.runUntilCaughtUp()
    try world.serveUntilCaughtUp()
    reader.read(chunks: .max)
    #expect(reader.resets == 1)
    #expect(reader.areas.count > before)
  }
}

/// Another process that serves the same topics.
private struct Neighbour {
  let file: URL
  let live: LiveStream
  private let role: ServeRole

  init(_ world: World) throws {
    file = FileManager.default.temporaryDirectory.appending(path: "read-model-\(UUID().uuidString).sqlite")
    let model = try ReadModel(path: file.path)
    live = LiveStream(model: model)
    role = try ServeRole(log: MemoryLogFactory(world.service.log), names: world.names, model: model, live: live)
  }

  func serve(steps: Int) throws {
    for _ in 0..<steps { try role.step(waiting: .zero) }
  }
}

/// A client of the stream, as browsers are.
private struct Reader {
  private var filter: StreamFilter
  private var session: StreamSession?
  var lastID: String?
  var signals: [String] = []
  /// Of the projections heard, in order.
  var areas: [String] = []
  var resets = 0
  /// Put together from the changes.
  var known: [String: (measures: [String: JSONValue], signals: JSONValue)] = [:]

  init(filter: StreamFilter = StreamFilter()) { self.filter = filter }

  mutating func connect(_ world: World) { connect(to: world.live) }

  mutating func connect(to live: LiveStream) {
    session = StreamSession(live, filter: filter, lastEventID: lastID)
  }

  mutating func leave() { session = nil }

  /// Reads so many chunks, or all there are.
  mutating func read(chunks: Int, isIdle: Bool = false) {
    var rest = chunks
    while rest > 0, let session, case .bytes(let bytes) = session.next(limit: 700, isIdle: isIdle) {
      rest -= 1
      for event in String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n\n") { take(event) }
    }
  }

  private mutating func take(_ event: String) {
    var name = ""
    var data = ""
    for line in event.split(separator: "\n") {
      if line.hasPrefix("id: ") { lastID = String(line.dropFirst(4)) }
      if line.hasPrefix("event: ") { name = String(line.dropFirst(7)) }
      if line.hasPrefix("data: ") { data = String(line.dropFirst(6)) }
    }
    switch name {
    case "signal": signals.append(data)
    case "reset": resets += 1
    case "projection":
      guard let change = try? JSONValue(parsing: Array(data.utf8)), let area = change["area"]?.string else { return }
      areas.append(area)
      var projection = known[area] ?? ([:], .array([]))
      for member in change["measures"]?.members ?? [] { projection.measures[member.name] = member.value }
      if let signals = change["signals"] { projection.signals = signals }
      known[area] = projection
    default: break
    }
  }
}
