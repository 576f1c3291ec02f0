// A made-up trail as files.

import Glibc
import Synchronization

/// Files of a made-up trail.
struct TrailFiles: Sendable {
  /// What a file looks like.
  enum Form: String, CaseIterable, Sendable {
    /// `{"Records":[…]}`.
    case records
    /// The same, compressed by `gzip`.
    case packed
    /// An event a line.
    case lines
    /// The same, compressed by `gzip`.
    case packedLines
  }

  /// The folder of the files, `0.json`, `1.json` and so on.
  let folder: String
  /// How many events there are.
  let events: Int
  /// How many bytes of JSON there are.
  let bytes: Int

  /// The only file, or the first of several.
  var first: String { "\(folder)/0.json" }

  /// Writes files whose sizes spread as those of busy trails do: their logarithms are normally distributed.
  ///
  /// - Parameters:
  ///   - model: What the trail is like.
  ///   - bytes: How much JSON, about.
  ///   - files: Over how many files it is spread.
  ///   - form: What the files look like.
  ///   - folder: Where they are written; by default a folder that is removed when the program ends.
  /// - Throws: ``ChildProcess/Failure`` where a file cannot be written or `gzip` fails.
  init(
    _ model: TrailModel = TrailModel(), bytes: Int, files: Int, form: Form, folder: String? = nil
  ) throws(ChildProcess.Failure) {
    self.folder = folder ?? TrailFiles.temporaryFolder()
    var trail = SyntheticTrail(model)
    var dice = TrailDice(TrailDice.hash(model.seed, 4))
    let isLines = form == .lines || form == .packedLines
    var (events, written, isFinished) = (0, 0, 0)
    var buffer: [UInt8] = []
    while isFinished < files {
      let left = files - isFinished
      // The mean of what is left, so that the sum comes out.
      let mean = Double(bytes - written) / Double(left)
      let wanted = left == 1 ? mean : mean * exp(0.35 * dice.normal() - 0.06)
      let stream = unsafe fopen("\(self.folder)/\(isFinished).json", "w")
      guard let stream = unsafe stream else { throw ChildProcess.Failure(status: errno) }
      func flush() {
        unsafe fwrite(buffer, 1, buffer.count, stream)
        buffer.removeAll(keepingCapacity: true)
      }
      let start = written
      if !isLines { buffer += Array(#"{"Records":["#.utf8) }
      var isFirst = true
      while isFirst || Double(written - start) < wanted {
        if !isFirst, !isLines { buffer.append(UInt8(ascii: ",")) }
        let before = buffer.count
        trail.writeEvent(to: &buffer)
        if isLines { buffer.append(0x0A) }
        written += buffer.count - before
        isFirst = false
        events += 1
        if buffer.count > 1 << 20 { flush() }
      }
      if !isLines { buffer += Array("]}".utf8) }
      flush()
      guard unsafe fclose(stream) == 0 else { throw ChildProcess.Failure(status: errno) }
      isFinished += 1
    }
    self.events = events
    self.bytes = written
    if form == .packed || form == .packedLines {
      _ = try ChildProcess("/usr/bin/env", ["gzip", "-n", "-6", "-r", self.folder])
    }
  }

  private static func temporaryFolder() -> String {
    var template = Array("/tmp/whittle-benchmark-XXXXXX".utf8CString)
    // `mkdtemp` writes into the template, which ends with NUL.
    unsafe mkdtemp(&template)
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    removeAtExit(folder)
    return folder
  }

  private static func removeAtExit(_ folder: String) {
    let isFirst = folders.withLock { folders in
      folders.append(folder)
      return folders.count == 1
    }
    if isFirst {
      atexit {
        for folder in TrailFiles.folders.withLock({ $0 }) { _ = unsafe system("rm -r \(folder)") }
      }
    }
  }

  /// The folders made so far.
  private static let folders = Mutex<[String]>([])
}
