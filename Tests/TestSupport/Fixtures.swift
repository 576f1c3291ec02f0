// Where the tests find their data.

package import Foundation

/// The folders that tests read.
package enum Fixtures {
  /// The root of the package, found from this file.
  package static let packageRoot = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The hand-written fixtures and golden files.
  package static let testdata = packageRoot.appending(path: "testdata")

  /// A folder of real logs and accounts beside the package, or `nil` where it is absent.
  ///
  /// `WHITTLE_SHARED_DATA` names it; otherwise it is `../shared/data` from the package's root. Tests that use it
  /// are written with `.enabled(if: Fixtures.hasSharedData, Fixtures.skipped)`, which shows up as skipped where the
  /// folder is absent.
  package static let sharedData: URL? = {
    let named = ProcessInfo.processInfo.environment["WHITTLE_SHARED_DATA"]
    let folder =
      named.map { URL(filePath: $0) }
      ?? packageRoot.deletingLastPathComponent().appending(path: "shared/data")
    let values = try? folder.resourceValues(forKeys: [.isDirectoryKey])
    return values?.isDirectory == true ? folder : nil
  }()

  /// Whether the folder of real logs is there.
  package static var hasSharedData: Bool { sharedData != nil }

  /// What a skipped test says.
  package static let skippedComment = "needs real logs: set WHITTLE_SHARED_DATA to a folder that holds them"

  /// The path of a file of the shared data.
  ///
  /// - Parameter path: The path below the folder.
  /// - Returns: The whole path.
  /// - Throws: ``FixtureError`` where the folder is absent; tests that are enabled by it never see that.
  package static func shared(_ path: String) throws -> String {
    guard let sharedData else { throw FixtureError(message: skippedComment) }
    return sharedData.appending(path: path).path
  }

  /// The bytes of a file.
  ///
  /// - Parameter path: The path below `testdata`.
  /// - Returns: The bytes.
  /// - Throws: What Foundation throws where the file cannot be read.
  package static func bytes(_ path: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: testdata.appending(path: path)))
  }

  /// Makes a fresh directory, hands it to a test and removes it.
  ///
  /// - Parameter body: The test; its argument is the directory's path.
  /// - Returns: What the test returns.
  /// - Throws: What the test throws, or what Foundation throws where the directory cannot be made.
  package static func withTemporaryDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
    let directory = FileManager.default.temporaryDirectory.appending(path: "whittle-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try body(directory.path)
  }
}

/// Why a fixture could not be used.
package struct FixtureError: Error, CustomStringConvertible {
  /// The reason.
  package let message: String

  /// The reason.
  package var description: String { message }
}
