// The worst inputs, seen through the built program: a clear message, the right exit status, no crash.

import Foundation
import TestSupport
import Testing
import whittle

@Suite("Inputs")
struct InputTests {
  private static let logs = "testdata/photos/logs"
  private static let multiMember =
    "testdata/photos/logs/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/20/"
    + "111122223333_CloudTrail_eu-west-1_20261120T0905Z_a1b2c3d4e5f60718.json.gz"

  /// Runs `usage` on a file of the given contents.
  private func usage(_ name: String, _ contents: [UInt8], _ options: [String] = []) throws -> ProcessResult {
    try Fixtures.withTemporaryDirectory { scratch in
      let path = "\(scratch)/\(name)"
      try Data(contents).write(to: URL(filePath: path))
      return try WhittleProcess.run(["usage", path] + options)
    }
  }

  @Test("a missing path is said before anything is read or written", arguments: ["usage", "policy", "diff"])
  func missingPath(command: String) throws {
    let result = try WhittleProcess.run(
      [command, Self.logs, "/nonexistent/logs", "--granted", "testdata/photos/account.json"].filter {
        command != "usage" || !["--granted", "testdata/photos/account.json"].contains($0)
      })
    #expect(result.status == ExitStatus.cannotBeDone.rawValue)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains("`/nonexistent/logs`: no such file or directory"))
  }

  @Test("a truncated gzip keeps its whole records, and says where it ends")
  func truncatedGzip() throws {
    let whole = try Fixtures.bytes(String(Self.multiMember.dropFirst("testdata/".count)))
    let result = try usage("cut.json.gz", Array(whole.prefix(whole.count * 3 / 4)))
    #expect(result.status == ExitStatus.damagedInput.rawValue)
    #expect(result.errors.contains("cut.json.gz` at byte "))
    #expect(result.text.contains("role/app/photo-service"))
  }

  @Test("a picture named like a log is damage at byte 0")
  func picture() throws {
    let result = try usage("x.json.gz", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13])
    #expect(result.status == ExitStatus.damagedInput.rawValue)
    #expect(result.errors.contains("x.json.gz` at byte 0: "))
  }

  @Test("an empty directory is no error, but is said")
  func emptyDirectory() throws {
    try Fixtures.withTemporaryDirectory { scratch in
      let result = try WhittleProcess.run(["usage", scratch])
      #expect(result.status == 0)
      #expect(result.errors.contains("no CloudTrail events"))
    }
  }

  @Test("nothing to read ends with a status of the contract and a message", arguments: ["/dev/null", "-"])
  func nothing(input: String) throws {
    let result = try WhittleProcess.run(["usage", input])
    #expect([0, ExitStatus.damagedInput.rawValue].contains(result.status))
    #expect(result.errors.contains("no CloudTrail events"))
  }

  @Test("one line of many megabytes that never ends is damage, not a crash")
  func endlessLine() throws {
    let head = Array("{\"Records\":[{\"eventName\":\"".utf8)
    let result = try usage("line.json", head + [UInt8](repeating: UInt8(ascii: "a"), count: 40 << 20))
    #expect(result.status == ExitStatus.damagedInput.rawValue)
    #expect(result.errors.contains("line.json` at byte "))
  }

  @Test("a directory that cannot be entered is damage beside others, and the end of the run alone")
  func unreadableDirectory() throws {
    try Fixtures.withTemporaryDirectory { scratch in
      // Root may enter everything, so the program runs as nobody where the tests run as root.
      let script = """
        umask 022; chmod 755 \(scratch); mkdir \(scratch)/closed \(scratch)/open
        echo '{"Records":[]}' > \(scratch)/open/a.json; chmod 000 \(scratch)/closed
        cp "$whittle" \(scratch)/whittle
        as=; [ "$(id -u)" != 0 ] || as='setpriv --reuid 65534 --regid 65534 --clear-groups'
        $as \(scratch)/whittle usage \(scratch)/closed; echo "alone $?"
        $as \(scratch)/whittle usage \(scratch)/closed \(scratch)/open > /dev/null; echo "beside $?"
        chmod 755 \(scratch)/closed
        """
      let result = try WhittleProcess.shell(script)
      #expect(result.errors.contains("closed"))
      #expect(result.lines.contains("alone \(ExitStatus.cannotBeDone.rawValue)"))
      #expect(result.lines.contains("beside \(ExitStatus.damagedInput.rawValue)"))
    }
  }

  @Test(
    "a reader that goes away ends every command quietly",
    arguments: [
      "usage testdata/photos/logs", "usage testdata/photos/logs --format ndjson",
      "policy testdata/photos/logs --format json",
      "diff testdata/photos/logs --granted testdata/photos/account.json",
      "--help",
    ])
  func brokenPipe(line: String) throws {
    let result = try WhittleProcess.shell("$whittle \(line) | head -1; echo ${PIPESTATUS[0]}")
    #expect(["0", "1"].contains(result.lines.last ?? ""))
    #expect(result.lines.count == 2)
    #expect(!result.errors.contains("cannot write"))
  }

  @Test("with `--strict`, damage ends the run before anything is written")
  func strictDamage() throws {
    try Fixtures.withTemporaryDirectory { scratch in
      let log = "\(scratch)/x.json"
      try Data("{\"Records\":[".utf8).write(to: URL(filePath: log))
      let output = "\(scratch)/out"
      let result = try WhittleProcess.run(["policy", log, "--strict", "--output", output])
      #expect(result.status == ExitStatus.cannotBeDone.rawValue)
      #expect(result.output.isEmpty)
      #expect(!FileManager.default.fileExists(atPath: output))
    }
  }

  @Test("with `--strict`, an event that no rule resolves ends the run")
  func strictUnresolved() throws {
    let result = try WhittleProcess.run(["usage", Self.logs, "--strict"])
    #expect(result.status == ExitStatus.cannotBeDone.rawValue)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains("`FrobnicateWidget` of `examplefuture.amazonaws.com`"))
  }

  @Test(
    "grants that are none end the run, and say what they should be",
    arguments: [
      ("", "grants"), ("{", "grants"), ("{\"a\":1}", "grants"), ("[]", "grants"),
    ])
  func badGrants(text: String, word: String) throws {
    try Fixtures.withTemporaryDirectory { scratch in
      let grants = "\(scratch)/grants.json"
      try Data(text.utf8).write(to: URL(filePath: grants))
      let result = try WhittleProcess.run(["diff", Self.logs, "--granted", grants])
      #expect(result.status == ExitStatus.cannotBeDone.rawValue)
      #expect(result.output.isEmpty)
      #expect(result.errors.contains("get-account-authorization-details"))
    }
  }
}
