import Incidents

/// Where the line of an event stands in its partition of the journal, in eight bytes.
struct LinePlace: Comparable, Sendable, BitwiseCopyable {
  /// As checkpoints keep it.
  let packed: UInt64

  init(packed: UInt64) { self.packed = packed }

  /// 40 bits hold the frames of a thousand years at thirty a second; a line takes more than a byte, so that 24 bits hold
  /// the lines of any frame that a log would take.
  init(frame: Int64, index: Int) {
    packed = UInt64(clamping: frame) << 24 | UInt64(clamping: index) & 0xFF_FFFF
  }

  var frame: Int64 { Int64(packed >> 24) }
  var index: Int { Int(packed & 0xFF_FFFF) }

  static func < (a: LinePlace, b: LinePlace) -> Bool { a.packed < b.packed }
}

/// What is known of one identity: its newest revision, and where that counts. 64 bytes.
struct LiveEvent: Sendable, BitwiseCopyable {
  var identity: Identity
  var content: UInt64
  var revision: UInt64
  /// The line that told the newest revision.
  var line: LinePlace
  var hour: Hour
  /// The neighbours in the chain of the hour: slots plus one, 0 for none.
  var next: UInt32 = 0
  var previous: UInt32 = 0
  var measures: MeasureSet
  var bucket: Bucket
  var precision: Precision
  /// False for a retraction: known, so that older revisions are superseded, and counted nowhere.
  var isCounted: Bool
}

/// All live events, found by identity and by hour. Slots are never given back: an identity once seen stays known.
///
/// An open-addressing index of slots (linear probing, at most 3/4 full) over pages of events, and for each hour a
/// doubly linked chain through the events that count in it, so that a window can walk what enters and leaves it.
struct EventStore: Sendable {
  static let slotsPerPage = 1_024

  private var pages: [[LiveEvent]] = []
  /// For each page whether it holds what no checkpoint has yet.
  private var changed: [Bool] = []
  private(set) var count = 0
  /// Slots plus one, 0 for empty; a power of two long.
  private var index: [UInt32]
  /// The first event of each hour since 1970, in pages made when first needed: slots plus one, 0 for none.
  private var heads: [[UInt32]] = []
  private static let hoursPerPage = 1_024

  init() {
    index = Array(repeating: 0, count: 1_024)
  }

  subscript(slot: Int) -> LiveEvent {
    get { pages[slot / Self.slotsPerPage][slot % Self.slotsPerPage] }
    _modify {
      changed[slot / Self.slotsPerPage] = true
      yield &pages[slot / Self.slotsPerPage][slot % Self.slotsPerPage]
    }
  }

  /// An event whose neighbours are about to change. Chains are found again from the hours, so no checkpoint keeps them.
  private subscript(neighboursOf slot: Int) -> LiveEvent {
    get { self[slot] }
    _modify { yield &pages[slot / Self.slotsPerPage][slot % Self.slotsPerPage] }
  }

  /// The slot of an identity; nil when it was never seen.
  func slot(of identity: Identity) -> Int? {
    let mask = index.count - 1
    var probe = Int(truncatingIfNeeded: identity.low) & mask
    while index[probe] != 0 {
      let slot = Int(index[probe]) - 1
      if self[slot].identity == identity { return slot }
      probe = (probe + 1) & mask
    }
    return nil
  }

  /// Adds an event whose identity is new; it is in no chain yet.
  mutating func insert(_ event: LiveEvent) -> Int {
    if (count + 1) * 4 > index.count * 3 { growIndex() }
    let slot = count
    if slot % Self.slotsPerPage == 0 {
      pages.append([])
      changed.append(true)
      pages[pages.count - 1].reserveCapacity(Self.slotsPerPage)
    }
    pages[pages.count - 1].append(event)
    changed[changed.count - 1] = true
    count += 1
    enter(slot, event.identity)
    return slot
  }

  private mutating func enter(_ slot: Int, _ identity: Identity) {
    let mask = index.count - 1
    var probe = Int(truncatingIfNeeded: identity.low) & mask
    while index[probe] != 0 { probe = (probe + 1) & mask }
    index[probe] = UInt32(slot) + 1
  }

  private mutating func growIndex() {
    index = Array(repeating: 0, count: index.count * 2)
    for slot in 0..<count { enter(slot, self[slot].identity) }
  }

  /// Puts an event into the chain of its hour.
  mutating func link(_ slot: Int) {
    let hour = self[slot].hour
    let next = head(of: hour)
    self[neighboursOf: slot].next = next
    self[neighboursOf: slot].previous = 0
    if next != 0 { self[neighboursOf: Int(next) - 1].previous = UInt32(slot) + 1 }
    setHead(of: hour, to: UInt32(slot) + 1)
  }

  /// Takes an event out of the chain of its hour.
  mutating func unlink(_ slot: Int) {
    let event = self[slot]
    if event.previous != 0 {
      self[neighboursOf: Int(event.previous) - 1].next = event.next
    } else {
      setHead(of: event.hour, to: event.next)
    }
    if event.next != 0 { self[neighboursOf: Int(event.next) - 1].previous = event.previous }
  }

  private func head(of hour: Hour) -> UInt32 {
    let (page, place) = Int(hour.index).quotientAndRemainder(dividingBy: Self.hoursPerPage)
    guard hour.index >= 0, page < heads.count, !heads[page].isEmpty else { return 0 }
    return heads[page][place]
  }

  private mutating func setHead(of hour: Hour, to link: UInt32) {
    let (page, place) = Int(hour.index).quotientAndRemainder(dividingBy: Self.hoursPerPage)
    while page >= heads.count { heads.append([]) }
    if heads[page].isEmpty { heads[page] = Array(repeating: 0, count: Self.hoursPerPage) }
    heads[page][place] = link
  }

  /// Calls `body` with each event that counts in an hour.
  func forEach(in hour: Hour, _ body: (LiveEvent) -> Void) {
    var link = head(of: hour)
    while link != 0 {
      let event = self[Int(link) - 1]
      body(event)
      link = event.next
    }
  }
}

// MARK: - Checkpoints

extension EventStore {
  /// The pages that hold what no checkpoint has yet, in order; they count as kept from then on. The pages are shared, not
  /// copied: each is copied when it is next changed, if somebody still holds it then.
  mutating func takeChangedPages(all: Bool) -> [EventPage] {
    var taken: [EventPage] = []
    for index in pages.indices where all || changed[index] {
      taken.append(EventPage(index: index, events: pages[index]))
      changed[index] = false
    }
    return taken
  }

  /// An empty store with room for so many events.
  init(capacity: Int) {
    self.init()
    var length = index.count
    while length * 3 < capacity * 4 { length *= 2 }
    index = Array(repeating: 0, count: length)
  }

  /// Adds the next page of a checkpoint, and its counted events to the chains of their hours. Only the last page may hold
  /// fewer than `slotsPerPage` events.
  mutating func append(_ page: EventPage) {
    precondition(count == page.index * Self.slotsPerPage)
    let first = count
    pages.append(page.events)
    changed.append(false)
    count += page.events.count
    for (place, event) in page.events.enumerated() {
      enter(first + place, event.identity)
      if event.isCounted { link(first + place) }
    }
  }

  /// Calls `body` with each event, in the order of their slots.
  func visitAll(_ body: (LiveEvent) -> Void) {
    for page in pages {
      for event in page { body(event) }
    }
  }
}
