import Hotspots
import Incidents
import Testing
import Wire

/// What a configuration may say of detectors, and how what it may not say is refused.
@Suite struct DetectorSettingsFileTests {
  static func read(_ detectors: String) -> Result<[DetectorSettings], ConfigurationError> {
    Result { () throws(ConfigurationError) in
      try Configuration(file: Array("{\"detectors\":\(detectors)}".utf8)).detectors
    }
  }

  @Test(arguments: ["{}", "null", "{\"earsC2\":{}}", "{\"earsC2\":{\"measures\":null,\"minSigma\":null}}"])
  func whatIsNotSaidIsAsItIsWithout(text: String) {
    #expect(Self.read(text) == .success(Configuration().detectors))
  }

  @Test func onlyC2IsOnUnlessToldOtherwise() {
    let on = zip(Detector.table, Configuration().detectors).filter { $1.measures != [] }.map(\.0.name)
    #expect(on == ["earsC2"])
    #expect(Detector.table.map(\.name) == ["earsC2", "earsC1", "earsC3", "earsC3R"])
  }

  @Test func theStandardIsTheContracts() throws {
    let settings = try #require(Configuration().detectors.first)
    #expect(settings.measures == [.init(.knifeCrime), .init(.knifeInjury), .init(.hospitalSharp), .init(.tagBreach)])
    #expect(settings.parameters == [7, 2, 3.090232306167813, 1])
  }

  @Test func measuresAndParametersAreTaken() throws {
    let text = "{\"earsC2\":{\"measures\":[\"robbery\",\"knifeHomicide\"],\"threshold\":2.5,\"minSigma\":0.5}}"
    let settings = try #require(try Self.read(text).get().first)
    #expect(settings.measures == [.init(.robbery), .init(.knifeHomicide)])
    #expect(settings.parameters == [7, 2, 2.5, 0.5])
    #expect(try Self.read("{\"earsC2\":{\"measures\":[]}}").get().first?.measures == [])
  }

  @Test func whatIsWrittenIsReadBack() throws {
    var configuration = Configuration(observedFrom: [.incidents: LocalDay(index: 20_000)])
    for index in configuration.detectors.indices {
      configuration.detectors[index].measures = MeasureSet(.violence)
      configuration.detectors[index].parameters[3] = 0.1
    }
    #expect(try Configuration(file: configuration.json) == configuration)
    configuration.detectors = Configuration().detectors
    #expect(try Configuration(file: configuration.json) == configuration)
  }

  @Test(arguments: [
    ("[]", "/detectors", "must be an object"),
    ("{\"earsC9\":{}}", "/detectors/earsC9", "is not known; known are earsC2"),
    ("{\"earsC2\":{},\"earsC2\":{}}", "/detectors/earsC2", "is given twice"),
    ("{\"earsC2\":[]}", "/detectors/earsC2", "must be an object"),
    ("{\"earsC2\":{\"baseline\":7}}", "/detectors/earsC2/baseline", "is not known"),
    ("{\"earsC2\":{\"minSigma\":1,\"minSigma\":1}}", "/detectors/earsC2/minSigma", "is given twice"),
    ("{\"earsC2\":{\"minSigma\":0}}", "/detectors/earsC2/minSigma", "must be a number from 0.01 to 1000.0"),
    ("{\"earsC2\":{\"threshold\":\"3\"}}", "/detectors/earsC2/threshold", "must be a number"),
    ("{\"earsC2\":{\"threshold\":1e300}}", "/detectors/earsC2/threshold", "must be a number"),
    ("{\"earsC2\":{\"measures\":\"robbery\"}}", "/detectors/earsC2/measures", "must be an array"),
    ("{\"earsC2\":{\"measures\":[\"robbery\",\"burglary\"]}}", "/detectors/earsC2/measures/1", "must be one of"),
    ("{\"earsC2\":{\"measures\":[7]}}", "/detectors/earsC2/measures/0", "must be one of"),
    ("{\"earsC2\":{\"measures\":[\"robbery\",\"robbery\"]}}", "/detectors/earsC2/measures/1", "is listed twice"),
  ])
  func faultsAreNamed(text: String, member: String, reason: String) {
    guard case .failure(let fault) = Self.read(text) else {
      Issue.record("\(text) was taken")
      return
    }
    #expect(fault.member == member)
    #expect(fault.reason.hasPrefix(reason), "\(fault.reason)")
  }
}
