// Standard input kept in a file, for scans that have to read it twice.

import CloudTrail
import Foundation

enum Spool {
  /// Calls a body with inputs that can be read more than once.
  ///
  /// - Parameters:
  ///   - inputs: The inputs; standard input, if it is among them, is copied to a temporary file for the time of the call.
  ///   - body: What to do with them.
  /// - Returns: What the body returns.
  /// - Throws: If the copy cannot be written.
  static func replayable<Result>(_ inputs: [LogInput], _ body: ([LogInput]) throws -> Result) throws -> Result
  {
    guard inputs.contains(.standardInput) else { return try body(inputs) }
    let directory = FileManager.default.temporaryDirectory
    let file = directory.appendingPathComponent("whittle-" + UUID().uuidString)
    guard
      FileManager.default.createFile(atPath: file.path, contents: nil, attributes: [.posixPermissions: 0o600])
    else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: file.path]) }
    defer { try? FileManager.default.removeItem(at: file) }
    let output = try FileHandle(forWritingTo: file)
    while let chunk = try FileHandle.standardInput.read(upToCount: 1 << 20), !chunk.isEmpty {
      try output.write(contentsOf: chunk)
    }
    try output.close()
    return try body(inputs.map { $0 == .standardInput ? .path(file.path) : $0 })
  }
}
