import Hotspots
import Incidents
import Testing

@Suite struct ConfigurationTests {
  /// A source is listed for the topics that the registry names for it, and for no other.
  @Test func aSourceIsListedForItsTopicsOnly() {
    let configuration = Configuration(sources: [
      RegisteredSource(name: "/police", force: nil, topics: [.incidents, .tagBreaches]),
      RegisteredSource(name: "/hospital", force: nil, topics: [.hospital]),
    ])
    #expect(configuration.sourceNames(for: .incidents) == ["/police"])
    #expect(configuration.sourceNames(for: .hospital) == ["/hospital"])
    #expect(Configuration(sources: []).sourceNames(for: .incidents) == [])
    #expect(Configuration().sourceNames(for: .incidents) == nil)
  }
}
