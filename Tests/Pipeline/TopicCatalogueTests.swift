import Foundation
import Pipeline
import PipelineTesting
import Testing
import Wire

/// The program's table of topics and the folder `topics/` say the same.
@Suite struct TopicCatalogueTests {
  @Test(arguments: Topic.allCases)
  func theFolderSaysTheSame(topic: Topic) throws {
    let file = SlowReference.root.appending(path: "topics/\(topic.rawValue)/settings.json")
    let settings = try JSONValue(parsing: Array(Data(contentsOf: file)))
    #expect(settings["partitions"]?.integer == Int64(topic.partitions))
    let members = try #require(settings["settings"]?.members)
    let written = Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.value.string ?? "") })
    #expect(written == topic.settings(brokers: 3))
    #expect(topic.settings(brokers: 1)["min.insync.replicas"] == "1")
  }

  @Test func everyFolderIsATopic() throws {
    let root = SlowReference.root.appending(path: "topics")
    let folders = try FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: [.isDirectoryKey])
      .filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }.map(\.lastPathComponent)
    #expect(Set(folders) == Set(Topic.allCases.map(\.rawValue)))
  }

  @Test func replicasNeverExceedTheBrokers() {
    #expect([1, 2, 3, 5].map(Topic.replicas) == [1, 2, 3, 3])
  }
}
