// How long the program takes to start.

import Glibc

extension Scenario {
  /// `whittle --version`, as a process of its own.
  static let startUp = Scenario(
    "start-up", summary: "run `whittle --version` as a process of its own", unit: "start"
  ) {
    let program = unsafe String(cString: realpath("/proc/self/exe", nil)).split(separator: "/").dropLast()
      .reduce("") { "\($0)/\($1)" }
    return {
      for _ in 0..<20 { try launch("\(program)/whittle", "--version") }
      return Round(units: 20)
    }
  }
}

/// A process that could not be started, or failed.
private struct LaunchError: Error {
  let status: Int32
}

private func launch(_ program: String, _ argument: String) throws(LaunchError) {
  var actions = unsafe posix_spawn_file_actions_t()
  unsafe posix_spawn_file_actions_init(&actions)
  defer { unsafe posix_spawn_file_actions_destroy(&actions) }
  unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
  var process: pid_t = 0
  // `posix_spawn` copies the strings before it returns.
  let status = unsafe program.withCString { name in
    unsafe argument.withCString { word in
      let arguments = unsafe [
        UnsafeMutablePointer(mutating: name), UnsafeMutablePointer(mutating: word), nil,
      ]
      return unsafe posix_spawn(&process, name, &actions, nil, arguments, nil)
    }
  }
  if status != 0 { throw LaunchError(status: status) }
  var result: Int32 = 0
  guard unsafe waitpid(process, &result, 0) == process, result == 0 else { throw LaunchError(status: result) }
}
