// What a program does, in numbers that do not depend on how busy the machine is.

import Glibc

/// A program and what it is run with.
struct Command: Sendable {
  /// The path of the program.
  let program: String
  /// Its arguments.
  let arguments: [String]
  /// The file that is its standard input.
  var input = "/dev/null"

  /// Runs the program.
  ///
  /// - Returns: What it took.
  /// - Throws: ``ChildProcess/Failure``.
  func run() throws(ChildProcess.Failure) -> ChildProcess {
    try ChildProcess(program, arguments, input: input)
  }
}

/// What a program does, counted in runs of their own.
struct CommandCounts: Sendable {
  /// How often it allocates memory; `nil` where `.ci/count-allocations.c` is not found or does not compile.
  let allocations: Int?
  /// How many instructions it executes itself; `nil` where the processor's counters are not to be had.
  let instructions: Int?

  /// Runs a command to count what it does.
  ///
  /// - Parameter command: The command.
  init(_ command: Command) {
    allocations = CommandCounts.allocations(of: command)
    instructions = CommandCounts.instructions(of: command)
  }

  private static func allocations(of command: Command) -> Int? {
    let library = "\(ChildProcess.programFolder)/count-allocations.so"
    let build = ["cc", "-shared", "-fPIC", "-O1", ".ci/count-allocations.c", "-o", library]
    guard (try? ChildProcess("/usr/bin/env", build, errors: "/dev/null")) != nil else { return nil }
    // `allocations: 12345`
    return number(["LD_PRELOAD=\(library)"], command) { line in
      line.hasPrefix("allocations: ") ? line.dropFirst(13) : nil
    }
  }

  private static func instructions(of command: Command) -> Int? {
    // `12345,,instructions:u,…`, or `<not supported>,,instructions:u,…`
    number(["perf", "stat", "-x", ",", "-e", "instructions:u"], command) { line in
      line.contains(",instructions:u") ? line.prefix { $0 != "," } : nil
    }
  }

  /// The number that a run by another program leaves in standard error.
  private static func number(
    _ prefix: [String], _ command: Command, in line: (Substring) -> Substring?
  ) -> Int? {
    let errors = "\(ChildProcess.programFolder)/counts.txt"
    let words = prefix + [command.program] + command.arguments
    guard (try? ChildProcess("/usr/bin/env", words, input: command.input, errors: errors)) != nil,
      let text = text(of: errors)
    else { return nil }
    return text.split(separator: "\n").compactMap(line).first.flatMap { Int($0) }
  }

  private static func text(of path: String) -> String? {
    let file = unsafe open(path, O_RDONLY)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    // No more is read than there is room for.
    let count = unsafe read(file, &bytes, bytes.count)
    return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
