// How long the program takes to start, beside a Swift program that does nothing.

import Glibc

extension Scenario {
  /// `whittle --version`, as a process of its own.
  static let startUp = Scenario(
    "start-up", summary: "run `whittle --version` as a process of its own", unit: "start"
  ) {
    let program = "\(programFolder)/whittle"
    return {
      for _ in 0..<20 { try launch(program, "--version") }
      return Round(units: 20)
    }
  }
}

extension Scenario {
  /// A Swift program that does nothing, compiled for the purpose: what the run-time library costs by itself.
  static let startUpOfNothing = Scenario(
    "start-up-empty", summary: "run an empty Swift program, compiled now with `swiftc -O`", unit: "start"
  ) {
    // Both files stay beside the program, in the build folder.
    let empty = "\(programFolder)/start-up-empty"
    let source = unsafe open("\(empty).swift", O_CREAT | O_WRONLY, 0o600)
    guard source >= 0, close(source) == 0 else { throw LaunchError(status: errno) }
    try launch("/usr/bin/env", "swiftc", "-O", "-o", empty, "\(empty).swift")
    return {
      for _ in 0..<20 { try launch(empty) }
      return Round(units: 20)
    }
  }
}

/// Where this program stands, and the one that it measures.
private var programFolder: String {
  // The kernel's link to the running program always resolves.
  unsafe String(cString: realpath("/proc/self/exe", nil)).split(separator: "/").dropLast()
    .reduce("") { "\($0)/\($1)" }
}

/// A process that could not be started, or failed.
private struct LaunchError: Error {
  let status: Int32
}

private func launch(_ program: String, _ arguments: String...) throws(LaunchError) {
  var actions = unsafe posix_spawn_file_actions_t()
  unsafe posix_spawn_file_actions_init(&actions)
  defer { unsafe posix_spawn_file_actions_destroy(&actions) }
  unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
  var process: pid_t = 0
  // `posix_spawn` copies the strings before it returns, and they are freed behind it.
  var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
  defer { for index in unsafe words.indices { unsafe free(words[index]) } }
  let status = unsafe posix_spawn(&process, program, &actions, nil, &words, environ)
  if status != 0 { throw LaunchError(status: status) }
  var result: Int32 = 0
  guard unsafe waitpid(process, &result, 0) == process, result == 0 else { throw LaunchError(status: result) }
}
