// How long the program takes to start, beside a Swift program that does nothing.

import Glibc

extension Scenario {
  /// `whittle --version`, as a process of its own.
  static let startUp = Scenario(
    "start-up", summary: "run `whittle --version` as a process of its own", unit: "start"
  ) {
    let program = "\(ChildProcess.programFolder)/whittle"
    return { try starts(of: program, ["--version"]) }
  }

  /// A Swift program that does nothing, compiled for the purpose: what the run-time library costs by itself.
  static let startUpOfNothing = Scenario(
    "start-up-empty", summary: "run an empty Swift program, compiled now with `swiftc -O`", unit: "start"
  ) {
    // Both files stay beside the program, in the build folder.
    let empty = "\(ChildProcess.programFolder)/start-up-empty"
    let source = unsafe open("\(empty).swift", O_CREAT | O_WRONLY, 0o600)
    guard source >= 0, close(source) == 0 else { throw ChildProcess.Failure(status: errno) }
    _ = try ChildProcess("/usr/bin/env", ["swiftc", "-O", "-o", empty, "\(empty).swift"])
    return { try starts(of: empty, []) }
  }

  private static func starts(of program: String, _ arguments: [String]) throws -> Round {
    var seconds = 0.0
    for _ in 0..<20 { seconds += try ChildProcess(program, arguments).cpuSeconds }
    return Round(units: 20, cpuSeconds: seconds)
  }
}
