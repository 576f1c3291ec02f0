// Runs the built program as users do.

package import Foundation

/// What a run of the program left behind.
package struct ProcessResult: Sendable {
  /// The exit status; 128 and the signal's number where a signal ended the run.
  package let status: Int32
  /// The bytes of standard output.
  package let output: [UInt8]
  /// The text of standard error.
  package let errors: String

  /// The text of standard output.
  package var text: String { String(decoding: output, as: UTF8.self) }
  /// The lines of standard output.
  package var lines: [String] { text.split(separator: "\n").map(String.init) }
}

/// Runs the program that was built with the tests.
package enum WhittleProcess {
  /// The program's path: it stands beside the running test bundle.
  package static let path: String = {
    let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: bundle).deletingLastPathComponent().appending(path: "whittle").path
  }()

  /// Runs the program.
  ///
  /// - Parameters:
  ///   - arguments: The arguments.
  ///   - input: The bytes of standard input; empty by default.
  ///   - environment: Variables added to the test's own; an empty value unsets one.
  ///   - directory: The working directory; the package's root by default.
  ///   - limit: Seconds after which the run is ended and the test fails.
  /// - Returns: What the run left behind.
  /// - Throws: ``FixtureError`` where the run took longer than the limit, and what Foundation throws.
  package static func run(
    _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:],
    in directory: String? = nil, limit: TimeInterval = 120
  ) throws -> ProcessResult {
    try launch(path, arguments, input: input, environment: environment, in: directory, limit: limit)
  }

  /// Runs a shell command in which `$whittle` is the program.
  ///
  /// - Parameters:
  ///   - script: The command, for bash, with `pipefail` set.
  ///   - input: The bytes of standard input.
  ///   - environment: Variables added to the test's own; an empty value unsets one.
  ///   - directory: The working directory; the package's root by default.
  ///   - limit: Seconds after which the run is ended and the test fails.
  /// - Returns: What the run left behind.
  /// - Throws: ``FixtureError`` where the run took longer than the limit, and what Foundation throws.
  package static func shell(
    _ script: String, input: [UInt8] = [], environment: [String: String] = [:], in directory: String? = nil,
    limit: TimeInterval = 120
  ) throws -> ProcessResult {
    try launch(
      "/usr/bin/env", ["bash", "-o", "pipefail", "-c", script], input: input,
      environment: environment.merging(["whittle": path]) { $1 }, in: directory, limit: limit)
  }

  private static func launch(
    _ program: String, _ arguments: [String], input: [UInt8], environment: [String: String],
    in directory: String?, limit: TimeInterval
  ) throws -> ProcessResult {
    // Files take the output, so that no pipe can fill up and nothing needs a thread.
    try Fixtures.withTemporaryDirectory { scratch in
      func file(_ name: String, _ contents: [UInt8] = []) throws -> URL {
        let url = URL(filePath: scratch).appending(path: name)
        try Data(contents).write(to: url)
        return url
      }
      let output = try file("output")
      let errors = try file("errors")
      let process = Process()
      process.executableURL = URL(filePath: program)
      process.arguments = arguments
      process.currentDirectoryURL = directory.map { URL(filePath: $0) } ?? Fixtures.packageRoot
      process.environment = ProcessInfo.processInfo.environment
        .merging(environment) { $1 }.filter { !$0.value.isEmpty }
      process.standardInput = try FileHandle(forReadingFrom: file("input", input))
      process.standardOutput = try FileHandle(forWritingTo: output)
      process.standardError = try FileHandle(forWritingTo: errors)
      let ended = DispatchSemaphore(value: 0)
      process.terminationHandler = { _ in ended.signal() }
      try process.run()
      if ended.wait(timeout: .now() + limit) == .timedOut {
        process.terminate()
        _ = ended.wait(timeout: .now() + 10)
        throw FixtureError(message: "\(program) \(arguments) took longer than \(limit) seconds")
      }
      let status = process.terminationStatus
      return ProcessResult(
        status: process.terminationReason == .uncaughtSignal ? 128 + status : status,
        output: try [UInt8](Data(contentsOf: output)),
        errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
    }
  }
}
