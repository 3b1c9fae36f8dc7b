/// Why an input record was refused. The order of the cases is the order of precedence: a row with several faults gets
/// the first.
public enum RejectionCode: UInt8, CaseIterable, Hashable, Sendable {
  case tombstone, tooLarge, notJSON, notCloudEvent, unknownType, unknownVersion, unknownSource
  case missingMember, wrongType, badTime, timeWithoutZone, timeReversed, occurrenceTooLong, inFuture, beforeHistory
  case badAreaCode, locationMissing, locationAmbiguous, locationOutOfRange, placesNotLoaded
  case badOffenceCode, badEnumeration, badRevision, badPeriod

  /// The name in contracts and headers.
  public var name: String { String(describing: self) }
}

/// The answer to a record that was refused. No text quotes the input.
public struct Rejection: Hashable, Sendable {
  public var code: RejectionCode
  /// What is wrong, in one sentence.
  public var reason: String
  /// What the sender must change, in one sentence.
  public var action: String
  /// A JSON pointer (RFC 6901) into the event in structured form; empty when the whole record is meant.
  public var member: String
  /// The event's source where it could be read.
  public var source: String?

  public init(code: RejectionCode, reason: String, action: String, member: String, source: String? = nil) {
    self.code = code
    self.reason = reason
    self.action = action
    self.member = member
    self.source = source
  }
}
