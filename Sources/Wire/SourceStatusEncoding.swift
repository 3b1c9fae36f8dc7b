import Hotspots
import Incidents

extension SourceStatus {
  /// The value of the record in `source-status`: every member, always, in the contract's order.
  public var json: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("source", source)
      writer.member("force", force?.name)
      writer.object("topics") { writer in
        for entry in topics { writer.object(entry.topic.name) { entry.write(into: &$0) } }
      }
    }
    return writer.bytes
  }

  /// The record's headers: the attributes of a CloudEvent in binary mode. Its id ends with the position in the journal up
  /// to which it is true.
  public var headers: [RecordHeader] {
    RecordHeader.cloudEvent(id: "\(source)@\(position.text)", type: "source.status", time: now)
  }

  /// The record's key.
  public var key: [UInt8] { Array(source.utf8) }
}

extension SourceStatus.Entry {
  fileprivate func write(into writer: inout JSONWriter) {
    freshness.write(into: &writer)
    writer.member("folded", verdicts.folded)
    writer.member("duplicate", verdicts.duplicate)
    writer.member("superseded", verdicts.superseded)
    writer.member("conflict", verdicts.conflict)
    writer.member("unmappedOffence", verdicts.unmappedOffence)
    writer.object("unattributed") { writer in
      for reason in Unplaced.allCases where verdicts.unplaced[reason] > 0 {
        writer.member(reason.name, verdicts.unplaced[reason])
      }
    }
  }
}
