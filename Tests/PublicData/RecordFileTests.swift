import Testing
import Wire

@testable import PublicData

@Suite struct RecordFileTests {
  @Test func eachEventIsALine() throws {
    let target = try TemporaryFile("what was there before, longer than what comes")
    var file = try RecordFile(path: target.path)
    try file.write(OutgoingRecord(topic: "incidents", key: [1], value: Array("{\"a\":1}".utf8)))
    try file.write(OutgoingRecord(topic: "incidents", value: Array("{\"b\":2}".utf8)))
    #expect(file.count == 2)
    try file.close()
    #expect(try target.text == "{\"a\":1}\n{\"b\":2}\n")
  }

  @Test func manyAreWrittenWhole() throws {
    let target = try TemporaryFile()
    var file = try RecordFile(path: target.path)
    for number in 0..<20_000 {
      try file.write(OutgoingRecord(topic: "incidents", value: Array("{\"number\":\(number)}".utf8)))
    }
    try file.close()
    let lines = try target.text.split(separator: "\n")
    #expect(lines.count == 20_000)
    #expect(lines.first == "{\"number\":0}" && lines.last == "{\"number\":19999}")
  }

  @Test(arguments: [nil, [], Array("{\n}".utf8), Array("{\r}".utf8)] as [[UInt8]?])
  func whatIsNotOneLineIsRefused(value: [UInt8]?) throws {
    let target = try TemporaryFile()
    var file = try RecordFile(path: target.path)
    do throws(PublicDataError) {
      try file.write(OutgoingRecord(topic: "incidents", value: value))
      Issue.record("written")
    } catch {
      #expect(error.code == .notOneLine)
    }
    try file.close()
    #expect(try target.text == "")
  }

  @Test func anInputIsNeverOverwritten() throws {
    let input = try TemporaryFile("precious")
    do throws(PublicDataError) {
      _ = try RecordFile(path: input.path, inputs: ["/nowhere", input.path])
      Issue.record("opened")
    } catch {
      #expect(error.code == .wouldOverwriteInput)
    }
    #expect(try input.text == "precious")
  }

  @Test func aFullDiskIsSaid() throws {
    var file = try RecordFile(path: "/dev/full")
    try file.write(OutgoingRecord(topic: "incidents", value: [0x7B, 0x7D]))
    do throws(PublicDataError) {
      try file.close()
      Issue.record("closed")
    } catch {
      #expect(error.code == .cannotWrite)
      #expect(error.description == "cannot write /dev/full: No space left on device")
    }
  }
}
