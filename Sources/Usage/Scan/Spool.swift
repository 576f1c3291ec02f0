// Standard input kept in a file, for scans that have to read it twice.
//
// Plain system calls: Foundation would be loaded at each start of the program, whether standard input is spooled or not.

import CloudTrail
import Glibc

enum Spool {
  /// Why standard input could not be kept.
  struct Failure: Error, CustomStringConvertible {
    /// The value of `errno`.
    let number: Int32

    /// The system's words for it.
    var description: String {
      var buffer = [CChar](repeating: 0, count: 256)
      guard unsafe strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
      return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  /// Calls a body with inputs that can be read more than once.
  ///
  /// - Parameters:
  ///   - inputs: The inputs; standard input, if it is among them, is copied to a temporary file for the time of the call.
  ///   - body: What to do with them.
  /// - Returns: What the body returns.
  /// - Throws: ``Failure`` if the copy cannot be written.
  static func replayable<Result>(
    _ inputs: [LogInput], _ body: ([LogInput]) -> Result
  ) throws(Failure) -> Result {
    guard inputs.contains(.standardInput) else { return body(inputs) }
    let directory = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    var template = Array("\(directory)/whittle-XXXXXX".utf8CString)
    // The file is private to the user: `mkstemp` creates it so.
    let descriptor = unsafe mkstemp(&template)
    guard descriptor >= 0 else { throw Failure(number: errno) }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer {
      close(descriptor)
      _ = unsafe unlink(path)
    }
    try copy(from: STDIN_FILENO, to: descriptor)
    return body(inputs.map { $0 == .standardInput ? .path(path) : $0 })
  }

  private static func copy(from source: Int32, to target: Int32) throws(Failure) {
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      // The buffer is as long as the count that is passed with it.
      let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(source, $0.baseAddress, $0.count) }
      if count == 0 { return }
      if count < 0 {
        if errno == EINTR { continue }
        throw Failure(number: errno)
      }
      var written = 0
      while written < count {
        // Only the bytes that were read and not yet written are passed.
        let step = unsafe chunk.withUnsafeBytes { bytes in
          unsafe write(
            target, UnsafeRawBufferPointer(rebasing: bytes[written..<count]).baseAddress, count - written)
        }
        if step < 0, errno != EINTR { throw Failure(number: errno) }
        written += max(0, step)
      }
    }
  }
}
