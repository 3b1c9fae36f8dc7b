import Foundation
import Testing

@testable import Arguments

private let table = CommandTable<Arguments.Action>.bellwether

/// The lines that a program prints; fails when it complains.
private func lines(of program: String, _ arguments: [String], input: String) throws -> [String] {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: program)
  process.arguments = arguments
  let standardInput = Pipe()
  let output = Pipe()
  process.standardInput = standardInput
  process.standardOutput = output
  process.standardError = output
  try process.run()
  try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
  try standardInput.fileHandleForWriting.close()
  let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
  process.waitUntilExit()
  #expect(process.terminationStatus == 0, "\(text)")
  return text.split(separator: "\n").map(String.init)
}

private func offeredByBash(_ words: [String]) throws -> [String] {
  let list = words.map { "'\($0)'" }.joined(separator: " ")
  let script =
    try table.completions(for: ["bash"]) + """
      compopt() { :; }  # outside of a real completion bash refuses it
      COMP_WORDS=(\(list)); COMP_CWORD=\(words.count - 1)
      _bellwether
      printf '%s\\n' "${COMPREPLY[@]}"
      """
  return try lines(of: "/bin/bash", ["--norc", "-s"], input: script)
}

@Suite struct CompletionTests {
  private static let cases: [(words: [String], offered: [String])] = [
    (["bellwether", "r"], ["run", "release", "rejections"]),
    (["bellwether", "topics", ""], ["plan", "apply", "check"]),
    (["bellwether", "--json", "topics", "ap"], ["apply"]),
    (["bellwether", "--prefix", "topics", "imp"], ["import"]),
    (["bellwether", "run", "--u"], ["--until-caught-up"]),
    (["bellwether", "status", "--u"], []),
    (["bellwether", "run", "--roles", "f"], ["fold"]),
    (["bellwether", "completions", ""], ["bash", "zsh", "fish"]),
    (["bellwether", "run", "--prefix", ""], []),
  ]

  @Test(arguments: cases)
  func bash(words: [String], offered: [String]) throws {
    // A group and its commands take common options too, offered only after a dash here.
    let found = try offeredByBash(words).filter { words.last?.hasPrefix("-") == true || !$0.hasPrefix("-") }
    #expect(found == offered)
  }

  @Test func bashTakesOptionsApartAtTheEqualsSign() throws {
    #expect(try offeredByBash(["bellwether", "run", "--roles", "="]) == ["ingest", "fold", "serve"])
    #expect(try offeredByBash(["bellwether", "run", "--roles", "=", "in"]) == ["ingest"])
    #expect(try offeredByBash(["bellwether", "--prefix", "=", "topics", "im"]) == ["import"])
  }

  @Test func bashOffersFilesWhereFilesAreTaken() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
    let prefix = "\(root)/Comp"
    #expect(
      try offeredByBash(["bellwether", "import", "police-uk", prefix]) == ["\(root)/CompletionTests.swift"])
    #expect(try offeredByBash(["bellwether", "run", "--config", prefix]) == ["\(root)/CompletionTests.swift"])
    #expect(try offeredByBash(["bellwether", "run", prefix]) == [])
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/fish")), arguments: cases)
  func fish(words: [String], offered: [String]) throws {
    let script =
      try table.completions(for: ["fish"])
      + "complete -C '\(words.joined(separator: " "))'\n"
    let found = try lines(of: "/usr/bin/fish", ["--no-config"], input: script)
    let names = found.map { String($0.prefix { $0 != "\t" }) }
    #expect(Set(names.filter { words.last?.hasPrefix("-") == true || !$0.hasPrefix("-") }) == Set(offered))
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/zsh")), arguments: cases)
  func zsh(words: [String], offered: [String]) throws {
    // zsh completes only on a terminal: what it would be told is looked at instead.
    let list = words.map { "'\($0)'" }.joined(separator: " ")
    let dash = words.last?.hasPrefix("-") == true
    let script =
      "compdef() { :; }\n" + (try table.completions(for: ["zsh"])) + """
        _describe() { [[ $1 == \(dash ? "option" : "command") ]] && print -l -- ${(P)2%%:*}; return 0 }
        compadd() { shift; print -l -- "$@" }
        _files() { :; }
        _message() { :; }
        words=(\(list)); CURRENT=\(words.count)
        _bellwether
        """
    let found = try lines(of: "/usr/bin/zsh", ["-f", "-s"], input: script)
    #expect(found.filter { $0.hasPrefix(words[words.count - 1]) } == offered)
  }
}
