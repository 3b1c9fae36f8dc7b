import Hotspots
import Incidents

/// The first line of each journal partition: what the journal is, and what its counts depend on.
public struct Birth: Hashable, Sendable {
  /// A name that no other journal has: 32 hexadecimal digits.
  public var journal: String
  /// For each partition the forces whose areas it holds; "*" for all others.
  public var partitions: [[String]]
  /// Digests of the areas and of the rules that the program had.
  public var areas: String
  public var rules: String
  /// The version of the fold that may publish from here on.
  public var release: Int
  public var configuration: Configuration

  public init(
    journal: String, partitions: [[String]], areas: String, rules: String, release: Int, configuration: Configuration
  ) {
    self.journal = journal
    self.partitions = partitions
    self.areas = areas
    self.rules = rules
    self.release = release
    self.configuration = configuration
  }

  /// The digest of a table's text: BLAKE2b-128 in hexadecimal digits.
  public static func digest(of table: String) -> String {
    BLAKE2b.digest128(Array(table.utf8).span).description
  }

  /// The JSON object, without a line end.
  public var json: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("journal", journal)
      writer.member("format", JournalFrame.format)
      writer.array("partitions") { writer in
        for forces in partitions {
          writer.object { writer in
            writer.array("forces") { writer in
              for force in forces { writer.string(force) }
            }
          }
        }
      }
      writer.member("areas", areas)
      writer.member("rules", rules)
      writer.member("release", release)
      writer.key("configuration")
      configuration.write(into: &writer)
    }
    return writer.bytes
  }

  /// Reads a birth line back.
  public init(json bytes: [UInt8]) throws(JournalError) {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw JournalError("the birth is not JSON: \(error)")
    }
    guard let journal = value["journal"]?.string, let release = value["release"]?.integer,
      let areas = value["areas"]?.string, let rules = value["rules"]?.string,
      let partitions = value["partitions"]?.elements, let configuration = value["configuration"]
    else { throw JournalError("the birth lacks a member") }
    self.journal = journal
    self.release = Int(release)
    self.areas = areas
    self.rules = rules
    self.partitions = partitions.map { ($0["forces"]?.elements ?? []).compactMap(\.string) }
    do {
      self.configuration = try Configuration(json: configuration)
    } catch {
      throw JournalError("the birth's configuration: \(error)")
    }
  }
}
