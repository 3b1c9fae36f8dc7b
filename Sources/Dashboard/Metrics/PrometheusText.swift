/// Writes metrics in Prometheus' text format, version 0.0.4.
public struct PrometheusText: Sendable {
  public enum Kind: String, Sendable {
    case counter, gauge, histogram
  }

  public private(set) var bytes: [UInt8] = []

  public init() {}

  /// Begins a metric: its samples follow, all together.
  public mutating func metric(_ name: String, _ kind: Kind, _ help: String) {
    bytes += Array("# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n".utf8)
  }

  public mutating func sample(_ name: String, _ labels: KeyValuePairs<String, String>, _ value: Double) {
    bytes += Array(name.utf8)
    append(labels.map { ($0.key, $0.value) })
    bytes.append(UInt8(ascii: " "))
    bytes += Array((Int64(exactly: value).map(String.init) ?? value.description).utf8)
    bytes.append(UInt8(ascii: "\n"))
  }

  public mutating func sample(_ name: String, _ labels: KeyValuePairs<String, String>, _ value: some BinaryInteger) {
    sample(name, labels, Double(value))
  }

  /// The samples of a histogram.
  public mutating func samples(
    _ name: String, _ labels: KeyValuePairs<String, String>, _ counts: LatencyHistogram.Counts
  ) {
    var sum: Int64 = 0
    for (bound, count) in zip(LatencyHistogram.bounds.map(\.description) + ["+Inf"], counts.buckets) {
      sum += count
      bytes += Array("\(name)_bucket".utf8)
      append(labels.map { ($0.key, $0.value) } + [("le", bound)])
      bytes += Array(" \(sum)\n".utf8)
    }
    sample("\(name)_sum", labels, counts.seconds)
    sample("\(name)_count", labels, sum)
  }

  private mutating func append(_ labels: [(String, String)]) {
    guard !labels.isEmpty else { return }
    bytes.append(UInt8(ascii: "{"))
    for (place, label) in labels.enumerated() {
      if place > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes += Array("\(label.0)=\"".utf8)
      for byte in label.1.utf8 {
        switch byte {
        case UInt8(ascii: "\\"), UInt8(ascii: "\""): bytes += [UInt8(ascii: "\\"), byte]
        case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
        default: bytes.append(byte)
        }
      }
      bytes.append(UInt8(ascii: "\""))
    }
    bytes.append(UInt8(ascii: "}"))
  }
}
