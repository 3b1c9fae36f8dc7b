import PipelineTesting
import Testing

@Suite struct Murmur2Tests {
  /// The values that Kafka's own `UtilsTest` holds its hash to.
  @Test(arguments: [
    ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
    ("a-little-bit-longer-string", -1_486_304_829),
    ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971), ("abc", 479_470_107),
  ])
  func hashesAsKafka(_ text: String, _ expected: Int32) {
    #expect(Int32(bitPattern: Murmur2.hash(Array(text.utf8))) == expected)
  }

  @Test func everyKeyHasAPartition() {
    for count in [1, 2, 7] {
      for number in 0..<1_000 {
        #expect((0..<Int32(count)).contains(Murmur2.partition(of: Array("\(number)".utf8), among: count)))
      }
    }
  }
}
