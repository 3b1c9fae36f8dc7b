import Hotspots
import Incidents

extension DetectorSettings {
  /// Reads what a configuration says of a detector; what it does not say is as it is without a configuration.
  init(json value: JSONValue, of detector: Detector, at pointer: String) throws(ConfigurationError) {
    self.init(standardOf: detector)
    let settable = detector.parameters.filter { $0.range != nil }
    let members = try Members(value, at: pointer, known: ["measures"] + settable.map(\.name))
    if let list = members["measures"], list != .null {
      measures = try MeasureSet(json: list, at: "\(pointer)/measures")
    }
    for (index, parameter) in detector.parameters.enumerated() {
      guard let range = parameter.range, let value = members[parameter.name], value != .null else { continue }
      guard let number = value.number, range.contains(number) else {
        throw ConfigurationError(
          "\(pointer)/\(parameter.name)", "must be a number from \(range.lowerBound) to \(range.upperBound)")
      }
      parameters[index] = number
    }
  }

  func write(into writer: inout JSONWriter, of detector: Detector) {
    writer.array("measures") { writer in
      for measure in Measure.allCases where measures.contains(measure) { writer.string(measure.name) }
    }
    for (parameter, value) in zip(detector.parameters, parameters) where parameter.range != nil {
      writer.key(parameter.name)
      writer.exact(value)
    }
  }
}

extension MeasureSet {
  fileprivate init(json value: JSONValue, at pointer: String) throws(ConfigurationError) {
    guard let names = value.elements else { throw ConfigurationError(pointer, "must be an array of measures") }
    self.init()
    for (index, name) in names.enumerated() {
      guard let measure = Measure.allCases.first(where: { $0.name == name.string }) else {
        let known = Measure.allCases.map(\.name).joined(separator: ", ")
        throw ConfigurationError("\(pointer)/\(index)", "must be one of \(known)")
      }
      guard insert(MeasureSet(measure)).inserted else {
        throw ConfigurationError("\(pointer)/\(index)", "is listed twice")
      }
    }
  }
}
