import Incidents
import Wire

/// How far an import is.
public struct ImportProgress: Sendable {
  public var file: String
  public var rows: Int
  public var bytesRead: Int64
  /// Nil when the input is no file (a pipe).
  public var bytesInAll: Int64?
}

/// Turns street-level files of data.police.uk (CSV, one row a crime, month only) into incidents.
///
/// The reference of a row is its Crime ID and the ordinal among the rows of that ID in the file that differ in month,
/// coordinates, LSOA or category; rows that differ in nothing else (the outcome is not part of an event) are the same
/// event, sent again. A row without an ID is known by a digest of the whole row and its ordinal among equal rows. So
/// importing a file again changes nothing.
public struct PoliceUKImporter: Sendable {
  public private(set) var summary = ImportSummary()

  private let topic: String
  private let shift: Int64
  private let referenceSuffix: String
  // A few hundred distinct texts at most stand in files of millions of rows; what they mean is worked out once.
  private var periods: [LondonMonth: String] = [:]
  private var places: [PlaceNames: StreetPlace?] = [:]
  private var sources: [String: String?] = [:]
  private var classes: [String: String] = [:]

  private struct PlaceNames: Hashable, Sendable {
    var code, name: String
  }

  /// `topic`: the topic's name on the log. `shift` moves every event by so many milliseconds, at most a century, and
  /// `referenceSuffix` (letters, digits, `.`, `_`, `-`) keeps such a copy apart from the original.
  public init(topic: String = InputTopic.incidents.name, shift: Int64 = 0, referenceSuffix: String = "") {
    precondition(abs(shift) <= 3_155_760_000_000 && referenceSuffix.utf8.allSatisfy(Self.isPlain))
    self.topic = topic
    self.shift = shift
    self.referenceSuffix = referenceSuffix
  }

  /// Reads a file and hands each row's event on, in the order of the rows; rows that make none are in `summary`. Throws
  /// `PublicDataError` when the file cannot be read, and what `send` throws; `summary` then counts what was done.
  /// `progress` is told every 1,000 rows.
  public mutating func importFile(
    at path: String, progress: (ImportProgress) -> Void = { _ in }, send: (OutgoingRecord) throws -> Void
  ) throws {
    var reader = try CSVReader.open(path)
    var ordinals = ReferenceOrdinals()
    summary.files += 1
    var rows = 0
    guard let columns = try readHeader(&reader, path) else { return }
    while let outcome = try reader.next() {
      summary.rows += 1
      rows += 1
      do throws(RowFault) {
        let event = try event(of: reader, outcome, columns, &ordinals)
        try hand(over: event, to: send)
      } catch {
        switch error {
        case .refused(let code, let reason, let action):
          refuse(Refusal(code: code, file: path, row: reader.rowNumber, reason: reason, action: action))
        case .notSent(let error): throw error
        }
      }
      if rows.isMultiple(of: 1000) {
        progress(
          ImportProgress(file: path, rows: rows, bytesRead: reader.bytesRead, bytesInAll: reader.size))
      }
    }
  }

  /// Why a row did not go out.
  private enum RowFault: Error {
    case refused(RefusalCode, reason: String, action: String)
    case notSent(any Error)
  }

  private mutating func refuse(_ refusal: Refusal) {
    summary.refused += 1
    summary.refusedByCode[refusal.code, default: 0] += 1
    summary.keep(refusal)
  }

  /// The columns; nil when the header does not do: then its rows have been read and counted as refused.
  private mutating func readHeader(
    _ reader: inout CSVReader, _ path: String
  ) throws(PublicDataError) -> StreetColumns? {
    var reason = "The file is empty."
    let outcome = try reader.next()
    let row = outcome == nil ? 1 : reader.rowNumber
    if let outcome {
      do throws(StreetColumns.Missing) {
        guard outcome == .row else { throw StreetColumns.Missing(reason: "The header is not well-formed CSV.") }
        return try StreetColumns(
          header: (0..<reader.fieldCount).map { String(decoding: reader.field($0) ?? [], as: UTF8.self) })
      } catch {
        reason = error.reason
      }
    }
    summary.keep(
      Refusal(
        code: .badHeader, file: path, row: row, reason: reason,
        action: "Give a street-level file of data.police.uk (…-street.csv) with its header."))
    while try reader.next() != nil {
      summary.rows += 1
      summary.refused += 1
      summary.refusedByCode[.badHeader, default: 0] += 1
    }
    return nil
  }

  /// An event ready to go, and what the summary is told when it has gone.
  private struct Event {
    var reference: String
    var value: String
    var month: LondonMonth
    var isRepeated, hasID, hasPlace: Bool
  }

  private mutating func event(
    of reader: borrowing CSVReader, _ outcome: CSVReader.Outcome, _ columns: StreetColumns,
    _ ordinals: inout ReferenceOrdinals
  ) throws(RowFault) -> Event {
    try check(outcome)
    guard reader.fieldCount == columns.count else {
      throw .refused(
        .wrongColumnCount, reason: "The row has \(reader.fieldCount) columns, the header \(columns.count).",
        action: "Quote fields that hold commas; download the file again if it is cut off.")
    }
    let crimeID = try text(of: columns.crimeID, reader)
    guard let month = LondonMonth(reader.field(columns.month) ?? []) else {
      throw .refused(.badMonth, reason: "The month is not yyyy-mm, from 1970 on.", action: "Write it like 2022-07.")
    }
    guard let source = source(ofForce: try text(of: columns.reportedBy, reader)) else {
      throw .refused(.missingForce, reason: "\"Reported by\" names no force.", action: "Write the force's name.")
    }
    let offenceClass = offenceClass(of: try text(of: columns.category, reader))
    guard !offenceClass.isEmpty else {
      throw .refused(.missingCategory, reason: "\"Crime type\" names no category.", action: "Write the category.")
    }
    let names = PlaceNames(code: try text(of: columns.lsoaCode, reader), name: try text(of: columns.lsoaName, reader))
    guard let place = place(names) else {
      throw .refused(
        .badPlace, reason: "Neither the LSOA's name nor its code is one.",
        action: "Write both as published, or leave both empty when the place is not known.")
    }
    guard crimeID.utf8.count <= 128, crimeID.utf8.allSatisfy(Self.isPlain) else {
      throw .refused(
        .badCrimeID, reason: "The Crime ID is no word of at most 128 letters and digits.",
        action: "Write it as published, or leave it empty when there is none.")
    }

    // Only a row that makes an event takes an ordinal.
    let reference: String
    var isRepeated = false
    if crimeID.isEmpty {
      let digest = RowDigest(kind: .row, (0..<columns.count).map { reader.field($0) ?? [] })
      reference = "row-\(digest.hexadecimal).\(ordinals.next(among: digest))\(referenceSuffix)"
    } else {
      let what = [
        columns.crimeID, columns.month, columns.longitude, columns.latitude, columns.lsoaCode, columns.lsoaName,
        columns.category,
      ].map { reader.field($0) ?? [] }
      let ordinal: Int32
      (ordinal, isRepeated) = ordinals.ordinal(
        of: RowDigest(kind: .event, what), among: RowDigest(kind: .crimeID, what.prefix(1)))
      reference = "\(crimeID).\(ordinal)\(referenceSuffix)"
    }
    // Every text in it is of letters, digits and `._-/:`, so nothing needs to be escaped.
    let value = """
      {"specversion":"1.0","id":"\(reference)","source":"\(source)","type":"incident.recorded",\
      "datacontenttype":"application/json","data":{"reference":"\(reference)","revision":1,\(period(of: month)),\
      "imprecise":true,"offenceClass":"police-uk:\(offenceClass)","location":\(place.json)}}
      """
    return Event(
      reference: reference, value: value, month: month, isRepeated: isRepeated, hasID: !crimeID.isEmpty,
      hasPlace: place != .unknown)
  }

  private func check(_ outcome: CSVReader.Outcome) throws(RowFault) {
    switch outcome {
    case .row: return
    case .malformed(.tooLong):
      throw .refused(
        .rowTooLong, reason: "The row is longer than \(CSVReader.longestRow) bytes.",
        action: "Check that the file is a street-level file.")
    case .malformed(.unclosedQuote):
      throw .refused(
        .badQuotes, reason: "A field begins with a quote that is never closed.",
        action: "Close it, or double the quotes within a quoted field.")
    case .malformed(.textAfterQuote):
      throw .refused(
        .badQuotes, reason: "Text follows a closing quote.", action: "Double the quotes within a quoted field.")
    }
  }

  private mutating func hand(over event: Event, to send: (OutgoingRecord) throws -> Void) throws(RowFault) {
    let record = OutgoingRecord(
      topic: topic, key: Array(event.reference.utf8), value: Array(event.value.utf8),
      headers: [RecordHeader("content-type", "application/cloudevents+json")])
    do { try send(record) } catch { throw .notSent(error) }
    summary.produced += 1
    summary.months[event.month, default: 0] += 1
    if event.isRepeated { summary.repeated += 1 }
    if !event.hasID { summary.withoutID += 1 }
    if !event.hasPlace { summary.withoutPlace += 1 }
  }

  private func text(of column: Int, _ reader: borrowing CSVReader) throws(RowFault) -> String {
    guard let text = String(validating: reader.field(column) ?? [], as: UTF8.self) else {
      throw .refused(.notText, reason: "A field is not UTF-8.", action: "Save the file as UTF-8.")
    }
    return text
  }

  private mutating func source(ofForce name: String) -> String? {
    if let known = sources[name] { return known }
    let source = StreetNames.source(ofForce: name)
    remember(source, for: name, in: \.sources)
    return source
  }

  private mutating func offenceClass(of label: String) -> String {
    if let known = classes[label] { return known }
    let name = StreetNames.hyphenated(label)
    remember(name, for: label, in: \.classes)
    return name
  }

  private mutating func place(_ names: PlaceNames) -> StreetPlace? {
    if let known = places[names] { return known }
    let place = StreetPlace(lsoaCode: names.code, lsoaName: names.name)
    remember(place, for: names, in: \.places)
    return place
  }

  /// Files that name ever new things must not fill the memory: England and Wales have under 40,000 LSOAs.
  private mutating func remember<Key, Value>(
    _ value: Value, for key: Key, in table: WritableKeyPath<PoliceUKImporter, [Key: Value]>
  ) {
    if self[keyPath: table].count >= 100_000 { self[keyPath: table].removeAll() }
    self[keyPath: table][key] = value
  }

  /// The month's bounds as members of an event.
  private mutating func period(of month: LondonMonth) -> String {
    if let known = periods[month] { return known }
    let from = RFC3339.text(EventTime(milliseconds: month.start.milliseconds + shift))
    let to = RFC3339.text(EventTime(milliseconds: month.end.milliseconds + shift))
    let period = "\"occurredFrom\":\"\(from)\",\"occurredTo\":\"\(to)\""
    periods[month] = period
    return period
  }

  /// A letter, a digit, `.`, `_` or `-`: what needs no escape in JSON.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
