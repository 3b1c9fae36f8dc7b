import Incidents

/// A place in the journal: a partition, the number of committed frames before the frame, and the line within it.
public struct JournalPosition: Hashable, Sendable {
  public var partition: Int32
  public var frame: Int64
  /// The line within the frame; −1 when the frame is empty.
  public var index: Int

  public init(partition: Int32, frame: Int64, index: Int) {
    self.partition = partition
    self.frame = frame
    self.index = index
  }
}

/// The counts of one measure in one bucket, as published.
public struct MeasureCounts: Hashable, Sendable, BitwiseCopyable {
  /// By `Window.allCases`.
  public var windows: InlineCounts
  public var previous: InlineCounts
  public var today: Int32
  public var yesterday: Int32
  public var total: Int32
}

/// Four counts, one a window.
public struct InlineCounts: Hashable, Sendable, BitwiseCopyable {
  public var day: Int32
  public var week: Int32
  public var fourWeeks: Int32
  public var year: Int32

  init(_ count: (Window) -> Int32) {
    day = count(.day)
    week = count(.week)
    fourWeeks = count(.fourWeeks)
    year = count(.year)
  }

  public subscript(window: Window) -> Int32 {
    switch window {
    case .day: day
    case .week: week
    case .fourWeeks: fourWeeks
    case .year: year
    }
  }
}

/// What is published of one bucket.
public struct BoroughProjection: Hashable, Sendable {
  public var bucket: Bucket
  public var now: EventTime
  public var position: JournalPosition
  /// By `Measure.allCases`.
  public var measures: [MeasureCounts]
  /// By `InputTopic.allCases`.
  public var sources: [TopicFreshness]
  /// Nil while police or hospitals of the force have sent nothing.
  public var hiddenHarm: HiddenHarm?
  /// The signals that stand: measures and detectors in table order.
  public var signals: [StandingSignal]
}
