// Runs a program as a process of its own, and says what it took.

import Glibc

/// A program that was run to its end.
struct ChildProcess {
  /// A program that could not be started, or failed.
  struct Failure: Error {
    /// The error number, or the status as `waitpid` gives it.
    let status: Int32
  }

  /// The time that its threads were running, in seconds, its own and the system's for it.
  let cpuSeconds: Double
  /// The most memory that it held, in bytes, as the kernel keeps count of it (`VmHWM`).
  let peakMemory: Int

  /// Where the running program stands, and the one that it measures.
  static var programFolder: String {
    // The kernel's link to the running program always resolves.
    unsafe String(cString: realpath("/proc/self/exe", nil)).split(separator: "/").dropLast()
      .reduce("") { "\($0)/\($1)" }
  }

  /// Runs a program; what it prints is thrown away.
  ///
  /// - Parameters:
  ///   - program: The path of the program.
  ///   - arguments: Its arguments.
  ///   - input: The file that is its standard input.
  ///   - errors: The file that its standard error is written to.
  /// - Throws: ``Failure``.
  init(
    _ program: String, _ arguments: [String] = [], input: String = "/dev/null", errors: String? = nil
  ) throws(Failure) {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    if let errors {
      unsafe posix_spawn_file_actions_addopen(
        &actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    var process: pid_t = 0
    // `posix_spawn` copies the strings before it returns, and they are freed behind it.
    var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
    defer { for index in unsafe words.indices { unsafe free(words[index]) } }
    let error = unsafe posix_spawn(&process, program, &actions, nil, &words, environ)
    if error != 0 { throw Failure(status: error) }
    // `ru_maxrss` would count the memory of this program too, which the new one shares until it has begun.
    var peak = 0
    var status: Int32 = 0
    var usage = rusage()
    while true {
      let ended = unsafe wait4(process, &status, WNOHANG, &usage)
      if ended == process { break }
      if ended < 0 { throw Failure(status: errno) }
      peak = max(peak, ChildProcess.highWaterMark(of: process) ?? 0)
      usleep(1000)
    }
    if status != 0 { throw Failure(status: status) }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    cpuSeconds = seconds(usage.ru_utime) + seconds(usage.ru_stime)
    peakMemory = peak
  }

  private static func highWaterMark(of process: pid_t) -> Int? {
    let file = unsafe open("/proc/\(process)/status", O_RDONLY)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = unsafe read(file, &bytes, bytes.count)
    let lines = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n")
    // `VmHWM:     12345 kB`
    return lines.first { $0.hasPrefix("VmHWM:") }?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
      .map {
        $0 << 10
      }
  }
}
