import Hotspots
import Incidents

extension JournalFrame {
  /// Applies the lines of a frame whose checksum was found right, in order. A line that cannot be read ends it: then the
  /// fold has part of the frame and is of no use any more. `revise` stands between each line and the fold, for tests.
  public func apply(
    _ record: RecordBatch.Record, of batch: borrowing RecordBatch, to fold: inout Fold,
    revise: ((inout JournalEvent) -> Void)? = nil
  ) throws(JournalError) {
    guard let value = record.value else { throw JournalError("it has no value") }
    let bytes = batch.bytes.span.extracting(value.start..<value.start + value.count)
    var scanner = JournalLineScanner()
    var lines = 0
    do {
      while var event = try scanner.next(in: bytes, sources: &fold.sourceTable, sites: &fold.siteTable) {
        if let revise { revise(&event) }
        fold.apply(event)
        lines += 1
      }
    } catch {
      throw JournalError("\(error)")
    }
    guard lines == count else { throw JournalError("it holds \(lines) lines, and its header says \(count)") }
  }
}
