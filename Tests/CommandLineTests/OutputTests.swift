// Outputs come out whole or not at all, and never over what they did not write.

import Foundation
import TestSupport
import Testing
import whittle

@Suite("Outputs")
struct OutputTests {
  private func manifest(_ files: [String]) -> [UInt8] {
    let list = files.map { "\"\($0)\"" }.joined(separator: ",")
    return Array("{\"generator\":\"whittle test\",\"files\":[\(list)]}".utf8)
  }

  private func write(_ files: [String: String], to path: String) throws {
    var directory = try OutputDirectory(path)
    for (name, text) in files.sorted(by: { $0.key < $1.key }) { directory.add(name, Array(text.utf8)) }
    directory.add(OutputDirectory.manifestName, manifest(files.keys.sorted()))
    try directory.finish()
  }

  @Test("a directory is replaced as a whole: what is no longer written is gone")
  func replaceDirectory() throws {
    try Fixtures.withTemporaryDirectory { scratch in
      let out = "\(scratch)/out"
      try write(["a/one.json": "1", "b/two.json": "2"], to: out)
      try write(["a/one.json": "3"], to: out + "/")
      #expect(try String(contentsOfFile: out + "/a/one.json", encoding: .utf8) == "3")
      #expect(!FileManager.default.fileExists(atPath: out + "/b"))
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: scratch) == ["out"], "nothing is left behind")
    }
  }

  @Test("an empty directory, and one that does not exist, are taken")
  func freshDirectory() throws {
    try Fixtures.withTemporaryDirectory { scratch in
      try write(["a.json": "1"], to: scratch + "/new/below")
      try FileManager.default.createDirectory(atPath: scratch + "/empty", withIntermediateDirectories: false)
      try write(["a.json": "1"], to: scratch + "/empty")
      #expect(FileManager.default.fileExists(atPath: scratch + "/new/below/a.json"))
      #expect(FileManager.default.fileExists(atPath: scratch + "/empty/a.json"))
    }
  }

  @Test("a directory with anyone else's file stays as it is")
  func foreignFiles() throws {
    try Fixtures.withTemporaryDirectory { scratch in
      let out = "\(scratch)/out"
      try write(["a.json": "1"], to: out)
      try "mine".write(toFile: out + "/notes.txt", atomically: false, encoding: .utf8)
      #expect(throws: CommandError.self) { try write(["a.json": "2"], to: out) }
      #expect(try String(contentsOfFile: out + "/a.json", encoding: .utf8) == "1")
      #expect(try String(contentsOfFile: out + "/notes.txt", encoding: .utf8) == "mine")
    }
  }

  @Test("a file, the working directory and what holds it are refused", arguments: ["/dev/null", ".", "/"])
  func refused(path: String) throws {
    #expect(throws: CommandError.self) { try OutputDirectory(path) }
  }

  @Test("a link to a directory stays a link")
  func link() throws {
    try Fixtures.withTemporaryDirectory { scratch in
      try FileManager.default.createDirectory(atPath: scratch + "/real", withIntermediateDirectories: false)
      try FileManager.default.createSymbolicLink(
        atPath: scratch + "/link", withDestinationPath: scratch + "/real")
      try write(["a.json": "1"], to: scratch + "/link")
      #expect(FileManager.default.fileExists(atPath: scratch + "/real/a.json"))
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: scratch + "/link") == scratch + "/real")
    }
  }

  @Test(
    "names from hostile logs stay below their directory and apart",
    arguments: [
      ("app", "app"), ("a.b-c_d@e+f=g,h", "a.b-c_d@e+f=g,h"), ("..", "%2e%2e"), (".", "%2e"), ("", "%"),
      ("../../etc/passwd", "..%2f..%2fetc%2fpasswd"), ("a\0b", "a%00b"), ("a%2fb", "a%252fb"),
      ("é", "%c3%a9"),
    ])
  func safeNames(text: String, name: String) { #expect(OutputDirectory.safeName(text) == name) }

  @Test("a name is never longer than file systems take")
  func longName() {
    #expect(OutputDirectory.safeName(String(repeating: "é", count: 5000)).utf8.count <= 200)
  }

  @Test("a file is replaced as a whole, keeps its permissions, and stays as it was where the run gives up")
  func replaceFile() throws {
    try Fixtures.withTemporaryDirectory { scratch in
      let path = "\(scratch)/answer.json"
      try "old".write(toFile: path, atomically: false, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      do {
        var abandoned = try OutputStream(path)
        abandoned.write(Array("half".utf8))
        abandoned.flush()
      }
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
      var output = try OutputStream(path)
      output.write(Array("new".utf8))
      try output.finish()
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      #expect(try FileManager.default.contentsOfDirectory(atPath: scratch) == ["answer.json"])
    }
  }

  @Test("a device is written, never replaced")
  func device() throws {
    var output = try OutputStream("/dev/null")
    output.write(Array("gone".utf8))
    try output.finish()
    #expect(try WhittleProcess.shell("test -c /dev/null").status == 0)
  }

  @Test("an output below a missing directory is an error that names it")
  func missingDirectory() {
    #expect {
      _ = try OutputStream("/nonexistent/answer.json")
    } throws: { error in
      (error as? CommandError)?.status == .cannotBeDone
    }
  }
}
