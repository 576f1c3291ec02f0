// What file systems and streams can do to a reader: the built program ends, in bounded memory, and says what it saw.

import Foundation
import JSONStream
import TestSupport
import Testing
import whittle

@Suite("Odd files and streams")
struct OddFilesTests {
  private static let event =
    #"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/zoe"},"eventTime":"2026-11-20T12:34:56Z","eventSource":"s3.amazonaws.com","eventName":"ListBuckets","awsRegion":"eu-west-1","eventID":"NUMBER","eventType":"AwsApiCall"}"#

  /// Kilobytes of address space: the program's own needs, several times over, and far less than what is fed to it.
  private static let memory = 3_000_000

  /// How much a debug build is fed; release builds take ten times as much.
  #if DEBUG
    private static let megabytes = 60
  #else
    private static let megabytes = 600
  #endif

  /// Runs a script in a scratch directory in which `event.json` is a log of one event.
  private func run(_ script: String, limit: TimeInterval = 120) throws -> ProcessResult {
    try Fixtures.withTemporaryDirectory { scratch in
      try Data(Self.event.utf8).write(to: URL(filePath: "\(scratch)/event.json"))
      return try WhittleProcess.shell(script, in: scratch, limit: limit)
    }
  }

  private func summary(_ result: ProcessResult) throws -> (events: Int, files: Int, damaged: Int) {
    let summary = try #require(try JSONValue(parsing: result.output)["summary"])
    func number(_ name: String) -> Int { summary[name]?.scalarText.flatMap { Int($0) } ?? -1 }
    return (number("events"), number("files"), number("damagedFiles"))
  }

  @Test("a walk passes by pipes, devices and links to itself, and blocks on none of them")
  func walk() throws {
    let result = try run(
      """
      mkdir d; cp event.json d/a.json; mkfifo d/pipe; ln -s /dev/zero d/zero; ln -s loop d/loop; ln -s . d/self
      $whittle usage d --format json --quiet
      """, limit: 30)
    let (events, files, damaged) = try summary(result)
    #expect(events == 1 && files == 1 && damaged == 1, "\(result.text) \(result.errors)")
    #expect(result.status == ExitStatus.damagedInput.rawValue)
    #expect(result.errors.contains("`d/loop`"))
  }

  @Test("a pipe that is named is read as a stream")
  func pipe() throws {
    let result = try run(
      "mkfifo pipe; (cat event.json; sleep 1; cat event.json | tr A-Z A-Z) > pipe & "
        + "$whittle usage pipe <(cat event.json) --format json --quiet", limit: 30)
    let (events, files, damaged) = try summary(result)
    #expect(events == 1 && files == 2 && damaged == 0, "\(result.text) \(result.errors)")
  }

  @Test(
    "endless input is read in bounded memory, and can be interrupted",
    arguments: ["$whittle usage /dev/zero", "$whittle usage /dev/urandom", "yes | $whittle usage -"])
  func endless(command: String) throws {
    // The threads of a test block signals, which its children would inherit.
    let unblocked =
      "python3 -c 'import os, signal, sys; signal.pthread_sigmask(signal.SIG_SETMASK, []); "
      + "signal.signal(signal.SIGINT, signal.SIG_DFL); os.execvp(sys.argv[1], sys.argv[1:])'"
    let line = command.replacing("$whittle", with: "\(unblocked) timeout -k 20 -s INT 3 \"$whittle\"")
    let result = try run(
      "ulimit -v \(Self.memory); \(line) > /dev/null; echo \"${PIPESTATUS[-1]}\"", limit: 60)
    // 124 is what `timeout` says where its signal ended the program; after 20 seconds it would kill it, and say 137.
    #expect(result.lines.last == "124", "\(result.text) \(result.errors)")
  }

  @Test(
    "a string, a line, an array and a nest without end cost no memory, and the message says where they began",
    arguments: [
      ("tr '\\0' a", "printf '{\"Records\":[{\"eventName\":\"'", 12),
      ("tr '\\0' '['", "printf '{\"Records\":[{\"requestParameters\":'", 12),
      ("tr '\\0' x", "printf 'a,b\\n'", 0),
      ("tr '\\0' '['", "printf ''", 0),
    ])
  func giant(filler: String, head: String, offset: Int) throws {
    let result = try run(
      """
      ulimit -v \(Self.memory)
      { \(head); head -c \(Self.megabytes)M /dev/zero | \(filler); printf '\\n'; cat event.json; } |
        $whittle usage - --format json --quiet
      """)
    #expect(result.status == ExitStatus.damagedInput.rawValue, "\(result.errors)")
    #expect(result.errors.contains("`-` at byte "), "\(result.errors)")
    let places = result.errors.matches(of: /at byte ([0-9,]+)/).compactMap {
      Int($0.1.replacing(",", with: ""))
    }
    #expect(places.contains { $0 >= offset }, "\(result.errors)")
  }

  @Test("a bomb of gzip in gzip is left alone, and says so")
  func bomb() throws {
    let result = try run(
      """
      ulimit -v \(Self.memory)
      head -c 20M /dev/zero | gzip > one.gz
      for i in $(seq 100); do cat one.gz; done | gzip > bomb.gz
      $whittle usage bomb.gz event.json --format json --quiet
      """)
    let (events, _, damaged) = try summary(result)
    #expect(events == 1 && damaged == 1)
    #expect(result.errors.contains("`bomb.gz` at byte "))
  }

  @Test("names with line breaks and escapes stay on one line of the messages")
  func names() throws {
    let result = try run(
      """
      mkdir d
      for name in $'a\\nwhittle: forged' $'b\\e[31m' $'c\\xff' '-d' 'e`f' $'\\u202e'; do printf '{' > d/"$name"; done
      $whittle usage d --quiet
      """)
    #expect(result.status == ExitStatus.damagedInput.rawValue)
    let lines = result.errors.split(separator: "\n")
    #expect(lines.count == 7, "\(result.errors)")
    #expect(lines.allSatisfy { $0.hasPrefix("whittle: warning: ") })
    #expect(!result.errors.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202E })
    #expect(result.errors.contains("a\\u{a}whittle: forged"))
  }

  @Test("files that grow, shrink, vanish and become directories meanwhile end no run, and add no event")
  func changing() throws {
    let result = try run(
      """
      mkdir d
      for i in $(seq 150); do sed "s/NUMBER/$i/" event.json > d/$i.json; done
      churn() {
        while [ ! -e stop ]; do
          for i in 7 31 64 99 120 149; do
            : > d/$i.json; sed "s/NUMBER/$i/" event.json >> d/$i.json; rm -f d/$i.json; mkdir d/$i.json 2> /dev/null
            rmdir d/$i.json; mkfifo d/$i.json; rm -f d/$i.json; sed "s/NUMBER/$i/" event.json > d/$i.json
          done
        done
      }
      churn 2> /dev/null & trap 'touch stop; wait' EXIT
      for i in $(seq 12); do timeout 60 "$whittle" usage d --format json --quiet > out.json 2> errors; echo "status $?"
        grep -o '"events": [0-9]*' out.json | head -1; done
      """)
    let statuses = result.lines.filter { $0.hasPrefix("status ") }
    #expect(
      statuses.count == 12 && statuses.allSatisfy { ["status 0", "status 3"].contains($0) }, "\(result.text)")
    let events = result.lines.compactMap { line in
      line.hasPrefix("\"events\": ") ? Int(line.dropFirst(10)) : nil
    }
    #expect(events.count == 12 && events.allSatisfy { (144...150).contains($0) }, "\(events)")
  }

  @Test("a file that grows while it is read is read up to some end of it")
  func growing() throws {
    let result = try run(
      """
      for i in $(seq 3000); do sed "s/NUMBER/$i/" event.json; done > log.json
      (for i in $(seq 3001 3200); do sed "s/NUMBER/$i/" event.json >> log.json; done) &
      $whittle usage log.json --format json --quiet; wait
      """)
    // The last event may be cut where the file ended at that moment.
    #expect([0, 3].contains(result.status), "\(result.errors)")
    #expect((3000...3200).contains(try summary(result).events))
  }

  #if !DEBUG
    @Test("200,000 tiny files are read, each counted")
    func manyFiles() throws {
      let result = try Fixtures.withTemporaryDirectory { scratch in
        // Hard links cost no room; a file system allows a file some thousands of them.
        let make = """
          import os, sys
          event = open("event.json").read()
          for folder in range(200):
              os.makedirs(f"d/{folder}")
              with open(f"d/{folder}/0.json", "w") as file:
                  file.write(event.replace("NUMBER", str(folder)))
              for number in range(1, 1000):
                  os.link(f"d/{folder}/0.json", f"d/{folder}/{number}.json")
          """
        try Data(Self.event.utf8).write(to: URL(filePath: "\(scratch)/event.json"))
        try Data(make.utf8).write(to: URL(filePath: "\(scratch)/make.py"))
        return try WhittleProcess.shell(
          "python3 make.py && ulimit -v \(Self.memory) && $whittle usage d --format json --quiet", in: scratch
        )
      }
      let (events, files, damaged) = try summary(result)
      #expect(result.status == 0 && events == 200 && files == 200_000 && damaged == 0, "\(result.errors)")
    }
  #endif
}
