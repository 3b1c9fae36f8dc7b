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

/// What is known of one identity: its newest revision, and where that counts; or one row of a hospital's return, which has
/// no identity of its own. 64 bytes.
struct LiveEvent: Sendable, BitwiseCopyable {
  /// What a slot holds.
  enum Role: UInt8, Sendable, BitwiseCopyable {
    /// Known, so that older revisions are superseded, and counted nowhere.
    case retraction
    /// Counted where it says.
    case event
    /// Known, and counted through its rows.
    case `return`
    /// Counted where it says, as part of a return.
    case row
    /// Nothing: a row was here.
    case free
  }

  var identity: Identity
  var content: UInt64
  var revision: UInt64
  /// The line that told the newest revision.
  var line: LinePlace
  var hour: Hour
  /// The neighbours in the chain of the hour: slots plus one, 0 for none.
  var next: UInt32 = 0
  var previous: UInt32 = 0
  /// Of a return its first row, of a row the next one of its return, of a free slot the next free one: slots plus one, 0
  /// for none.
  var rows: UInt32 = 0
  var measures: MeasureSet
  var bucket: Bucket
  var precision: Precision
  var role: Role

  /// Whether it counts itself, and is in the chain of its hour.
  var isCounted: Bool { role == .event || role == .row }

  /// Whether it is found by its identity.
  var isNamed: Bool { role != .row && role != .free }
}

/// All live events, found by identity and by hour. An identity once seen stays known; only the slots of a return's rows are
/// given back, and used again.
///
/// An open-addressing index of slots (linear probing, at most 3/4 full) over pages of events, and for each hour and bucket
/// a doubly linked chain through the events that count there, so that a window can walk what enters and leaves it, and a
/// signal what its area had on a day, whatever the nation had.
struct EventStore: Sendable {
  static let slotsPerPage = 1_024

  private var pages: [[LiveEvent]] = []
  /// For each page whether it holds what no checkpoint has yet.
  private var changed: [Bool] = []
  /// How many slots there are.
  private(set) var count = 0
  /// How many of them hold an identity.
  private var named = 0
  /// The first free slot plus one, 0 for none.
  private var free: UInt32 = 0
  /// Slots plus one, 0 for empty; a power of two long.
  private var index: [UInt32]
  /// The first event of each bucket in each hour since 1970: slots plus one, 0 for none. In pages of a few hours, made when
  /// first needed: old hours are sparse.
  private var heads: [[UInt32]] = []
  private static let hoursPerPage = 4

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
    if (named + 1) * 4 > index.count * 3 { growIndex() }
    let slot = place(event)
    enter(slot, event.identity)
    return slot
  }

  /// Puts an event into a free slot, or behind all others.
  private mutating func place(_ event: LiveEvent) -> Int {
    if free != 0 {
      let slot = Int(free) - 1
      free = self[slot].rows
      self[slot] = event
      return slot
    }
    let slot = count
    if slot % Self.slotsPerPage == 0 {
      pages.append([])
      changed.append(true)
      pages[pages.count - 1].reserveCapacity(Self.slotsPerPage)
    }
    pages[pages.count - 1].append(event)
    changed[changed.count - 1] = true
    count += 1
    return slot
  }

  private mutating func enter(_ slot: Int, _ identity: Identity) {
    named += 1
    let mask = index.count - 1
    var probe = Int(truncatingIfNeeded: identity.low) & mask
    while index[probe] != 0 { probe = (probe + 1) & mask }
    index[probe] = UInt32(slot) + 1
  }

  private mutating func growIndex() {
    index = Array(repeating: 0, count: index.count * 2)
    named = 0
    for slot in 0..<count where self[slot].isNamed { enter(slot, self[slot].identity) }
  }

  /// Puts an event into the chain of its hour and bucket.
  mutating func link(_ slot: Int) {
    let event = self[slot]
    let next = head(of: event.hour, event.bucket)
    self[neighboursOf: slot].next = next
    self[neighboursOf: slot].previous = 0
    if next != 0 { self[neighboursOf: Int(next) - 1].previous = UInt32(slot) + 1 }
    setHead(of: event.hour, event.bucket, to: UInt32(slot) + 1)
  }

  /// Takes an event out of its chain.
  mutating func unlink(_ slot: Int) {
    let event = self[slot]
    if event.previous != 0 {
      self[neighboursOf: Int(event.previous) - 1].next = event.next
    } else {
      setHead(of: event.hour, event.bucket, to: event.next)
    }
    if event.next != 0 { self[neighboursOf: Int(event.next) - 1].previous = event.previous }
  }

  private func head(of hour: Hour, _ bucket: Bucket) -> UInt32 {
    let (page, place) = Int(hour.index).quotientAndRemainder(dividingBy: Self.hoursPerPage)
    guard hour.index >= 0, page < heads.count, !heads[page].isEmpty else { return 0 }
    return heads[page][place * Bucket.count + bucket.index]
  }

  private mutating func setHead(of hour: Hour, _ bucket: Bucket, to link: UInt32) {
    let (page, place) = Int(hour.index).quotientAndRemainder(dividingBy: Self.hoursPerPage)
    if page >= heads.count { heads.append(contentsOf: repeatElement([], count: page + 1 - heads.count)) }
    if heads[page].isEmpty { heads[page] = Array(repeating: 0, count: Self.hoursPerPage * Bucket.count) }
    heads[page][place * Bucket.count + bucket.index] = link
  }

  /// Calls `body` with each event that counts in an hour, bucket by bucket.
  func forEach(in hour: Hour, _ body: (LiveEvent) -> Void) {
    let (page, place) = Int(hour.index).quotientAndRemainder(dividingBy: Self.hoursPerPage)
    guard hour.index >= 0, page < heads.count, !heads[page].isEmpty else { return }
    for bucket in 0..<Bucket.count { walk(from: heads[page][place * Bucket.count + bucket], body) }
  }

  /// Calls `body` with each event that counts in an hour in a bucket.
  func forEach(in hour: Hour, of bucket: Bucket, _ body: (LiveEvent) -> Void) {
    walk(from: head(of: hour, bucket), body)
  }

  private func walk(from first: UInt32, _ body: (LiveEvent) -> Void) {
    var link = first
    while link != 0 {
      let event = self[Int(link) - 1]
      body(event)
      link = event.next
    }
  }
}

// MARK: - The rows of returns

extension EventStore {
  /// Adds a row to the return in a slot; it is in no chain yet. Rows have no order.
  mutating func insert(_ row: LiveEvent, rowOf slot: Int) -> Int {
    var row = row
    row.rows = self[slot].rows
    let place = place(row)
    self[slot].rows = UInt32(place) + 1
    return place
  }

  /// The slot of a row of the return in a slot; nil when it has none.
  func firstRow(of slot: Int) -> Int? {
    let row = self[slot].rows
    return row == 0 ? nil : Int(row) - 1
  }

  /// Takes away the first row of the return in a slot, which is in no chain any more.
  mutating func removeFirstRow(of slot: Int) {
    let row = self[slot].rows
    guard row != 0 else { return }
    self[slot].rows = self[Int(row) - 1].rows
    self[Int(row) - 1] = .free(next: free)
    free = row
  }

  /// Whether each row belongs to exactly one return, which a checkpoint that was damaged might deny.
  var areRowsSound: Bool {
    var owned = [Bool](repeating: false, count: count)
    for slot in 0..<count where self[slot].role == .return {
      var link = self[slot].rows
      while link != 0 {
        let row = Int(link) - 1
        guard row < count, self[row].role == .row, !owned[row] else { return false }
        owned[row] = true
        link = self[row].rows
      }
    }
    return (0..<count).allSatisfy { owned[$0] == (self[$0].role == .row) }
  }
}

extension LiveEvent {
  fileprivate static func free(next: UInt32) -> LiveEvent {
    LiveEvent(
      identity: Identity(high: 0, low: 0), content: 0, revision: 0, line: LinePlace(packed: 0), hour: Hour(index: 0),
      rows: next, measures: [], bucket: .unattributed(nil), precision: .exact, role: .free)
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

  /// Adds the next page of a checkpoint, and its counted events to their chains. Only the last page may hold
  /// fewer than `slotsPerPage` events.
  mutating func append(_ page: EventPage) {
    precondition(count == page.index * Self.slotsPerPage)
    let first = count
    pages.append(page.events)
    changed.append(false)
    count += page.events.count
    for (place, event) in page.events.enumerated() {
      if event.isNamed { enter(first + place, event.identity) }
      if event.isCounted { link(first + place) }
      if event.role == .free {
        self[neighboursOf: first + place].rows = free
        free = UInt32(first + place) + 1
      }
    }
  }

  /// Calls `body` with each event, in the order of their slots.
  func visitAll(_ body: (LiveEvent) -> Void) {
    for page in pages {
      for event in page { body(event) }
    }
  }
}
