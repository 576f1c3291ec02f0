// Which files a scan reads.

@testable import CloudTrail
import Foundation
import Testing

@Suite struct WalkTests {
  private let event = Array(Sample.list.utf8)

  @Test func linksNamesAndHiddenEntries() throws {
    let folder = try ScratchFolder()
    try folder.write("b/one.json", event)
    try folder.write("b/new\nline.json", Array(Sample.put.utf8))
    try folder.write(".hidden/x.json", event)
    try folder.write("b/.DS_Store", [0])
    let manager = FileManager.default
    try manager.createSymbolicLink(
      at: folder.url.appending(path: "b/loop"), withDestinationURL: folder.url)
    try manager.createSymbolicLink(
      at: folder.url.appending(path: "dangling"), withDestinationURL: folder.url.appending(path: "nowhere"))
    let (found, summary) = folder.scan()
    #expect(found.events.map(\.eventName) == ["PutBucketTagging", "ListBuckets"])
    #expect(summary.files == 2 && summary.hiddenEntries == 2 && summary.duplicates == 0)
    #expect(summary.damaged.map(\.path) == [folder.path + "/dangling"])
  }

  @Test func namesThatAreNotUTF8AreRead() throws {
    let folder = try ScratchFolder()
    try folder.write("x", event)
    let name = Array((folder.path + "/").utf8) + [0xFF, 0xFE]
    let path = name.map { CChar(bitPattern: $0) } + [0]
    // Foundation cannot make such a name, so the C library moves a file there.
    #expect(unsafe rename(folder.path + "/x", path) == 0)
    #expect(folder.scan().consumer.events.count == 1)
  }

  @Test func theSameFileTwiceIsReadOnce() throws {
    let folder = try ScratchFolder()
    let file = try folder.write("one.json", event)
    for inputs in [[file, file], [folder.path, file], [file, folder.path], [folder.path, folder.path]] {
      let (_, summary) = LogScan(inputs: inputs.map { LogInput(argument: $0) }).run { EventCollector() }
      #expect(summary.files == 1 && summary.events == 1)
    }
  }

  @Test func missingAndUnreadablePathsAreReported() throws {
    let folder = try ScratchFolder()
    let missing = folder.path + "/missing"
    let locked = folder.url.appending(path: "locked")
    try FileManager.default.createDirectory(at: locked, withIntermediateDirectories: true)
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: locked.path)
    defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: locked.path) }
    let (_, summary) = LogScan(inputs: [.path(missing), .path(folder.path), .path("/dev/null")]).run {
      EventCollector()
    }
    // The superuser may read everything.
    let expected = (geteuid() == 0 ? [] : [locked.path]) + [missing]
    #expect(summary.damaged.map(\.path) == ["/dev/null"] + expected.sorted())
    #expect(summary.damaged.last?.message == "cannot be opened: no such file or directory")
    #expect(summary.damaged.last?.offset == nil)
  }

  @Test func progressAddsUp() throws {
    let folder = try ScratchFolder()
    try folder.write("a", event)
    try folder.write("b", event)
    let last = Counter()
    _ = LogScan(inputs: [.path(folder.path)], jobs: 2) { last.keep($0) }.run { EventCollector() }
    #expect(last.largest == LogProgress(files: 2, bytes: 2 * event.count))
  }

  /// Keeps the largest progress that it is told; locked, because two threads tell it.
  private final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var progress = LogProgress()

    var largest: LogProgress { lock.withLock { progress } }

    func keep(_ new: LogProgress) {
      lock.withLock {
        progress = LogProgress(files: max(progress.files, new.files), bytes: max(progress.bytes, new.bytes))
      }
    }
  }
}
